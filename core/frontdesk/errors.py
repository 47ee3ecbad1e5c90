"""The four errors of a use case or a plugin. Each says who can act.

Anything else that a plugin raises is its bug: it is logged and shown as `Unavailable`, for that tenant alone.
"""

from collections.abc import Mapping

from msgspec import Struct

from frontdesk.sentences import in_english


class Refusal(Struct, frozen=True, kw_only=True):
    """Why a thing cannot be done now.

    `code` is stable and for programs. `for_customer` and `for_tenant` are English sentences with `{named}` places,
    looked up in the message catalogue by the faces; `parameters` fill the places. `param` names the request field
    at fault in Stripe's bracket notation, where there is one. `api_code` and `api_type` are the field's standard
    error code and type, where the field has one.
    """

    code: str
    for_customer: str
    for_tenant: str
    parameters: Mapping[str, str | int] = {}
    param: str | None = None
    api_code: str | None = None
    missing: bool = False
    """True where the thing asked for does not exist (an API answers 404 for it in a path)."""
    forbidden: bool = False
    """True where it is not the thing asked for but who asks or whose it is that forbids it (an API answers 403)."""
    for_now: bool = False
    """True where the same will be possible in a moment (an API answers 429)."""
    retry_after: int = 1
    """After how many seconds to try again, where it is for now."""
    decline_code: str | None = None
    """What a bank said, where it was the bank that refused (an API answers 402 with a card error)."""


def filled(sentence: str, parameters: Mapping[str, str | int]) -> str:
    """A sentence in English with its places filled; one without parameters as it is, whatever braces it holds."""
    places = {name: in_english(value) if isinstance(value, str) else value for name, value in parameters.items()}
    return in_english(sentence).format_map(places) if places else in_english(sentence)


class FrontdeskError(Exception):
    """What all errors of the product share."""


class Refused(FrontdeskError):
    """The customer (or the caller) asked for something that may not be or cannot be; they can ask for another thing."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.code}: {filled(refusal.for_tenant, refusal.parameters)}")
        self.refusal = refusal


class Misconfigured(FrontdeskError):
    """The tenant's staff must correct a setting. `field` names it; `message` says what to do.

    With `parameters` the sentence has `{named}` places for them, so that it can be found in the message catalogue.
    """

    def __init__(
        self, sentence: str, field: str | None = None, *, parameters: Mapping[str, str | int] | None = None
    ) -> None:
        self.sentence, self.parameters = sentence, parameters or {}
        self.message = filled(sentence, self.parameters)
        self.field = field
        super().__init__(self.message)


class Unavailable(FrontdeskError):
    """Something that we need does not answer now. Wait `retry_after` seconds; nothing was lost.

    The sentence is for staff, and has places for its `parameters` as that of `Misconfigured` has.
    """

    def __init__(
        self,
        sentence: str = "The service does not answer now.",
        retry_after: int = 30,
        *,
        parameters: Mapping[str, str | int] | None = None,
    ) -> None:
        self.sentence, self.parameters = sentence, parameters or {}
        self.message = filled(sentence, self.parameters)
        self.retry_after = retry_after
        super().__init__(self.message)


class Queued(Unavailable):
    """What we need does not answer now, but what was asked for is noted and will be done: nobody has to ask again."""


class NotSupported(FrontdeskError):
    """The backend lacks a capability. A page that offers it has a bug, an API caller gets a sentence."""

    def __init__(self, capability: str, message: str | None = None) -> None:
        self.capability = capability
        self.message = in_english(message or "") or f"The billing backend cannot do this: {capability}."
        super().__init__(self.message)
