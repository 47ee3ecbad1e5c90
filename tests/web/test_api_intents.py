"""Setup intents, payment intents and checkout sessions in the sandbox, through Stripe's SDK and by plain requests."""

import re
from html import unescape
from typing import Any

import httpx
import pytest
import stripe
from api_server import ApiServer, made
from sides import Tenant
from stripe_openapi import CheckedClient, faults
from told_events import types_since

OFF = "https://shop.example"


@pytest.fixture
def http(api_server: ApiServer, tenant: Tenant) -> httpx.Client:
    """A client with a sandbox key."""
    return api_server.http(tenant.sandbox.secret_key.reveal())


@pytest.fixture
def client(api_server: ApiServer, tenant: Tenant) -> stripe.StripeClient:
    """Stripe's own client, whose answers are held to Stripe's document."""
    return stripe.StripeClient(
        tenant.sandbox.secret_key.reveal(),
        base_addresses={"api": api_server.url},
        http_client=CheckedClient(),
        max_network_retries=2,
    )


def error(answer: httpx.Response, status: int = 400) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert faults("GET", "/v1/setup_intents", status, answer.json()) == []
    return answer.json()["error"]  # type: ignore[no-any-return]


def hear(browser: httpx.Client, url: str, **answers: str) -> httpx.Response:
    """Send the form of a page."""
    page = browser.get(url)
    assert page.status_code in (200, 400), page.text
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert token is not None, page.text
    return browser.post(url, data={"csrf": token[1], **answers})


def read(page: httpx.Response) -> str:
    """A page as a browser would read it."""
    return unescape(page.text)


def test_setup_intents_as_a_program_for_stripe_walks_them(client: stripe.StripeClient, http: httpx.Client) -> None:
    customer = client.v1.customers.create({"email": "jenny@example.com"})
    known = len(types_since(http))
    intent = client.v1.setup_intents.create({"customer": customer.id, "metadata": {"a": "b"}})
    assert (intent.status, intent.usage, intent.payment_method) == ("requires_payment_method", "off_session", None)
    assert intent.client_secret
    assert intent.client_secret.startswith(f"{intent.id}_secret_")
    with pytest.raises(stripe.InvalidRequestError) as missing:
        client.v1.setup_intents.confirm(intent.id)
    assert missing.value.code == "setup_intent_unexpected_state"
    intent = client.v1.setup_intents.update(intent.id, {"payment_method": "pm_card_visa", "metadata": {"a": ""}})
    assert (intent.status, intent.metadata and intent.metadata.to_dict()) == ("requires_confirmation", {})
    with pytest.raises(stripe.CardError) as declined:
        client.v1.setup_intents.confirm(intent.id, {"payment_method": "pm_card_chargeDeclinedInsufficientFunds"})
    problem = declined.value.error
    assert problem is not None
    assert problem.setup_intent is not None
    assert (declined.value.code, problem.decline_code) == ("card_declined", "insufficient_funds")
    assert problem.setup_intent.status == "requires_payment_method"
    intent = client.v1.setup_intents.retrieve(intent.id)
    assert intent.last_setup_error is not None
    assert intent.last_setup_error.decline_code == "insufficient_funds"
    intent = client.v1.setup_intents.confirm(intent.id, {"payment_method": "pm_card_mastercard"})
    assert (intent.status, intent.last_setup_error) == ("succeeded", None)
    held = client.v1.customers.payment_methods.list(customer.id).data
    assert [(each.id, each.card and each.card.brand) for each in held] == [(intent.payment_method, "mastercard")]
    with pytest.raises(stripe.InvalidRequestError, match="already succeeded"):
        client.v1.setup_intents.confirm(intent.id)
    with pytest.raises(stripe.InvalidRequestError, match="cannot cancel this SetupIntent") as late:
        client.v1.setup_intents.cancel(intent.id)
    assert late.value.code == "setup_intent_unexpected_state"
    other = client.v1.setup_intents.create({"usage": "on_session"})
    assert client.v1.setup_intents.cancel(other.id, {"cancellation_reason": "abandoned"}).status == "canceled"
    assert [each.id for each in client.v1.setup_intents.list({"customer": customer.id}).data] == [intent.id]
    expanded = client.v1.setup_intents.retrieve(intent.id, {"expand": ["payment_method.customer"]})
    assert expanded.payment_method.customer.id == customer.id  # type: ignore[union-attr]
    told = types_since(http, known)
    assert [each for each in told if "intent" in each or "method" in each] == [
        "setup_intent.created",
        "setup_intent.setup_failed",
        "payment_method.attached",
        "setup_intent.succeeded",
        "setup_intent.created",
        "setup_intent.canceled",
    ]


def test_the_bank_asks_and_leads_back(client: stripe.StripeClient, http: httpx.Client, api_server: ApiServer) -> None:
    customer = client.v1.customers.create({"email": "jenny@example.com"}).id
    asked: Any = {
        "customer": customer,
        "payment_method": "pm_card_authenticationRequiredOnSetup",
        "confirm": True,
        "return_url": f"{OFF}/back?a=b",
    }
    first, second = (client.v1.setup_intents.create(asked) for _ in range(2))
    assert first.next_action is not None
    assert first.next_action.redirect_to_url is not None
    assert (first.status, first.next_action.redirect_to_url.return_url) == ("requires_action", f"{OFF}/back?a=b")
    with httpx.Client(follow_redirects=True) as browser:
        bank = str(first.next_action.redirect_to_url.url)
        assert browser.get(bank.replace("seti_", "seti_0")).status_code == 404
        assert browser.post(bank, data={"answer": "yes"}).status_code == 403
        left = read(hear(browser, bank, answer="yes"))
        back = re.search(r'content="0;url=([^"]+)"', left)
        assert back is not None
        secret = str(first.client_secret)
        wanted = f"{OFF}/back?a=b&setup_intent={first.id}&setup_intent_client_secret={secret}"
        assert back[1] == f"{wanted}&redirect_status=succeeded"
        other = str(second.next_action.redirect_to_url.url)  # type: ignore[union-attr]
        assert "redirect_status=failed" in read(hear(browser, other, answer="no"))
        # It was answered, so it leads on.
        assert "redirect_status=succeeded" in read(browser.get(bank))
    done, refused = (client.v1.setup_intents.retrieve(each.id) for each in (first, second))
    assert (done.status, refused.status) == ("succeeded", "requires_payment_method")
    fault = refused.last_setup_error
    assert fault is not None
    assert fault.code == "setup_intent_authentication_failure"
    # It was set up: what its bank would ask at a payment it was told.
    paid = client.v1.payment_intents.create(
        {
            "amount": 1200,
            "currency": "eur",
            "customer": customer,
            "payment_method": str(done.payment_method),
            "confirm": True,
            "off_session": True,
        }
    )
    assert (paid.status, paid.amount_received) == ("succeeded", 1200)


def test_payment_intents_that_a_program_makes(client: stripe.StripeClient, http: httpx.Client) -> None:
    intents = client.v1.payment_intents
    known = len(types_since(http))
    intent = intents.create({"amount": 1200, "currency": "eur", "capture_method": "manual"})
    assert intent.status == "requires_payment_method"
    with pytest.raises(stripe.InvalidRequestError, match="following statuses may be captured") as early:
        intents.capture(intent.id)
    assert early.value.code == "payment_intent_unexpected_state"
    asked: Any = {"payment_method": "pm_card_authenticationRequired", "off_session": True}
    with pytest.raises(stripe.CardError) as absent:
        intents.confirm(intent.id, asked)
    assert (absent.value.code, absent.value.error and absent.value.error.decline_code) == (
        "authentication_required",
        "authentication_required",
    )
    intent = intents.update(intent.id, {"amount": 1500, "payment_method": "pm_card_visa", "metadata": {"a": "b"}})
    intent = intents.confirm(intent.id)
    assert (intent.status, intent.amount_capturable) == ("requires_capture", 1500)
    intent = intents.capture(intent.id, {"amount_to_capture": 1000})
    assert (intent.status, intent.amount_received, intent.metadata.to_dict()) == ("succeeded", 1000, {"a": "b"})
    other = intents.create({"amount": 5, "currency": "eur", "payment_method": "pm_card_visa"})
    assert other.status == "requires_confirmation"
    assert intents.cancel(other.id).status == "canceled"
    assert [each.id for each in intents.list().data] == [other.id, intent.id]
    told = types_since(http, known)
    assert told == [
        *("payment_intent.created", "payment_intent.payment_failed", "charge.failed"),
        *("payment_intent.amount_capturable_updated", "charge.succeeded"),
        *("payment_intent.succeeded", "charge.captured"),
        *("payment_intent.created", "payment_intent.canceled"),
    ]


def test_payment_intents_of_invoices(client: stripe.StripeClient, http: httpx.Client) -> None:
    customer = client.v1.customers.create({"email": "jenny@example.com"}).id
    product = client.v1.products.create({"name": "Team"}).id
    terms: Any = {"product": product, "currency": "eur", "unit_amount": 1200, "recurring": {"interval": "month"}}
    price = client.v1.prices.create(terms).id
    asked: Any = {
        "customer": customer,
        "items": [{"price": price}],
        "payment_behavior": "default_incomplete",
        "expand": ["latest_invoice.payments.data.payment.payment_intent", "latest_invoice.confirmation_secret"],
    }
    subscription = client.v1.subscriptions.create(asked)
    invoice = subscription.latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    assert invoice.payments is not None
    (payment,) = invoice.payments.data
    intent = payment.payment.payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert (subscription.status, payment.status, intent.status) == ("incomplete", "open", "requires_payment_method")
    assert invoice.confirmation_secret is not None
    assert invoice.confirmation_secret.client_secret == intent.client_secret
    with pytest.raises(stripe.InvalidRequestError, match="Void the invoice"):
        client.v1.payment_intents.cancel(intent.id)
    method = client.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer}).id
    with pytest.raises(stripe.CardError):
        client.v1.payment_intents.confirm(intent.id, {"payment_method": method})
    assert client.v1.payment_intents.retrieve(intent.id).last_payment_error is not None
    noted: Any = {"metadata": {"order": "17"}, "receipt_email": "jenny@example.com", "description": "Seats"}
    client.v1.payment_intents.update(intent.id, noted)
    asking = client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_authenticationRequired"})
    assert asking.next_action is not None
    assert asking.next_action.redirect_to_url is not None
    with httpx.Client(follow_redirects=True) as browser:
        assert "received" in hear(browser, str(asking.next_action.redirect_to_url.url), answer="yes").text
    paid = client.v1.invoices.retrieve(str(invoice.id), {"expand": ["payments"]})
    assert (paid.status, paid.payments and paid.payments.data[0].status) == ("paid", "paid")
    followed = client.v1.payment_intents.retrieve(intent.id)
    assert (followed.status, followed.receipt_email, followed.description) == (
        "succeeded",
        "jenny@example.com",
        "Seats",
    )
    assert followed.metadata.to_dict() == {"order": "17"}
    assert client.v1.subscriptions.retrieve(subscription.id).status == "active"
    assert "payment_intent.succeeded" in types_since(http)


def test_checkout_in_setup_mode(client: stripe.StripeClient, http: httpx.Client) -> None:
    customer = client.v1.customers.create({"email": "jenny@example.com"}).id
    asked: Any = {
        "mode": "setup",
        "customer": customer,
        "currency": "eur",
        "success_url": OFF + "/done?session={CHECKOUT_SESSION_ID}",
        "cancel_url": OFF + "/cancel",
        "setup_intent_data": {"metadata": {"order": "7"}},
    }
    known = len(types_since(http))
    session = client.v1.checkout.sessions.create(asked)
    assert session.expires_at - session.created == 24 * 3600
    assert (session.status, session.payment_status) == ("open", "no_payment_required")
    with pytest.raises(stripe.InvalidRequestError, match="Expire the Checkout Session"):
        client.v1.setup_intents.cancel(str(session.setup_intent))
    with httpx.Client(follow_redirects=True) as browser:
        page = str(session.url)
        shown = read(browser.get(page))
        assert f'href="{OFF}/cancel"' in shown
        assert 'type="radio"' in shown
        declined = hear(browser, page, card="chargeDeclined")
        assert declined.status_code == 400
        assert "declined" in declined.text
        at_bank = hear(browser, page, card="authenticationRequiredOnSetup")
        hear(browser, str(at_bank.url), answer="no")
        assert "did not confirm" in browser.get(page).text
        at_bank = hear(browser, page, card="authenticationRequiredOnSetup")
        left = hear(browser, str(at_bank.url), answer="yes")
        assert f"{OFF}/done?session={session.id}" in read(left)
        assert f"{OFF}/done?session={session.id}" in read(browser.get(page))
    done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent.payment_method"]})
    assert (done.status, done.url) == ("complete", None)
    intent: Any = done.setup_intent
    assert (intent.status, intent.metadata["order"], intent.payment_method.customer) == ("succeeded", "7", customer)
    told = types_since(http, known)
    assert told[-3:] == ["payment_method.attached", "setup_intent.succeeded", "checkout.session.completed"]
    with pytest.raises(stripe.InvalidRequestError, match="status of complete"):
        client.v1.checkout.sessions.expire(session.id)
    second = client.v1.checkout.sessions.create({**asked, "success_url": OFF})
    assert client.v1.checkout.sessions.expire(second.id).status == "expired"
    assert client.v1.setup_intents.retrieve(str(second.setup_intent)).status == "canceled"
    assert httpx.get(str(second.url)).status_code == 403
    listed = client.v1.checkout.sessions.list({"customer": customer, "status": "expired"}).data
    assert [each.id for each in listed] == [second.id]
    for wrong, param in (
        ({"mode": "payment"}, "mode"),
        ({"success_url": "javascript:x"}, "success_url"),
        ({"expires_at": session.created + 60}, "expires_at"),
        ({"line_items": [{"price": "price_1"}]}, "line_items"),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            client.v1.checkout.sessions.create({**asked, **wrong})
        assert refused.value.param == param


def test_what_is_declined_is_declined_again_by_the_same_key(http: httpx.Client) -> None:
    made_once = {"confirm": "true", "payment_method": "pm_card_chargeDeclined"}
    first, again = (
        http.post("/v1/setup_intents", data=made_once, headers={"Idempotency-Key": "one"}) for _ in range(2)
    )
    assert error(first, 402)["setup_intent"]["id"] == error(again, 402)["setup_intent"]["id"]
    assert len(http.get("/v1/setup_intents").json()["data"]) == 1
    raw = {"payment_method_data[type]": "card", "payment_method_data[card][number]": "4242424242424242"}
    assert "generally unsafe" in error(http.post("/v1/setup_intents", data=raw), 402)["message"]
    token = {"payment_method_data[type]": "card", "payment_method_data[card][token]": "tok_visa", "confirm": "true"}
    assert http.post("/v1/setup_intents", data=token).json()["status"] == "succeeded"


def test_live_sides_and_other_sandboxes_have_none(http: httpx.Client, api_server: ApiServer, tenant: Tenant) -> None:
    live = api_server.http(tenant.live.secret_key.reveal())
    session = {"mode": "setup", "success_url": OFF}
    payment = {"amount": "5", "currency": "eur"}
    for path, data in (("setup_intents", {}), ("payment_intents", payment), ("checkout/sessions", session)):
        assert "collects by invoice" in error(live.post(f"/v1/{path}", data=data))["message"]
        assert live.get(f"/v1/{path}").json()["data"] == []
        mine = made(http.post(f"/v1/{path}", data=data))
        assert error(live.get(f"/v1/{path}/{mine}"), 404)["code"] == "resource_missing"


def test_another_tenants_sandbox_has_none_of_them(api_server: ApiServer, two_tenants: tuple[Tenant, Tenant]) -> None:
    """Not by the API, where they answer as what never was; and an address that names the other side leads nowhere."""
    ours, theirs = (api_server.http(each.sandbox.secret_key.reveal()) for each in two_tenants)
    ids = [each.sandbox.door.public_id for each in two_tenants]
    checkout = ours.post("/v1/checkout/sessions", data={"mode": "setup", "success_url": OFF}).json()
    asked = {"payment_method": "pm_card_authenticationRequired", "confirm": "true", "return_url": OFF}
    intent = ours.post("/v1/setup_intents", data=asked).json()
    payment = made(ours.post("/v1/payment_intents", data={"amount": "500", "currency": "eur"}))
    for path, mine, acts in (
        ("setup_intents", intent["id"], ("", "/confirm", "/cancel")),
        ("payment_intents", payment, ("", "/confirm", "/cancel", "/capture")),
        ("checkout/sessions", checkout["id"], ("/expire",)),
    ):
        unheard = mine[:-4] + "zzzz"
        for method, act in (("GET", ""), *(("POST", each) for each in acts)):
            foreign, never = (theirs.request(method, f"/v1/{path}/{each}{act}") for each in (mine, unheard))
            assert error(foreign, 404)["code"] == "resource_missing"
            assert (
                foreign.text.replace(mine, unheard).split('"request_log_url"')[0]
                == never.text.split('"request_log_url"')[0]
            )
        assert theirs.get(f"/v1/{path}").json()["data"] == []
    for page in (checkout["url"], intent["next_action"]["redirect_to_url"]["url"]):
        assert httpx.get(page).status_code == 200
        assert ids[0] in page
        assert httpx.get(page.replace(ids[0], ids[1])).status_code == 404
        swapped = page.replace("/p/checkout/", "/p/x/").replace("/p/authenticate/", "/p/checkout/")
        assert httpx.get(swapped.replace("/p/x/", "/p/authenticate/")).status_code == 404
    assert ours.get(f"/v1/setup_intents/{intent['id']}").json() == intent
