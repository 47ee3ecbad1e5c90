"""Which invoices a customer asks to see, and what papers are called."""

from datetime import UTC, date, datetime, timedelta

import pytest

from frontdesk.book import Invoice, InvoiceStatus
from frontdesk.customer_limits import customer_checks
from frontdesk.invoice_choice import InvoiceChoice, InvoiceState, paper_name, read_choice

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def invoice(status: InvoiceStatus = "open", due_in: int = 1, issued: datetime = NOW) -> Invoice:
    return Invoice(
        id="in_1",
        customer="cus_1",
        status=status,
        currency="eur",
        lines=(),
        total=100,
        starting_balance=0,
        ending_balance=0,
        amount_due=100,
        created=issued,
        period_start=issued,
        period_end=issued,
        billing_reason="manual",
        finalized_at=issued,
        due_date=NOW + timedelta(days=due_in),
    )


@pytest.mark.parametrize(
    ("asked", "choice"),
    [
        ({}, InvoiceChoice()),
        ({"year": "", "status": ""}, InvoiceChoice()),
        ({"year": "2025", "status": "paid"}, InvoiceChoice(year=2025, state="paid")),
        ({"year": "1999", "status": "draft"}, InvoiceChoice()),
        ({"year": "20x6", "status": "PAID"}, InvoiceChoice()),
        ({"year": "٢٠٢٦", "status": "late\0"}, InvoiceChoice()),
        ({"year": "02026"}, InvoiceChoice()),
    ],
)
def test_what_an_address_asks_for(asked: dict[str, str], choice: InvoiceChoice) -> None:
    assert read_choice(asked) == choice
    assert read_choice(choice.query) == choice


@pytest.mark.parametrize(
    ("state", "status", "due_in", "holds"),
    [
        (None, "void", 1, True),
        ("open", "open", 1, True),
        ("open", "open", -1, True),
        ("late", "open", -1, True),
        ("late", "open", 0, False),
        ("late", "open", 1, False),
        ("late", "paid", -1, False),
        ("paid", "paid", -1, True),
        ("void", "paid", -1, False),
        ("uncollectible", "uncollectible", -1, True),
    ],
)
def test_states(state: InvoiceState | None, status: InvoiceStatus, due_in: int, holds: bool) -> None:
    assert InvoiceChoice(state=state).holds(invoice(status, due_in), NOW) is holds


def test_a_year_is_that_of_the_day_of_issue() -> None:
    last = invoice(issued=datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert InvoiceChoice(year=2025).holds(last, NOW)
    assert not InvoiceChoice(year=2026).holds(last, NOW)
    assert InvoiceChoice(year=2026).is_narrow
    assert not InvoiceChoice().is_narrow


def test_names_of_papers_sort_by_day_and_can_be_stored_anywhere() -> None:
    names = [
        paper_name(date(2026, 11, 2), "NB-0042", ""),
        paper_name(date(2025, 1, 31), "NB-0007", "Quittung 2"),
        paper_name(date(2026, 2, 3), 'a/b\\c:"x"\n', "領収書"),
    ]
    assert names == ["2026-11-02_NB-0042", "2025-01-31_NB-0007_Quittung-2", "2026-02-03_a-b-c--x-_領収書"]
    assert len(paper_name(date(2026, 1, 1), "x" * 400)) <= 150
    assert paper_name(date(2026, 1, 1), "..") == "2026-01-01"


def test_a_customers_limits_are_their_own() -> None:
    mine, theirs = customer_checks("bundle", "t", "cus_1"), customer_checks("bundle", "t", "cus_2")
    assert [each.limit.count for each in mine] == [5, 20]
    assert not {each.key for each in mine} & {each.key for each in theirs}
    assert not {each.key for each in mine} & {each.key for each in customer_checks("new_address", "t", "cus_1")}
    assert all("cus_1" not in each.key for each in mine)
