"""What every act goes through: the command as the actor may give it, the permission, then the desk.

Routes call the use cases (`plan_changes`, `cancellations`, …), which say what an act is; this says how it is done.
"""

from collections.abc import Callable
from typing import Any

from frontdesk.changes import Changes
from frontdesk.commands import AccountCommand, CreateCustomer
from frontdesk.desk import Desk
from frontdesk.errors import Refused
from frontdesk.permissions import Asked, as_configured, permitted
from frontdesk.quote_refusals import quote_changed, quote_unknown
from frontdesk.quotes import LIFETIME, Quote
from frontdesk.suspension import leaving


class QuoteChanged(Refused):
    """What was to be confirmed no longer holds. `old` is used up; `new` was kept and can be confirmed in its place.

    The desk commits `new` although the confirmation is refused, and `new.agrees_with(old)` says whether it moves the
    same money.
    """

    def __init__(self, old: Quote, new: Quote) -> None:
        super().__init__(quote_changed(old.id))
        self.old = old
        self.new = new


async def quote_command(desk: Desk, command: AccountCommand) -> Quote:
    """What a command would do now, kept so that it can be confirmed.

    Raises:
        Refused: where the actor may not have it done.
    """
    await desk.know(command)
    asked = as_asked(desk, command)
    allow(desk, asked)
    shown = await desk.preview(asked)
    await desk.keep_quote(shown)
    return shown


async def confirm_quote(
    desk: Desk, quote_id: str, kind: type[AccountCommand], confirmed: Callable[[Any], AccountCommand] | None = None
) -> Changes:
    """Carry out a quote of one `kind` of command, if it still holds. `confirmed` adds to the command what was done for
    it since it was quoted.

    The configuration is part of that: had it changed how the difference is billed, other cents would be due. Where the
    account moved on and the same cents are due nevertheless (an address was edited, or use was counted), it holds.

    Raises:
        QuoteChanged: the account or the portal's settings changed since, and with them what is billed.
        Refused: the quote is unknown, used or expired, or the command is not permitted any more.
    """
    shown = await desk.take_quote(quote_id)
    if shown.customer != desk.account.customer.id or not isinstance(shown.command, kind):
        raise Refused(quote_unknown(quote_id))
    await desk.know(shown.command)
    asked = as_asked(desk, shown.command)
    allow(desk, asked)
    moved = shown.account_version != desk.account.version
    # A quote lives by real time; a test clock may have gone a year further meanwhile.
    long_ago = desk.now >= shown.at + LIFETIME
    if (
        long_ago
        or asked != shown.command
        or (moved and not (await desk.preview(asked, at=shown.at)).holds_beside(shown))
    ):
        afresh = await desk.preview(asked)
        await desk.keep_quote(afresh)
        raise QuoteChanged(shown, afresh)
    return await desk.carry_out(asked if confirmed is None else confirmed(asked), at=shown.at)


async def _holds(desk: Desk, shown: Quote, asked: AccountCommand) -> bool:
    """Whether what was quoted would be billed still. A quote lives by real time: a test clock may be a year further."""
    if desk.now >= shown.at + LIFETIME:
        return False
    if shown.account_version == desk.account.version:
        return True
    return (await desk.preview(asked, at=shown.at)).holds_beside(shown)


async def do(desk: Desk, command: AccountCommand) -> Changes:
    """Carry a command out now, as the actor may give it.

    Raises:
        Refused: where the actor may not have it done.
    """
    await desk.know(command)
    asked = as_asked(desk, command)
    allow(desk, asked)
    return await desk.carry_out(asked)


def as_asked(desk: Desk, command: Asked) -> Asked:
    """The command as the desk's actor may give it now. The desk knows its prices already."""
    if isinstance(command, CreateCustomer):
        return command
    asked = as_configured(desk.actor, desk.configuration, command, desk.account, desk.terms)
    return leaving(asked, desk.account, desk.capabilities, desk.now) if desk.suspended else asked


def allow(desk: Desk, command: AccountCommand) -> None:
    """Raises Refused where the desk's actor may not have this command carried out."""
    permitted(
        desk.actor,
        desk.account,
        desk.configuration,
        desk.capabilities,
        command,
        desk.terms,
        suspended=desk.suspended,
    ).or_refuse()
