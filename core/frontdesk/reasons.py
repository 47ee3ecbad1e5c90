"""Why something of a backend's failed, kept for the staff who come to look: a sentence of the catalogue and what fills
it, so that whoever looks reads it in their language.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from frontdesk.errors import Misconfigured, Refused, Unavailable
from frontdesk.sentences import _

OF_OURS = _("This could not be applied. The fault is ours and is written in the log.")
BACKEND_FAILED = _("The billing backend has a fault and is being looked after.")
BACKEND_SLOW = _("The billing backend took too long to answer.")
LONGEST = 500
"""Characters of a sentence and of each thing that fills it: some of them come from somebody else's server."""


class Reason(Struct, frozen=True, kw_only=True):
    """A sentence with `{named}` places, and what fills them."""

    sentence: str
    parameters: Mapping[str, str | int] = {}


def reason_of(error: Exception) -> Reason:
    """Why, for the tenant's staff: of a bug of ours only that there is one."""
    match error:
        case Unavailable() | Misconfigured():
            return _cut(error.sentence, error.parameters)
        case Refused(refusal=refusal):
            return _cut(refusal.for_tenant, refusal.parameters)
    return Reason(sentence=OF_OURS)


def written(reason: Reason) -> str:
    """A reason as text, for a column of a table."""
    return msgspec.json.encode(reason).decode()


def read(text: str) -> Reason:
    """A reason from such a text. One that was written before there were places is a sentence that is filled already."""
    try:
        return msgspec.json.decode(text, type=Reason)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Reason(sentence=text)


def _cut(sentence: str, parameters: Mapping[str, Any]) -> Reason:
    short = {name: value[:LONGEST] if isinstance(value, str) else value for name, value in parameters.items()}
    return Reason(sentence=sentence[:LONGEST], parameters=short)
