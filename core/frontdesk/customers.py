"""Opening and closing an account. Its details are edited in `frontdesk.billing_details`."""

from msgspec.structs import replace

from frontdesk.acts import do
from frontdesk.billing_details import checked
from frontdesk.changes import Changes
from frontdesk.commands import CreateCustomer, DeleteCustomer
from frontdesk.desk import Desk
from frontdesk.permissions import permitted
from frontdesk.trusted_phones import with_trust


async def create(desk: Desk, command: CreateCustomer) -> Changes:
    """Open the account that the desk is for; until then the desk has no account. Never for customers.

    Raises:
        Refused: a detail is not as it must be.
    """
    command = replace(command, details=with_trust(checked(command.details), None, desk.actor))
    permitted(
        desk.actor, None, desk.configuration, desk.capabilities, command, desk.terms, suspended=desk.suspended
    ).or_refuse()
    return await desk.carry_out(command)


async def delete(desk: Desk) -> Changes:
    """Close the account: its subscriptions end now, its issued invoices stay. Never for customers.

    Raises:
        Refused: it is closed already.
    """
    return await do(desk, DeleteCustomer())
