"""A text message to oneself: staff see that their gateway carries one, without a customer waiting for it."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from frontdesk.channels import Letter
from frontdesk.costly_letters import MOST
from frontdesk.errors import Misconfigured, Unavailable
from frontdesk.ids import IdSource
from frontdesk.limits import HOUR, Check, Limit, key_of
from frontdesk.short_texts import fits
from frontdesk_tenants.channels import LiveChannel
from frontdesk_tenants.directory import Side
from frontdesk_web.letters import post
from frontdesk_web.letters.costs import count_cost
from frontdesk_web.letters.reports import report_url
from frontdesk_web.letters.trial import PURPOSE
from frontdesk_web.messages import translate
from frontdesk_web.site import Site

LIMITS = (
    Limit(name="trial_text:hour", act="request", scope="tenant", count=5, window=HOUR),
    Limit(name="trial_text:day", act="request", scope="tenant", count=10, window=24 * HOUR),
)
"""Each may go to a number that is nobody's on the team."""


class TrialText(Struct, frozen=True, kw_only=True):
    """What became of it. `shown` is the number, masked; `detail` is the gateway's own words."""

    outcome: Literal["sent", "no_number", "often", "capped", "refused", "unavailable"]
    shown: str = ""
    detail: str = ""


async def send_trial_text(
    site: Site, side: Side, way: LiveChannel, typed: str, *, now: datetime, locale: str
) -> TrialText:
    """Send a text to a number as it was typed, within the caps that hold for codes and a limit of its own."""
    door, destination = side.door, way.destination(typed)
    if destination is None:
        return TrialText(outcome="no_number")
    key = key_of("trial text", str(door.tenant_id))
    checks = tuple(Check(limit=each, key=f"{each.name}:{key}") for each in LIMITS)
    if (await site.limiter.count(checks, now)).exceeded() is not None:
        return TrialText(outcome="often", shown=destination.shown)
    cause = IdSource(now)("txt")
    counted = await count_cost(site, door, cause, destination, way.caps or MOST)
    if counted is None:
        return TrialText(outcome="capped", shown=destination.shown)
    letter = Letter(
        to=destination.to,
        subject="",
        text=_text(side, locale),
        message_id=post.message_id(site, cause),
        sender_name="",
        purpose=PURPOSE,
        language=locale,
        report_url=report_url(site, door, cause),
    )
    try:
        delivery = await post.deliver(site, door, letter, by=way, destination=destination)
    except (Unavailable, Misconfigured) as error:
        await site.limiter.take_back(counted)
        return TrialText(
            outcome="unavailable", shown=destination.shown, detail=translate(locale, error.sentence, **error.parameters)
        )
    if delivery.outcome != "accepted":
        await site.limiter.take_back(counted)
        return TrialText(outcome="refused", shown=destination.shown, detail=delivery.detail)
    return TrialText(outcome="sent", shown=destination.shown)


def _text(side: Side, locale: str) -> str:
    """One message, whatever the tenant is called."""
    name = " ".join(side.brand.business_name.split())
    whole = translate(locale, "A test by {name}: sign-in codes by text message reach this phone.", name=name)
    return whole if fits(whole) else translate(locale, "A test: sign-in codes by text message reach this phone.")
