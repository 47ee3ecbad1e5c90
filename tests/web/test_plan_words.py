"""What the plan pages say, without a browser. The rows are of what users of other portals ran into."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace
from seat_shop import BY_LINK, CONFIGURATION, NOW, TERMS, UPDATE, change, open_shop, price, subscription_of, with_update

from frontdesk import customers, plan_changes, subscriptions
from frontdesk.book import BillingSettings, Invoice
from frontdesk.commands import BillingDetails, CreateCustomer, CreateSubscription, NewItem
from frontdesk.errors import Refused
from frontdesk.portal_configuration import OfferedProduct
from frontdesk.testing.desk import TENANT, MemoryDesk
from frontdesk_invoice_only.backend import InvoiceOnly, InvoiceOnlySettings
from frontdesk_web.portal.late_invoices import late_of
from frontdesk_web.portal.plan_done import plan_done_page
from frontdesk_web.portal.quote_views import QuoteView, quote_view


async def shown(desk: MemoryDesk, to: str, quantity: int | None = None) -> QuoteView:
    """The confirmation of a change, in English."""
    quote = await plan_changes.quote(desk, change(desk, to, quantity))
    return quote_view(quote, subscription_of(desk), desk.terms, "en")


@pytest.mark.parametrize(
    ("behavior", "today", "note", "next_amount", "next_note"),
    [
        ("always_invoice", "€120.00", "You receive an invoice, payable by 25 November 2026.", "€300.00", ""),
        ("create_prorations", "€0.00", "The difference is on your next invoice.", "€420.00", "then €300.00 per month"),
        ("none", "€0.00", "", "€300.00", ""),
    ],
)
async def test_row_14_it_is_said_when_money_moves(
    behavior: str, today: str, note: str, next_amount: str, next_note: str
) -> None:
    desk = await open_shop()
    desk.configuration = with_update(proration_behavior=behavior)
    view = await shown(desk, "company")
    assert (view.due_today, view.due_today_note) == (today, note)
    assert (view.next_label, view.next_amount) == ("On 1 December 2026", next_amount)
    assert view.next_note == next_note, "what is regular is said beside what is due next where it is something else"
    assert view.new[0].total == "€300.00 per month"


async def test_row_14_a_year_ahead_it_is_said_too() -> None:
    """Seats were added, and nobody was told that they are billed with the renewal, eleven months later."""
    desk = await open_shop(NewItem(price="team_year", quantity=10))
    desk.configuration = with_update(proration_behavior="create_prorations")
    view = await shown(desk, "team_year", 12)
    assert (view.due_today, view.due_today_note) == ("€0.00", "The difference is on your next invoice.")
    # Twelve seats of the next year, and 355 of 365 days of two.
    assert (view.next_label, view.next_amount) == ("On 1 November 2027", "€1,673.43")


async def test_row_13_up_now_and_down_later_gives_no_credit_to_play_with() -> None:
    desk = await open_shop()
    desk.configuration = with_update(schedule_at_period_end=("decreasing_item_amount", "shortening_interval"))
    up = await plan_changes.quote(desk, change(desk, "company", 12))
    await plan_changes.confirm(desk, up.id)
    down = await shown(desk, "team", 10)
    assert (down.due_today, down.lines) == ("€0.00", ())
    assert down.due_today_note == "You keep your present plan until 1 December 2026; then the new one begins."
    quote = await plan_changes.quote(desk, change(desk, "team", 10))
    await plan_changes.confirm(desk, quote.id)
    assert desk.account.customer.balances == {}
    done = plan_done_page(quote, subscription_of(desk), desk.terms, "en", base="/p/x", invoices=True)
    assert (done.title, done.invoice_url) == ("Your plan will change", None)


async def test_row_17_who_pays_by_invoice_changes_seats_too() -> None:
    desk = await open_shop()
    assert subscription_of(desk).collection_method == "send_invoice"
    view = await shown(desk, "team", 11)
    assert view.new[0].price.replace("\N{NO-BREAK SPACE}", " ") == "11 × €12.00 per seat"


async def test_row_16_a_customer_gets_no_plan_or_quantity_that_is_not_offered() -> None:
    desk = await open_shop()
    for to, quantity in (("secret", None), ("company", 4), ("company", 51), ("archived", None)):
        with pytest.raises(Refused):
            await plan_changes.quote(desk, change(desk, to, quantity))


@pytest.mark.parametrize(
    ("currency", "amount", "due"),
    [("jpy", 1200, "¥12,000"), ("krw", 9900, "₩99,000"), ("kwd", 1250, "KWD 12.500"), ("clp", 4990, "CLP 49,900")],
)
async def test_row_24_each_currency_has_its_own_decimals(currency: str, amount: int, due: str) -> None:
    free = replace(price("small", "team_product", 0, currency=currency), unit_amount=Decimal(0))
    sold = (free, price("large", "team_product", amount, currency=currency, interval="year"))
    offered = (OfferedProduct(product="team_product", prices=("small", "large")),)
    desk = MemoryDesk(
        backend=InvoiceOnly(InvoiceOnlySettings()),
        terms=replace(TERMS, settings=BillingSettings(currency=currency), prices={each.id: each for each in sold}),
        now=NOW,
        actor=TENANT,
        configuration=replace(
            CONFIGURATION,
            features=replace(CONFIGURATION.features, subscription_update=replace(UPDATE, products=offered)),
        ),
    )
    await customers.create(desk, CreateCustomer(id="cus_1", details=BillingDetails(email="jenny@example.com")))
    await subscriptions.create(desk, CreateSubscription(items=(NewItem(price="small", quantity=10),)))
    desk.actor = BY_LINK
    view = await shown(desk, "large", 10)
    assert view.due_today.replace("\N{NO-BREAK SPACE}", " ") == due
    assert view.facts[0] == "A new period begins today."


async def test_what_is_past_due_says_how_much_is_left() -> None:
    desk = await open_shop()
    (invoice,) = desk.account.invoices
    assert invoice.due_date is not None
    assert late_of(desk.account, invoice.due_date, "/p/x", "en") == ()
    (late,) = late_of(desk.account, invoice.due_date + timedelta(days=1), "/p/x", "en")
    assert "and €120.00 of it is still open" in late.sentence
    assert late.url == f"/p/x/invoices/{invoice.id}"
    assert late_of(desk.account, datetime(2027, 1, 1, tzinfo=UTC), None, "en")[0].url is None
    paid: Invoice = replace(invoice, status="paid")
    assert late_of(replace(desk.account, invoices=(paid,)), datetime(2027, 1, 1, tzinfo=UTC), "/p/x", "en") == ()
