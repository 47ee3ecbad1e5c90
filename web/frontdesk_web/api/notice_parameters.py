"""`frontdesk[notices]` of an account: when programs are told of invoices before and after their time, in whole days.

An event whose days are null is not sent. Where billing is at another system, that tells of its invoices itself.
"""

from typing import Any

from msgspec.structs import replace

from frontdesk.errors import Refused
from frontdesk.notice_settings import LEAST_DAYS, MOST_DAYS, NOTICES, NoticeSettings
from frontdesk_tenants.notice_settings import save_notices
from frontdesk_tenants.side_settings import lock_settings
from frontdesk_web.api.calls import Call
from frontdesk_web.api.errors import ApiError
from frontdesk_web.api.parameters import Group, Whole

TIMES = Group(
    of={name: Whole(minimum=LEAST_DAYS[name], maximum=MOST_DAYS[name], clears=True) for name in NOTICES}, clears=True
)


async def save(call: Call, asked: dict[str, Any] | None) -> None:
    """Say when programs are told; None makes it what it is without any setting.

    Raises:
        ApiError: another system tells of this side's invoices.
    """
    if not await tells(call):
        raise ApiError("Your billing system tells of its invoices itself.", param="frontdesk[notices]")
    async with call.transaction() as connection:
        before = await lock_settings(connection)
        chosen = NoticeSettings() if asked is None else replace(before.notices, **asked)
        faults = await save_notices(
            connection,
            call.side,
            before,
            replace(before, notices=chosen),
            actor=call.actor,
            now=call.now,
            request_id=call.request_id,
        )
        if faults:
            raise Refused(faults[0])


async def tells(call: Call) -> bool:
    """Whether the side's invoices are Frontdesk's to tell of."""
    async with call.transaction() as connection:
        backend = await call.site.tenancy.backends.of(connection, call.door.tenant_id, call.side.backend)
    return not backend.capabilities.remote


def shown(chosen: NoticeSettings) -> dict[str, Any]:
    """The settings as an account shows them."""
    return {name: chosen.of(name) for name in NOTICES}
