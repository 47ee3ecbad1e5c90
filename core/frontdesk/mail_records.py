"""The three DNS records by which the world believes letters from a tenant's own domain, and what is found of them.

SPF (RFC 7208) names the operator's mail servers, DKIM (RFC 6376) holds the public key of this side, DMARC (RFC 7489)
says what to do with letters that prove neither. Pure rules: somebody else asks the DNS.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

Kind = Literal["spf", "dkim", "dmarc"]
State = Literal["found", "missing", "different", "unanswered"]


class Answer(Struct, frozen=True, kw_only=True):
    """What the DNS says under one name: its TXT records, the strings of each joined.

    `alias` is where a CNAME led, if one did. `answered` is False where nobody could be asked, which is not the same
    as that there is nothing.
    """

    texts: tuple[str, ...] = ()
    alias: str | None = None
    answered: bool = True


class Needed(Struct, frozen=True, kw_only=True):
    """What a sender domain must publish. `spf` are the operator's mechanisms, such as `include:spf.example.net`.

    `public_key` is base64 of the key's SubjectPublicKeyInfo. `organisation` is the registered domain above `domain`,
    or `domain` itself: its DMARC record holds for all below.
    """

    domain: str
    selector: str
    public_key: str
    spf: tuple[str, ...]
    organisation: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names to look up."""
        named = (self.domain, self.dkim_name, f"_dmarc.{self.domain}", f"_dmarc.{self.organisation}")
        return tuple(dict.fromkeys(named))

    @property
    def dkim_name(self) -> str:
        """Where the public key lies."""
        return f"{self.selector}._domainkey.{self.domain}"


class Finding(Struct, frozen=True, kw_only=True):
    """One record: what was found under its name, and what to publish there.

    `sentence` is a message id that says what is wrong and what to do, or remarks on what is right; `parameters` fill
    its places. It is empty where there is nothing to say.
    """

    kind: Kind
    state: State
    name: str
    publish: str
    found: tuple[str, ...] = ()
    sentence: str = ""
    parameters: Mapping[str, str | int] = {}


Fault = tuple[State, str, Mapping[str, str | int]]
"""Why a record is not as it must be: its state, the sentence about it, and what fills the sentence."""


def tags_of(record: str) -> dict[str, str]:
    """The tags of a list such as `v=DKIM1; p=…` (RFC 6376 §3.2); of one that is given twice, the first."""
    tags: dict[str, str] = {}
    for part in record.split(";"):
        name, sign, value = part.partition("=")
        if sign:
            tags.setdefault(name.strip(), value.strip())
    return tags


def _(message: str) -> str:
    """Marks a sentence for the message catalogue."""
    return message


UNANSWERED = _("The name servers of {name} did not answer. Please check again in some minutes.")
