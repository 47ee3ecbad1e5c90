"""The `frontdesk` block of a portal configuration, as a program writes and reads it: ours, beside Stripe's fields.

`frontdesk[subject][field]=…` changes one field and leaves the others; `frontdesk[subject]=` makes the subject what it
is without any setting, and `frontdesk=` the whole block. A subject that the block does not have is refused as unknown.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from frontdesk.frontdesk_settings import FrontdeskSettings
from frontdesk_web.api.parameters import Flag, Group
from frontdesk_web.api.retention_parameters import RETENTION, changed_retention


def _replaced(stored: Any, given: Mapping[str, Any]) -> Any:
    return replace(stored, **given)


class Subject(Struct, frozen=True, kw_only=True):
    """One subject of the block, by the name of its field in `FrontdeskSettings`.

    `takes` are its parameters. `changed` makes of the stored struct and what was given the new one, and `shown` what a
    program is answered; both do for a struct whose fields are called and written as its parameters are.
    """

    takes: Mapping[str, Any]
    changed: Callable[[Any, Mapping[str, Any]], Any] = _replaced
    shown: Callable[[Any], Any] = msgspec.to_builtins


SUBJECTS: Mapping[str, Subject] = {
    "restart": Subject(takes={"enabled": Flag()}),
    "retention": Subject(takes=RETENTION, changed=changed_retention),
}
"""The subjects there are."""
FRONTDESK = Group(of={name: Group(of=each.takes, clears=True) for name, each in SUBJECTS.items()}, clears=True)


def changed_settings(stored: FrontdeskSettings, given: Mapping[str, Any] | None) -> FrontdeskSettings:
    """The block after a request. None makes all of it, or one subject, what it is without a setting."""
    without = FrontdeskSettings()
    if given is None:
        return without
    values = {
        name: getattr(without, name) if asked is None else SUBJECTS[name].changed(getattr(stored, name), asked)
        for name, asked in given.items()
    }
    return replace(stored, **values)


def shown_settings(stored: FrontdeskSettings) -> dict[str, Any]:
    """The block as the API answers with it."""
    return {name: each.shown(getattr(stored, name)) for name, each in SUBJECTS.items()}
