"""What came in for an invoice, as a program says it: in part, on its day, with its reference; and not after all."""

from datetime import UTC, datetime, timedelta

from api_server import Shop


def test_a_part_is_recorded_and_taken_back(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscription(customer)
    with shop.http() as http:
        one = http.get("/v1/invoices", params={"customer": customer}).json()["data"][0]["id"]
        yesterday = datetime.now(UTC) - timedelta(days=1)
        part = {
            "paid_out_of_band": "true",
            "frontdesk[amount]": "5000",
            "frontdesk[received_at]": str(int(yesterday.timestamp())),
            "frontdesk[reference]": "RF18 4711",
        }
        answer = http.post(f"/v1/invoices/{one}/pay", data=part).json()
        assert (answer["status"], answer["amount_paid"], answer["amount_remaining"]) == ("open", 5000, 7000)
        assert answer["status_transitions"]["paid_at"] is None
        rest = {"paid_out_of_band": "true", "frontdesk[amount]": "7500"}
        answer = http.post(f"/v1/invoices/{one}/pay", data=rest).json()
        assert (answer["status"], answer["amount_paid"], answer["amount_remaining"]) == ("paid", 12_000, 0)
        assert (answer["amount_overpaid"], answer["status_transitions"]["paid_at"] is not None) == (500, True)
        assert http.get(f"/v1/customers/{customer}").json()["balance"] == -500
        first, second = http.get(f"/v1/frontdesk/invoices/{one}/payments").json()["data"]
        assert (first["amount"], first["received_on"], first["reference"]) == (
            *(5000, yesterday.date().isoformat()),
            "RF18 4711",
        )
        assert (second["amount"], second["amount_overpaid"], second["reverses"]) == (7500, 500, None)
        answer = http.post(f"/v1/frontdesk/invoices/{one}/payments/{second['id']}/reverse").json()
        assert (answer["status"], answer["amount_paid"], answer["amount_remaining"]) == ("open", 5000, 7000)
        assert answer["status_transitions"]["paid_at"] is None
        assert http.get(f"/v1/customers/{customer}").json()["balance"] == 0
        again = http.post(f"/v1/frontdesk/invoices/{one}/payments/{second['id']}/reverse")
        assert (again.status_code, again.json()["error"]["message"]) == (400, "This payment was reversed already.")
        for wrong, param in (
            ({"frontdesk[amount]": "0"}, "amount"),
            ({"frontdesk[received_at]": "9999999999"}, "received"),
        ):
            refused = http.post(f"/v1/invoices/{one}/pay", data={"paid_out_of_band": "true", **wrong})
            assert (refused.status_code, refused.json()["error"]["param"]) == (400, param)
        unknown = http.post(f"/v1/frontdesk/invoices/{one}/payments/pay_none/reverse")
        assert unknown.status_code == 404
        given = [
            each["id"]
            for each in http.get(f"/v1/frontdesk/invoices/{one}/payments", params={"limit": 1}).json()["data"]
        ]
        assert given == [first["id"]]
