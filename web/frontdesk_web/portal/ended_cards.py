"""Plans that have ended, on the home page, where customers can start them again."""

from msgspec.structs import replace

from frontdesk.book import Subscription
from frontdesk.commands import StartAgain
from frontdesk.errors import Refusal
from frontdesk.permissions import Permission, permitted
from frontdesk.restart_refusals import owed_for
from frontdesk.restarts import products_of
from frontdesk_tenants.home_reads import EndedPlan
from frontdesk_web.formatting import date_long
from frontdesk_web.messages import translate
from frontdesk_web.portal.subscription_cards import (
    CardReader,
    SubscriptionCard,
    badge_of,
    price_lines,
    sentence_of,
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
        cards.append(_card(reader, each.subscription, refusal))
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


def _card(reader: CardReader, ended: Subscription, refusal: Refusal | None) -> SubscriptionCard:
    terms, locale = reader.terms, reader.locale
    badge = badge_of(ended.status, False, locale)
    return SubscriptionCard(
        name=subscription_name(ended, terms),
        status=badge.text,
        tone=badge.tone,
        total=total_phrase(ended, terms, locale),
        prices=price_lines(ended, terms, locale),
        next_label="" if ended.ended_at is None else translate(locale, "Ended on"),
        next_text="" if ended.ended_at is None else date_long(ended.ended_at, locale),
        start_again_url=f"{reader.base}/subscriptions/{ended.id}/start-again" if refusal is None else None,
        notes=() if refusal is None else (sentence_of(refusal, locale),),
    )
