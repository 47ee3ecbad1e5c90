"""The `frontdesk` block of an account, as programs write and read it: how a side charges, and when they are told.

`frontdesk[collection]` is how payments that fail are tried again; `frontdesk[notices]` is how many whole days before or
after their time programs are told of invoices, and an event whose days are null is not sent. One field changes that
field alone, and an empty subject is what it is without any setting. Where a side's backend has no use for a subject, it
is null and cannot be set.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, get_args

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from frontdesk.billing import Capabilities
from frontdesk.collection_rules import LONGEST_WAIT, MOST_RETRIES
from frontdesk.errors import Refusal, Refused
from frontdesk.notice_settings import LEAST_DAYS, MOST_DAYS, NOTICES, NoticeSettings
from frontdesk.payment_methods import AfterRetries, CollectionSettings
from frontdesk_tenants.collection_settings import save_collection
from frontdesk_tenants.notice_settings import save_notices
from frontdesk_tenants.side_settings import lock_settings
from frontdesk_web.api.calls import Call
from frontdesk_web.api.errors import ApiError
from frontdesk_web.api.parameters import Choice, Flag, Group, Many, Whole


class Subject(Struct, frozen=True, kw_only=True):
    """One subject of the block, by the name of its field in the side's settings.

    `useful` says for which backends there is anything to set, and `useless` why there is not for others.
    """

    takes: Mapping[str, Any]
    initial: CollectionSettings | NoticeSettings
    save: Callable[..., Awaitable[tuple[Refusal, ...]]]
    useful: Callable[[Capabilities], bool]
    useless: str


SUBJECTS: Mapping[str, Subject] = {
    "collection": Subject(
        takes={
            "after": Choice(of=get_args(AfterRetries)),
            "letters": Flag(),
            "retry_days": Many(of=Whole(minimum=1, maximum=LONGEST_WAIT), clears=True, maximum=MOST_RETRIES),
        },
        initial=CollectionSettings(),
        save=save_collection,
        useful=lambda capabilities: capabilities.charges,
        useless="Nothing is charged on this side, so there is nothing to set.",
    ),
    "notices": Subject(
        takes={name: Whole(minimum=LEAST_DAYS[name], maximum=MOST_DAYS[name], clears=True) for name in NOTICES},
        initial=NoticeSettings(),
        save=save_notices,
        useful=lambda capabilities: not capabilities.remote,
        useless="Your billing system tells of its invoices itself.",
    ),
}
"""The subjects there are."""
FRONTDESK = Group(of={name: Group(of=each.takes, clears=True) for name, each in SUBJECTS.items()})


async def save(call: Call, given: Mapping[str, Any]) -> None:
    """Set what was given, subject by subject; None makes a subject what it is without any setting.

    Raises:
        ApiError: the side's backend has no use for one.
    """
    capabilities = await _capabilities(call)
    for name, asked in given.items():
        subject = SUBJECTS[name]
        if not subject.useful(capabilities):
            raise ApiError(subject.useless, param=f"frontdesk[{name}]")
        async with call.transaction() as connection:
            before = await lock_settings(connection)
            chosen = subject.initial if asked is None else replace(getattr(before, name), **asked)
            faults = await subject.save(
                connection,
                call.side,
                before,
                replace(before, **{name: chosen}),
                actor=call.actor,
                now=call.now,
                request_id=call.request_id,
            )
            if faults:
                raise Refused(faults[0])


async def shown(call: Call) -> dict[str, Any]:
    """The block as an account shows it."""
    capabilities = await _capabilities(call)
    return {
        name: {field: msgspec.to_builtins(getattr(getattr(call.side.settings, name), field)) for field in each.takes}
        if each.useful(capabilities)
        else None
        for name, each in SUBJECTS.items()
    }


async def _capabilities(call: Call) -> Capabilities:
    async with call.transaction() as connection:
        backend = await call.site.tenancy.backends.of(connection, call.door.tenant_id, call.side.backend)
    return backend.capabilities
