"""Starting a subscription again after its end: what starts, for whom, and when not."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from seat_shop import BY_LINK, CONFIGURATION, TERMS, open_shop, subscription_of

from frontdesk import acts, cancellations, starting_again, subscriptions
from frontdesk.acts import QuoteChanged
from frontdesk.book import Subscription, Terms
from frontdesk.commands import CancelSubscription, CreateSubscription, NewItem, PayInvoice, StartAgain
from frontdesk.errors import Refused
from frontdesk.frontdesk_settings import FrontdeskSettings, Restart
from frontdesk.testing.desk import TENANT, MemoryDesk

ALLOWED = replace(CONFIGURATION, frontdesk=FrontdeskSettings(restart=Restart(enabled=True)))


async def ended_shop(*, paid: bool = True, **fields: object) -> tuple[MemoryDesk, Subscription]:
    """A customer whose only subscription has ended, at the portal; the desk knows it as the book would."""
    desk = await open_shop()
    desk.actor = TENANT
    if paid:
        for invoice in desk.account.invoices:
            await acts.do(desk, PayInvoice(invoice=invoice.id))
    running = subscription_of(desk)
    changes = await cancellations.cancel(desk, CancelSubscription(subscription=running.id, when="now"))
    ended = replace(next(each for each in changes.subscriptions if each.id == running.id), **fields)
    desk.actor, desk.configuration = BY_LINK, ALLOWED
    remember(desk, ended)
    return desk, ended


def remember(desk: MemoryDesk, ended: Subscription) -> None:
    desk._account = replace(desk.account, subscriptions=(*desk.account.subscriptions, ended))


def live(desk: MemoryDesk) -> list[Subscription]:
    return [each for each in desk.account.subscriptions if each.status != "canceled"]


async def refusal_of(desk: MemoryDesk, command: StartAgain) -> str | None:
    try:
        await acts.quote_command(desk, command)
    except Refused as refused:
        return refused.refusal.code
    return None


async def test_what_ended_starts_as_it_was_at_the_price_that_was_shown() -> None:
    desk, ended = await ended_shop(description="For the Leeds office", days_until_due=7, metadata={"po": "7"})
    shown = await starting_again.quote(desk, ended.id)
    assert (shown.due_now, shown.renewal is not None and shown.renewal.amount) == (12000, 12000)
    desk.now += timedelta(minutes=10)
    changes = await starting_again.confirm(desk, shown.id)
    (invoice,) = changes.invoices
    assert (invoice.amount_due, invoice.created, invoice.due_date) == (12000, shown.at, shown.at + timedelta(days=7))
    (again,) = live(desk)
    assert again.id != ended.id
    assert [(each.price, each.quantity) for each in again.items] == [("team", 10)]
    assert (again.status, again.period_start, again.description, again.metadata) == (
        "active",
        shown.at,
        "For the Leeds office",
        {"po": "7"},
    )


async def test_a_trial_is_had_once() -> None:
    began = subscription_of(await open_shop()).created
    desk, ended = await ended_shop(trial_start=began, trial_end=began + timedelta(days=5))
    shown = await starting_again.quote(desk, ended.id)
    assert shown.due_now == 12000
    await starting_again.confirm(desk, shown.id)
    assert live(desk)[0].trial_end is None


async def test_nothing_starts_twice() -> None:
    desk, ended = await ended_shop()
    one, other = [await starting_again.quote(desk, ended.id) for _ in range(2)]
    await starting_again.confirm(desk, one.id)
    remember(desk, ended)
    for quote in (one, other):
        with pytest.raises(Refused, match=r"quote_consumed|another subscription of theirs has one of its"):
            await starting_again.confirm(desk, quote.id)
    assert len(live(desk)) == 1
    assert await refusal_of(desk, StartAgain(live(desk)[0].id)) is not None


async def test_when_it_cannot_start() -> None:
    desk, ended = await ended_shop()
    command = StartAgain(ended.id)
    assert await refusal_of(desk, StartAgain("sub_unknown")) == "no_such_subscription"
    desk.configuration = CONFIGURATION
    assert await refusal_of(desk, command) == "restart_disabled"
    desk.actor = TENANT
    assert await refusal_of(desk, command) is None, "the configuration binds customers"
    desk.actor, desk.configuration = BY_LINK, ALLOWED
    desk.terms = without_team(TERMS)
    assert await refusal_of(desk, command) == "no_longer_sold"
    desk.terms, desk.suspended = TERMS, True
    assert await refusal_of(desk, command) == "side_suspended"
    running = await open_shop()
    running.configuration = ALLOWED
    assert await refusal_of(running, StartAgain(subscription_of(running).id)) == "had_already"
    running.actor = TENANT
    assert await refusal_of(running, StartAgain(subscription_of(running).id)) == "not_ended"
    owing, unpaid = await ended_shop(paid=False)
    assert await refusal_of(owing, StartAgain(unpaid.id)) == "owed_for"


async def test_a_plan_that_was_taken_meanwhile_keeps_the_old_one_from_starting() -> None:
    desk, ended = await ended_shop()
    shown = await starting_again.quote(desk, ended.id)
    desk.actor = TENANT
    await subscriptions.create(desk, CreateSubscription(items=(NewItem(price="team_year"),)))
    remember(desk, ended)
    desk.actor = BY_LINK
    with pytest.raises(Refused) as refused:
        await starting_again.confirm(desk, shown.id)
    assert not isinstance(refused.value, QuoteChanged)
    assert refused.value.refusal.code == "had_already"


def without_team(terms: Terms) -> Terms:
    return replace(terms, prices={**terms.prices, "team": replace(terms.prices["team"], active=False)})
