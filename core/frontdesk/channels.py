"""Passcode channels: what carries a finished letter to a customer.

Codes, their expiry, rate limits and words are Frontdesk's business and not the channel's: a channel gets a letter
that is ready and reports what became of it. A passcode goes through it in clear, so a channel never logs what it
carries.
"""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Generic, Literal, TypeVar

from msgspec import Struct


class Letter(Struct, frozen=True, kw_only=True):
    """One finished letter to one person. Its `repr` shows neither address nor words.

    `to` is an address of the channel's kind. `message_id` is the same however often the letter is sent, with or
    without angle brackets (RFC 5322 §3.6.4), so that a second copy is known as one. `language` is a BCP 47 tag.
    `purpose` ("passcode", "plan_changed", …) is for logs and figures.
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
    address_kind: ClassVar[Literal["email"]] = "email"
    """What kind of address a letter's `to` is."""

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

    async def aclose(self) -> None:
        """Let go of connections. May be called twice."""
        return


AnyChannel = PasscodeChannel[Any]
