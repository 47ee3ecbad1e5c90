"""`/v1/account` and `/v1/balance`, as the official SDK asks for them."""

import pytest
import stripe
from api_server import Shop
from stripe_openapi import object_faults


def test_whose_key_it_is(shop: Shop) -> None:
    own = "acct_" + shop.tenant.live.door.public_id
    with shop.http() as http:
        found = http.get("/v1/account").json()
        assert object_faults("account", found) == []
        assert http.get(f"/v1/accounts/{own}").json() == found
    assert (found["id"], found["default_currency"], found["type"]) == (own, "eur", "standard")
    account = shop.server.sdk(shop.key).v1.accounts.retrieve_current()
    assert account.id == own


def test_other_accounts_are_none_of_its_business(shop: Shop) -> None:
    sdk = shop.server.sdk(shop.key)
    for other in (
        "acct_nobody",
        "acct_" + shop.tenant.sandbox.door.public_id,
        shop.customer().replace("cus_", "acct_"),
    ):
        with pytest.raises(stripe.PermissionError, match="does not have access to account") as refused:
            sdk.v1.accounts.retrieve(other)
        assert refused.value.json_body["error"]["code"] == "account_invalid"
        assert shop.key not in str(refused.value)
        assert shop.key[-4:] in str(refused.value)


def test_the_balance_is_nothing_in_each_currency(shop: Shop) -> None:
    with shop.http() as http:
        http.post("/v1/prices", data={"product": shop.product, "currency": "usd", "unit_amount": "100"})
        found = http.get("/v1/balance").json()
    assert object_faults("balance", found) == []
    assert [(each["amount"], each["currency"]) for each in found["available"]] == [(0, "eur"), (0, "usd")]
    assert not shop.server.sdk(shop.key).v1.balance.retrieve().pending[0].amount
