"""What the API makes of an invoice in the course of its life."""

import asyncio
from typing import Any

import httpx
import pytest
import stripe
from api_server import Shop, made

VOID = "You can only pass in open invoices. This invoice isn't open."


def _error(answer: httpx.Response) -> str:
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["type"] == "invalid_request_error"
    return str(answer.json()["error"]["message"])


def test_an_invoice_is_taken_back_or_given_up(shop: Shop) -> None:
    customer = shop.customer()
    with shop.http() as http:
        ids = []
        for _ in range(3):
            shop.subscription(customer)
            ids.append(http.get("/v1/invoices", params={"customer": customer}).json()["data"][0]["id"])
        void, given_up, paid = (f"/v1/invoices/{each}" for each in ids)
        answer = http.post(f"{void}/void").json()
        assert (answer["status"], answer["amount_due"], answer["amount_remaining"]) == ("void", 12_000, 0)
        assert answer["status_transitions"]["voided_at"] is not None
        for act in ("void", "mark_uncollectible", "pay"):
            given = {"paid_out_of_band": "true"} if act == "pay" else {}
            refused = http.post(f"{void}/{act}", data=given)
            assert "open" in _error(refused)
        answer = http.post(f"{given_up}/mark_uncollectible").json()
        assert answer["status"] == "uncollectible"
        assert answer["status_transitions"]["marked_uncollectible_at"] is not None
        again = http.post(f"{given_up}/mark_uncollectible")
        assert _error(again) == "This invoice has already been marked uncollectible."
        assert http.post(f"{given_up}/pay", data={"paid_out_of_band": "true"}).json()["status"] == "paid"
        http.post(f"{paid}/pay", data={"paid_out_of_band": "true"})
        assert _error(http.post(f"{paid}/void")) == "Invoices with `paid` payments cannot be voided."
        assert _error(http.post(f"{paid}/mark_uncollectible")) == VOID
        assert _error(http.post(f"{paid}/pay", data={"paid_out_of_band": "true"})) == "Invoice is already paid"
        numbers = [each["number"] for each in http.get("/v1/invoices").json()["data"]]
        assert [each.rpartition("-")[2] for each in sorted(numbers)] == ["0001", "0002", "0003"]


def test_an_invoice_is_written_by_hand(shop: Shop) -> None:
    customer = shop.customer(name="Jenny")
    v1 = shop.server.sdk(shop.key).v1
    with shop.http() as http:
        one_time = {"product": shop.product, "currency": "eur", "unit_amount": "5000"}
        once = made(http.post("/v1/prices", data=one_time))
    waiting = v1.invoice_items.create({"customer": customer, "amount": 1500, "currency": "eur", "description": "Help"})
    assert (waiting.invoice, waiting.amount, waiting.pricing) == (None, 1500, None)
    draft = v1.invoices.create(
        {
            "customer": customer,
            "collection_method": "send_invoice",
            "days_until_due": 30,
            "pending_invoice_items_behavior": "include",
            "description": "For the workshop",
            "custom_fields": [{"name": "Purchase order", "value": "4711"}],
            "metadata": {"deal": "17"},
        }
    )
    assert (draft.status, draft.number, draft.billing_reason, draft.total) == ("draft", None, "manual", 1500)
    priced = v1.invoice_items.create(
        {"customer": customer, "invoice": draft.id, "pricing": {"price": once}, "quantity": 2}
    )
    assert (priced.amount, priced.pricing and priced.pricing.price_details.price) == (10_000, once)  # type: ignore[union-attr]
    v1.invoice_items.update(priced.id, {"quantity": 3, "metadata": {"a": "b"}})
    gone = v1.invoice_items.create({"customer": customer, "invoice": draft.id, "amount": -1, "currency": "eur"})
    assert v1.invoice_items.delete(gone.id).deleted
    assert [each.amount for each in v1.invoices.line_items.list(draft.id).data] == [1500, 15_000]
    assert {each.id for each in v1.invoice_items.list({"invoice": draft.id}).data} == {waiting.id, priced.id}
    assert v1.invoice_items.list({"customer": customer, "pending": True}).data == []
    v1.invoices.update(draft.id, {"footer": "Thank you"})
    final = v1.invoices.finalize_invoice(draft.id)
    assert (final.status, final.total, final.number is None) == ("open", 16_500, False)
    assert final.custom_fields is not None
    assert final.custom_fields[0].value == "4711"
    assert v1.invoices.send_invoice(final.id).id == final.id
    with shop.http() as http:
        one = f"/v1/invoices/{draft.id}"
        assert "already finalized" in _error(http.post(f"{one}/finalize"))
        assert _error(http.delete(one)) == "You can only delete draft invoices."
        assert _error(http.post(one, data={"footer": "No"})) == "Finalized invoices can't be updated in this way"
        assert http.post(one, data={"metadata[deal]": "18"}).json()["metadata"] == {"deal": "18"}
        late = {"customer": customer, "invoice": draft.id, "amount": "1", "currency": "eur"}
        assert http.post("/v1/invoiceitems", data=late).json()["error"]["code"] == "invoice_not_editable"
        assert "no longer editable" in _error(http.post(f"/v1/invoiceitems/{waiting.id}", data={"amount": "1"}))
        other = made(http.post("/v1/invoices", data={"customer": customer, "currency": "usd"}))
        foreign = {"customer": customer, "invoice": other, "amount": "1", "currency": "eur"}
        assert "one currency" in _error(http.post("/v1/invoiceitems", data=foreign))
        assert http.delete(f"/v1/invoices/{other}").json()["deleted"] is True
        assert http.get(f"/v1/invoices/{other}").status_code == 404
        bare = {"customer": customer, "amount": "1"}
        assert http.post("/v1/invoiceitems", data=bare).json()["error"]["param"] == "currency"


async def test_a_draft_is_issued_once_however_often_it_is_asked_for(shop: Shop) -> None:
    customer = shop.customer()
    with shop.http() as http:
        draft = made(http.post("/v1/invoices", data={"customer": customer}))
        http.post("/v1/invoiceitems", data={"customer": customer, "invoice": draft, "amount": "100", "currency": "eur"})
    headers = {"Authorization": f"Bearer {shop.key}"}
    async with httpx.AsyncClient(
        base_url=shop.server.url, headers=headers, timeout=20, trust_env=False, verify=False
    ) as client:
        answers = await asyncio.gather(*(client.post(f"/v1/invoices/{draft}/finalize") for _ in range(6)))
    assert sorted(each.status_code for each in answers) == [200, 400, 400, 400, 400, 400]
    with shop.http() as http:
        (issued,) = http.get("/v1/invoices").json()["data"]
        assert issued["number"].endswith("-0001")


def test_the_balance_is_moved_by_hand_and_tells_how(shop: Shop) -> None:
    customer = shop.customer()
    path = f"/v1/customers/{customer}/balance_transactions"
    with shop.http() as http:
        moved = http.post(path, data={"amount": "-500", "currency": "eur", "description": "Goodwill"}).json()
        assert (moved["type"], moved["amount"], moved["ending_balance"]) == ("adjustment", -500, -500)
        assert http.get(f"/v1/customers/{customer}").json()["balance"] == -500
        shop.subscription(customer)
        (invoice,) = http.get("/v1/invoices").json()["data"]
        assert (invoice["total"], invoice["amount_due"], invoice["starting_balance"]) == (12_000, 11_500, -500)
        http.post(f"/v1/invoices/{invoice['id']}/void")
        told = http.get(path).json()["data"]
        assert [(each["type"], each["amount"], each["ending_balance"]) for each in told] == [
            ("unapplied_from_invoice", -500, -500),
            ("applied_to_invoice", 500, 0),
            ("adjustment", -500, -500),
        ]
        assert http.get(f"{path}/{told[0]['id']}", params={"expand[]": "invoice"}).json()["invoice"]["status"] == "void"
        assert http.get(path, params={"invoice": invoice["id"], "limit": "1"}).json()["has_more"] is True
        other = shop.customer(email="other@example.com")
        assert http.get(f"/v1/customers/{other}/balance_transactions/{moved['id']}").status_code == 404
        for wrong in ({"amount": "0", "currency": "eur"}, {"amount": "5", "currency": "zzz"}, {"amount": "5"}):
            _error(http.post(path, data=wrong))


def test_an_invoice_is_credited(shop: Shop) -> None:
    customer = shop.customer()
    v1 = shop.server.sdk(shop.key).v1
    shop.subscription(customer)
    with shop.http() as http:
        (invoice,) = http.get("/v1/invoices").json()["data"]
        line = invoice["lines"]["data"][0]["id"]
        asked = {"invoice": invoice["id"], "amount": "2000", "reason": "order_change", "memo": "One seat too many"}
        preview = http.get("/v1/credit_notes/preview", params=asked).json()
        assert (preview["total"], preview["pre_payment_amount"], preview["number"]) == (2000, 2000, "")
        assert http.get("/v1/credit_notes").json()["data"] == []
    first = v1.credit_notes.create(
        {"invoice": invoice["id"], "amount": 2000, "reason": "order_change", "memo": "One seat too many"}
    )
    assert (first.type, first.status, first.number.endswith("-CN-0001")) == ("pre_payment", "issued", True)
    after = v1.invoices.retrieve(invoice["id"])
    assert (after.amount_due, after.amount_remaining, after.pre_payment_credit_notes_amount) == (10_000, 10_000, 2000)
    assert v1.credit_notes.void_credit_note(first.id).status == "void"
    assert v1.invoices.retrieve(invoice["id"]).amount_remaining == 12_000
    v1.invoices.pay(invoice["id"], {"paid_out_of_band": True})
    assert first.customer_balance_transaction is None
    asked: Any = {
        "invoice": invoice["id"],
        "lines": [{"type": "invoice_line_item", "invoice_line_item": line, "quantity": 2}],
    }
    with pytest.raises(stripe.InvalidRequestError, match="takes back of what was paid: 2400") as nowhere:
        v1.credit_notes.create(asked)
    assert nowhere.value.param == "credit_amount"
    assert v1.credit_notes.preview(asked).post_payment_amount == 2400
    (foreseen,) = v1.credit_notes.preview_lines.list(asked).data
    assert (foreseen.invoice_line_item, foreseen.amount) == (line, 2400)
    asked |= {"credit_amount": 2400, "expand": ["customer_balance_transaction"]}
    second = v1.credit_notes.create(asked)
    assert (second.total, second.post_payment_amount, second.type) == (2400, 2400, "post_payment")
    assert second.number.endswith("-CN-0002")
    assert [each.invoice_line_item for each in v1.credit_notes.line_items.list(second.id).data] == [line]
    assert v1.customers.retrieve(customer).balance == -2400
    (moved,) = v1.customers.balance_transactions.list(customer).data
    assert (moved.type, moved.credit_note) == ("credit_note", second.id)
    assert second.customer_balance_transaction == moved
    both = v1.credit_notes.list({"invoice": invoice["id"]}).data
    assert [each.customer_balance_transaction for each in both] == [moved.id, None]
    (told,) = v1.events.list({"type": "credit_note.created", "limit": 1}).data
    assert told.data.object["customer_balance_transaction"] == moved.id
    assert [each.id for each in both] == [second.id, first.id]
    corrected = v1.credit_notes.update(second.id, {"metadata": {"case": "7"}})
    assert corrected.metadata is not None
    assert corrected.metadata.to_dict() == {"case": "7"}
    (told,) = v1.events.list({"type": "credit_note.updated"}).data
    assert told.data.to_dict()["previous_attributes"] == {"metadata": {"case": None}}
    with pytest.raises(stripe.InvalidRequestError, match="stays as it was issued"):
        v1.credit_notes.update(second.id, {"memo": "Two seats too many"})
    with shop.http() as http:
        too_much = {"invoice": invoice["id"], "amount": "12000"}
        assert "what is left of the invoice" in _error(http.post("/v1/credit_notes", data=too_much))
        assert "Only credit notes" in _error(http.post(f"/v1/credit_notes/{second.id}/void"))
        draft = made(http.post("/v1/invoices", data={"customer": customer}))
        refused = _error(http.post("/v1/credit_notes", data={"invoice": draft, "amount": "1"}))
        assert refused.startswith("You can only create a credit note for an open or paid invoice")
