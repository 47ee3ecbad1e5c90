"""An invoice for which something was paid, made up for tests of what is said of it."""

from datetime import UTC, date, datetime, timedelta

from frontdesk.book import Invoice, Payment

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def paid(id: str, amount: int, hours: int, **fields: object) -> Payment:
    return Payment(  # type: ignore[arg-type]
        id=id, amount=amount, received=date(2026, 3, 1), recorded=NOON + hours * HOUR, by="staff", **fields
    )


def invoice(*payments: Payment, due: int = 10_000, credited: int = 0, descriptor: str | None = None) -> Invoice:
    sum_ = sum(each.amount - each.overpaid for each in payments)
    settled = sum_ + credited >= due
    return Invoice(
        id="in_1", customer="cus_1", status="paid" if settled else "open", currency="eur", lines=(), total=due,
        starting_balance=0, ending_balance=0, amount_due=due, amount_paid=sum_, amount_credited=credited,
        payments=payments, created=NOON, period_start=NOON, period_end=NOON, billing_reason="manual", number="INV-0001",
        statement_descriptor=descriptor,
    )  # fmt: skip
