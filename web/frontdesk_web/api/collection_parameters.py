"""`frontdesk[collection]` of an account: how a side charges, where it does, as a program writes and reads it."""

from typing import Any, get_args

from msgspec.structs import replace

from frontdesk.collection_rules import LONGEST_WAIT, MOST_RETRIES
from frontdesk.errors import Refused
from frontdesk.payment_methods import AfterRetries, CollectionSettings
from frontdesk_tenants.collection_settings import save_collection
from frontdesk_tenants.side_settings import lock_settings
from frontdesk_web.api.calls import Call
from frontdesk_web.api.errors import ApiError
from frontdesk_web.api.parameters import Choice, Flag, Group, Many, Whole

COLLECTION = Group(
    of={
        "after": Choice(of=get_args(AfterRetries)),
        "letters": Flag(),
        "retry_days": Many(of=Whole(minimum=1, maximum=LONGEST_WAIT), clears=True, maximum=MOST_RETRIES),
    },
    clears=True,
)


async def save(call: Call, asked: dict[str, Any] | None) -> None:
    """Say how the side charges; None makes it what it is without any setting.

    Raises:
        ApiError: nothing is charged on this side.
    """
    if not await charges(call):
        raise ApiError("Nothing is charged on this side, so there is nothing to set.", param="frontdesk[collection]")
    async with call.transaction() as connection:
        before = await lock_settings(connection)
        chosen = CollectionSettings() if asked is None else replace(before.collection, **asked)
        faults = await save_collection(
            connection,
            call.side,
            before,
            replace(before, collection=chosen),
            actor=call.actor,
            now=call.now,
            request_id=call.request_id,
        )
        if faults:
            raise Refused(faults[0])


async def charges(call: Call) -> bool:
    """Whether the side's backend charges payment methods there."""
    async with call.transaction() as connection:
        backend = await call.site.tenancy.backends.of(connection, call.door.tenant_id, call.side.backend)
    return backend.capabilities.charges


def shown(chosen: CollectionSettings) -> dict[str, Any]:
    """The settings as an account shows them."""
    return {"after": chosen.after, "letters": chosen.letters, "retry_days": list(chosen.retry_days)}
