"""What is known of an address that no code came to: `frontdesk.no_code` says what follows from it.

For staff alone, as it tells whether an address is known. The codes themselves are never read: a row of `challenges`
holds only what checks one.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace
from sqlalchemy import desc, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.limits import Visitor, next_letter_at
from frontdesk.near_misses import NearMiss, read_as_given
from frontdesk.no_code import CodeMail, SignInState
from frontdesk.no_text import WhyNoText
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.risk_budget import holds_up
from frontdesk.sign_in import Candidate
from frontdesk_tenants import configurations, late_mail, mail_log, sign_in, tallies
from frontdesk_tenants.directory import Side
from frontdesk_tenants.near_addresses import near_addresses
from frontdesk_tenants.passcodes import RULES
from frontdesk_tenants.tables import challenges
from frontdesk_tenants.tables import mail_log as letters

CODES_SHOWN = 10
_DAY = timedelta(days=1)
_TAKEN = """
    SELECT address FROM customers WHERE NOT deleted AND address = ANY(CAST(:addresses AS text[]))
"""


async def read_state(
    connection: AsyncConnection,
    side: Side,
    given: str,
    now: datetime,
    *,
    guesses_limited: bool = False,
    no_text: WhyNoText | None = None,
) -> SignInState:
    """All that is known of the address in `given`. `guesses_limited` is the rate limits' to say (`visitor_to`),
    `no_text` the channel's and theirs."""
    address = read_as_given(given)
    state = SignInState(
        given=given,
        address=address,
        now=now,
        link_open=_is_open(await configurations.read_default(connection)),
        near=await near_addresses(connection, given, "customers"),
    )
    if address is None:
        return state
    return replace(
        state,
        candidates=await sign_in.read_candidates(connection, address, closed=True),
        codes=await codes_asked(connection, address),
        near_asked=await _asked_by_nobody(connection, given),
        bounced_at=await mail_log.bounced_at(connection, address),
        mail_late=await late_mail.is_late(connection, now),
        demand=await tallies.read_demand(connection, address, now, known_browser=False),
        next_letter=await _next_letter(connection, visitor_to(side, address), now),
        guesses_limited=guesses_limited,
        held_up=holds_up(await tallies.read_account_risk(connection, address), now),
        no_text=no_text,
    )


def visitor_to(side: Side, address: str) -> Visitor:
    """Anybody who tries to sign in to an address with a browser that is new to it, wherever they are."""
    return Visitor(tenant=str(side.tenant_id), address=address, peer=None)


async def codes_asked(connection: AsyncConnection, address: str, limit: int = CODES_SHOWN) -> tuple[CodeMail, ...]:
    """The codes that were asked for with a folded address of late (a week), newest first; never a code itself."""
    found = await connection.execute(
        select(
            challenges.c.created,
            challenges.c.expires_at,
            challenges.c.delivery,
            challenges.c.proven,
            challenges.c.attempts,
            challenges.c.channel.label("wanted"),
            letters.c.outcome,
            letters.c.detail,
            letters.c.channel,
            letters.c.recipient,
        )
        .select_from(
            challenges.outerjoin(
                letters, (letters.c.tenant_id == challenges.c.tenant_id) & (letters.c.cause == challenges.c.id)
            )
        )
        .where(challenges.c.address == address)
        .order_by(desc(challenges.c.created), desc(challenges.c.id))
        .limit(limit)
    )
    return tuple(_code(row) for row in found)


async def customers_at(connection: AsyncConnection, addresses: Iterable[str]) -> dict[str, tuple[Candidate, ...]]:
    """The customers at each of some folded addresses."""
    return {each: await sign_in.read_candidates(connection, each) for each in addresses}


def _code(row: Any) -> CodeMail:
    # A letter that waits is still queued to its challenge, which only hears of the end.
    tells_more = row.delivery == "queued" and row.outcome in ("waiting", "expired")
    return CodeMail(
        asked=row.created,
        open_until=row.expires_at,
        delivery=row.outcome if tells_more else row.delivery,
        used=row.proven,
        wrong_tries=row.attempts,
        detail=row.detail or "",
        texted_to=row.recipient if row.channel is not None else "",
        text_wanted=row.wanted == "phone",
    )


async def _asked_by_nobody(connection: AsyncConnection, given: str) -> tuple[NearMiss, ...]:
    """Addresses nearly the given one that somebody asked a code for, and that no customer has."""
    near = await near_addresses(connection, given, "challenges")
    taken = set(await connection.scalars(text(_TAKEN), {"addresses": [each.address for each in near]})) if near else ()
    return tuple(each for each in near if each.address not in taken)


async def _next_letter(connection: AsyncConnection, visitor: Visitor, now: datetime) -> datetime:
    sent = await connection.scalars(
        select(challenges.c.created).where(
            challenges.c.pool == visitor.pool,
            challenges.c.send,
            ~challenges.c.proven,
            challenges.c.created > now - _DAY,
        )
    )
    return next_letter_at(sent.all(), now, RULES)


def _is_open(configuration: PortalConfiguration) -> bool:
    return configuration.active and configuration.login_page.enabled
