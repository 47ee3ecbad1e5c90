"""Why can this customer not do that, asked by a program."""

from api_server import Shop, made

PATH = "/v1/billing_portal/permissions"


async def test_each_no_has_a_code_a_sentence_for_each_reader_and_the_setting(shop: Shop) -> None:
    customer = shop.customer(**{"preferred_locales[0]": "de"})
    subscription = shop.subscription(customer)
    with shop.http() as http:
        found = http.get(PATH, params={"customer": customer}).json()
        (default,) = http.get("/v1/billing_portal/configurations", params={"is_default": "true"}).json()["data"]
        assert (found["object"], found["customer"]) == ("billing_portal.permissions", customer)
        assert (found["configuration"], found["source"]) == (default["id"], "api_session")
        (acts,) = found["subscriptions"]
        assert (acts["subscription"], acts["status"]) == (subscription, "active")
        assert acts["change_price"] == {
            "allowed": False,
            "code": "subscription_update_disabled",
            "customer_message": "Ihr Tarif lässt sich nicht online wechseln. Bitte wenden Sie sich an uns.",
            "message": "This subscription cannot be updated because the subscription update feature in the portal"
            " configuration is disabled.",
            "setting": "features[subscription_update][enabled]",
        }
        yes = {"allowed": True, "code": None, "customer_message": None, "message": None, "setting": None}
        assert acts["cancel"] == found["invoices"]["view"] == found["customer_update"]["email"] == yes
        assert found["payment_method_update"]["code"] == "no_payment_methods"

        by_link = http.get(PATH, params={"customer": customer, "source": "login_link"}).json()
        assert by_link["customer_update"]["email"]["code"] == "email_fixed"
        other = made(
            http.post(
                "/v1/billing_portal/configurations",
                data={
                    "features[subscription_update][enabled]": "true",
                    "features[subscription_update][default_allowed_updates][0]": "price",
                    "features[subscription_update][products][0][product]": shop.product,
                    "features[subscription_update][products][0][prices][0]": shop.yearly,
                },
            )
        )
        under = http.get(PATH, params={"customer": customer, "configuration": other}).json()
        assert under["subscriptions"][0]["change_price"] == yes
        assert under["subscriptions"][0]["cancel"]["setting"] == "features[subscription_cancel][enabled]"


async def test_whom_and_what_it_asks_about_must_exist(shop: Shop) -> None:
    with shop.http() as http:
        assert http.get(PATH).json()["error"]["message"] == "Missing required param: customer."
        assert (
            http.get(PATH, params={"customer": "cus_none"}).json()["error"]["message"] == "No such customer: 'cus_none'"
        )
        unknown = http.get(PATH, params={"customer": shop.customer(), "configuration": "bpc_none"}).json()["error"]
        assert (unknown["message"], unknown["param"]) == ("No such configuration: 'bpc_none'", "configuration")
