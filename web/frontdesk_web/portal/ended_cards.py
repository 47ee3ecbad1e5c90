"""Plans that have ended, on the home page, where customers can start them again."""

from msgspec.structs import replace

from frontdesk.book import Subscription
from frontdesk.commands import StartAgain
from frontdesk.permissions import Permission, permitted
from frontdesk.restart_refusals import owed_for
from frontdesk.restarts import products_of
from frontdesk_tenants.home_reads import EndedPlan
from frontdesk_web.formatting import date_long
from frontdesk_web.messages import translate
from frontdesk_web.portal.subscription_cards import (
    Action,
    CardReader,
    SubscriptionCard,
    item_phrase,
    product_name,
    sentence_of,
    status_badge,
    subscription_name,
    total_phrase,
)

_SAID_ELSEWHERE = frozenset({"restart_disabled", "had_already", "side_suspended"})
"""Refusals for which there is no card at all."""


def ended_cards(reader: CardReader, ended: tuple[EndedPlan, ...]) -> tuple[SubscriptionCard, ...]:
    """A card for each plan that the customer had and has no more, the newest of each; with what is in the way."""
    cards: list[SubscriptionCard] = []
    seen: set[str] = set()
    for each in ended:
        products = products_of(each.subscription, reader.terms)
        permission = _may_start(reader, each)
        refusal = permission.refusal
        if products & seen or (refusal is not None and refusal.code in _SAID_ELSEWHERE):
            continue
        seen |= products
        address = f"{reader.base}/subscriptions/{each.subscription.id}/start-again"
        action = Action(url=address) if refusal is None else Action(reason=sentence_of(refusal, reader.locale))
        cards.append(_card(reader, each.subscription, action))
    return tuple(cards)


def _may_start(reader: CardReader, ended: EndedPlan) -> Permission:
    account = replace(reader.account, subscriptions=(*reader.account.subscriptions, ended.subscription))
    permission = permitted(
        reader.actor,
        account,
        reader.configuration,
        reader.capabilities,
        StartAgain(ended.subscription.id),
        reader.terms,
        suspended=reader.suspended,
    )
    # The page knows of no invoices but those that it lists.
    return Permission(owed_for(ended.subscription.id)) if permission and ended.owed else permission


def _card(reader: CardReader, ended: Subscription, action: Action) -> SubscriptionCard:
    single = len(ended.items) == 1
    parts = tuple(item_phrase(each, ended.currency, reader.terms, reader.locale) for each in ended.items)
    names = (product_name(each, reader.terms) for each in ended.items)
    named = tuple(f"{name}: {part}" if part else name for name, part in zip(names, parts, strict=True))
    return SubscriptionCard(
        name=subscription_name(ended, reader.terms),
        price=parts[0] if single else "",
        total=total_phrase(ended, reader.terms, reader.locale),
        items=() if single else named,
        badges=(status_badge(replace(ended, cancel_at=None, cancel_at_period_end=False), reader.locale),),
        next_label=translate(reader.locale, "Ended on") if ended.ended_at is not None else "",
        next_text="" if ended.ended_at is None else date_long(ended.ended_at, reader.locale),
        start_again=action,
    )
