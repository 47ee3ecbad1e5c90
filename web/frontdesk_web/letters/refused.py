"""What the letter says of an act that waited for the remote backend and was refused in the end."""

from frontdesk.events import WaitingActRefused
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.directory import Side
from frontdesk_tenants.refused_acts import read_refused
from frontdesk_web.letters.time_sentences import read_plan
from frontdesk_web.portal.waiting_words import RefusedWords, refused_words


async def refusal_told(
    connection: SideTransaction, side: Side, event: WaitingActRefused, locale: str
) -> RefusedWords | None:
    """The title and the sentences; None where the customer is gone."""
    act = await read_refused(connection, event.intent)
    if act is None:
        return None
    subscription = getattr(act.command, "subscription", "")
    account, _, terms = await read_plan(connection, side, event.customer, subscription)
    if account is None:
        return None
    return refused_words(act, account, terms, side.brand.support_email, locale)
