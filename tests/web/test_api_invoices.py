"""What the API makes of an invoice in the course of its life."""

import httpx
from api_server import Shop

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
