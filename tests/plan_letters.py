"""What the letters about plans of a shop would say, without a worker and a mail server."""

from portal_shop import Shop
from sqlalchemy import select

from frontdesk.events import TrialWillEnd
from frontdesk_tenants.tables import events
from frontdesk_web.letters.plan_news import News, PlanNews, news_of
from frontdesk_web.letters.time_sentences import trial_sentences


async def plan_letters(shop: Shop, locale: str) -> list[News]:
    """The letters of all that happened, as they would be written now."""
    async with shop.tenancy.at(shop.door) as (connection, side):
        happened = (await connection.scalars(select(events.c.body).order_by(events.c.created, events.c.id))).all()
        told = [await news_of(connection, side, each, locale) for each in happened if isinstance(each, PlanNews)]
    return [each for each in told if each is not None]


async def trial_letters(shop: Shop, ends: TrialWillEnd, locale: str) -> tuple[str, ...]:
    """The sentences of the letter that a trial is about to end."""
    async with shop.tenancy.at(shop.door) as (connection, side):
        told = await trial_sentences(connection, side, ends, locale)
    assert told is not None
    return told.sentences
