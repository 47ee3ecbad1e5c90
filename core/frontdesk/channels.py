"""Passcode channels: what carries a finished letter to a customer.

Codes, their expiry, rate limits and words are Frontdesk's business and not the channel's: a channel gets a letter
that is ready and reports what became of it. A passcode goes through it in clear, so a channel never logs what it
carries.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, Literal, TypeVar

from msgspec import Struct

from frontdesk.secret import Secret

_ANSWER_LENGTH = 200
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_WITH_DIGITS = re.compile(r"\w*\d\w*")


class DkimKey(Struct, frozen=True, kw_only=True):
    """What a letter from a tenant's own domain is signed with (RFC 6376): RSA with SHA-256.

    `domain` is the signing domain (d=), `selector` names the public key in its DNS (s=), `private_key` is PKCS #8 in
    PEM form.
    """

    domain: str
    selector: str
    private_key: Secret


class Letter(Struct, frozen=True, kw_only=True):
    """One finished letter to one person. Its `repr` shows neither address nor words.

    `to` is an address of the channel's kind. `message_id` is the same however often the letter is sent, with or
    without angle brackets (RFC 5322 §3.6.4), so that a second copy is known as one. `language` is a BCP 47 tag.
    `purpose` ("passcode", "plan_changed", …) is for logs and figures.

    `sender` is the address that the letter comes from and `dkim` what it is signed with; both are None where the
    channel's own sender is meant, which is always so for a channel that does not say `own_senders`.

    `report_url` is where the carrier may tell what became of the letter later on: secret, of this letter alone, and
    None where the channel does not say `reports`.
    """

    to: str
    subject: str
    text: str
    message_id: str
    sender_name: str
    purpose: str
    language: str = "en"
    html: str | None = None
    reply_to: str | None = None
    sender: str | None = None
    dkim: DkimKey | None = None
    report_url: str | None = None

    def __repr__(self) -> str:
        return f"Letter(purpose={self.purpose!r}, message_id={self.message_id!r})"


class Delivery(Struct, frozen=True, kw_only=True):
    """What became of a letter.

    `accepted`: the next station has taken it. `bounced`: this address does not take letters, and will not.
    `rejected`: this letter is not taken, though another one might be. `detail` is for the tenant's staff and quotes
    nothing of the letter. `reference` is the carrier's own name for it, where it gave one.
    """

    outcome: Literal["accepted", "bounced", "rejected"]
    detail: str = ""
    reference: str | None = None


def unrevealing(answer: str, letter: Letter | None) -> str:
    """A mail server's answer as it may be kept: one line of at most 200 characters, without what the letter carried.

    Some servers quote a letter that they refuse. A word with a digit in it that stands in the letter too could be its
    code, and is masked.
    """
    text = _CONTROLS.sub(" ", answer)
    if letter is not None:
        carried = set(_WITH_DIGITS.findall(f"{letter.subject} {letter.text} {letter.html or ''}"))
        text = _WITH_DIGITS.sub(lambda word: "••••" if len(word[0]) > 3 and word[0] in carried else word[0], text)
    return text.strip()[:_ANSWER_LENGTH]


class Destination(Struct, frozen=True, kw_only=True):
    """An address as a channel writes to it.

    `shown` is how it may be shown to staff and kept in logs: whole for an e-mail address, masked for a phone number.
    `area` is where letters to it cost alike, an ISO country code say; empty where letters cost nothing.
    """

    to: str
    shown: str
    area: str = ""


class Caps(Struct, frozen=True, kw_only=True):
    """How many letters may go by a channel on which each costs money. trust.md §A2 allows no more than these."""

    per_address_day: int = 5
    per_hour: int = 50
    per_day: int = 500


AddressKind = Literal["email", "phone"]


class Report(Struct, frozen=True, kw_only=True):
    """What a carrier says of a letter that it took, at the letter's `report_url`. Anybody may have sent it.

    `url` is the whole address that was asked for, `form` the fields of a posted form (empty for GET), `query` those of
    the address.
    """

    url: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in small letters."""


SettingsT = TypeVar("SettingsT", bound=Struct)


class PasscodeChannel(ABC, Generic[SettingsT]):
    """What a channel plugin provides; subclass it and return the class from the hook `otp_channels()`.

    One instance serves one tenant and may be asked to carry several letters at once. Errors other than the two named
    below count as a bug of the plugin.
    """

    name: ClassVar[str]
    """Stored in the tenant's row: never change it."""
    title: ClassVar[str]
    """Shown to the tenant's staff."""
    Settings: ClassVar[type[Struct]]
    """The settings a tenant fills in; drawn as a form, secrets are of type `Secret`."""
    address_kind: ClassVar[AddressKind] = "email"
    """What kind of address a letter's `to` is. A channel to phones carries passcodes alone, in one short text."""
    reports: ClassVar[bool] = False
    """Whether it gives `Letter.report_url` to its carrier. Only such a channel is given one."""
    own_senders: ClassVar[bool] = False
    """Whether it honours `Letter.sender` and `Letter.dkim`. Only such a channel is given either."""

    transport: Any = None
    """What a channel that asks servers over HTTP must ask them by, where staff of the tenant gave its settings: an
    httpx transport that leads to the public internet alone (server-side request forgery). None where the operator
    gave them. Frontdesk sets it before anything is asked."""

    def __init__(self, settings: SettingsT) -> None:
        self.settings = settings

    async def check(self) -> None:
        """Try the settings out without sending anything. Raises Misconfigured or Unavailable."""
        return

    @abstractmethod
    async def deliver(self, letter: Letter) -> Delivery:
        """Carry the letter one station further.

        Raises:
            Unavailable: not now; the same letter will be sent again later.
            Misconfigured: the settings are wrong, so that no letter can be carried.
        """

    @property
    def caps(self) -> Caps | None:
        """How many letters may go; None where they cost nothing. Frontdesk counts them."""
        return None

    def destination(self, address: str) -> Destination | None:
        """How the channel writes to an address as somebody typed it; None where it takes no letters to it."""
        return Destination(to=address, shown=address)

    def read_report(self, report: Report) -> Delivery | None:
        """What a carrier's report says of a letter; None where it says nothing final, or is not the carrier's."""
        return None

    async def aclose(self) -> None:
        """Let go of connections. May be called twice."""
        return


AnyChannel = PasscodeChannel[Any]
