"""E-mail addresses: what is one, when two are the same, and what a link may fill in.

A customer is found by the folded address, so folding must never make two mailboxes one: whoever owns the one would
see the other's invoices. Unicode has characters that fold into others (`ß`, `ﬁ`, the Kelvin sign, full-width letters).
In a domain the rules of IDNA say what they mean; before the @ nobody does, so an address with one there is refused.
"""

import re
import unicodedata
from urllib.parse import parse_qsl

from frontdesk.errors import Refused
from frontdesk.typed_refusals import email_invalid

ADDRESS_LENGTH = 512
"""Characters, as in Stripe."""
LOCAL_LENGTH = 64
DOMAIN_LENGTH = 253
QUERY_LENGTH = 8192

_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", re.ASCII)
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)", re.ASCII)
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_WORD_CATEGORIES = frozenset({"Ll", "Lu", "Lt", "Lo", "Lm", "Mn", "Mc", "Nd"})


def parse_address(text: str) -> str:
    """The address in a text that somebody typed or sent, as mail is sent to it and as it is shown.

    Spaces around it are dropped. The part before the @ stays as it is; a domain with other than ASCII letters becomes
    its A-labels (`müller.de` is `xn--mller-kva.de`). Quoted local parts, comments, address literals and hosts without
    a dot are refused.

    Raises:
        Refused: `email_invalid`.
    """
    address = text.strip(" ")
    if len(address) > ADDRESS_LENGTH:
        raise Refused(email_invalid(text))
    local, at, domain = unicodedata.normalize("NFC", address).rpartition("@")
    host = _host(domain)
    if not at or host is None or not _is_local(local):
        raise Refused(email_invalid(text))
    return f"{local}@{host}"


def fold(address: str) -> str:
    """What two addresses have in common if they are one mailbox: NFKC and case folding (trust.md A20).

    For addresses that `parse_address` gave. Dots and plus signs stay: only some providers ignore them.
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", address).casefold())


def prefill(query: str | bytes) -> str:
    """The address that the query string of a login link fills in, as it was written, or "".

    Read as a form: a raw plus is a space, so `j+vip@example.com` must be written `j%2Bvip%40example.com`. Anything that
    is no address, or is given twice, is dropped without a word (portal_spec.md §B.4). Never raises.
    """
    try:
        raw = query.decode("ascii") if isinstance(query, bytes) else query
        if len(raw) > QUERY_LENGTH:
            return ""
        pairs = parse_qsl(raw, keep_blank_values=True, encoding="utf-8", errors="strict")
        values = [value for name, value in pairs if name == "prefilled_email"]
        if len(values) != 1 or values[0] != values[0].strip():
            return ""
        parse_address(values[0])
    except (ValueError, Refused):
        return ""
    return values[0]


def _is_local(local: str) -> bool:
    if not local or len(local.encode("utf-8", "replace")) > LOCAL_LENGTH:
        return False
    return all(atom and all(map(_is_atom_character, atom)) for atom in local.split("."))


def _is_atom_character(character: str) -> bool:
    if character.isascii():
        return _ATOM.fullmatch(character) is not None
    if unicodedata.category(character) not in _WORD_CATEGORIES:
        return False
    return fold(character) == character.lower()


def _host(domain: str) -> str | None:
    """The domain in ASCII, or None where it is none. An ASCII domain stays as it is written."""
    labels = [_ascii_label(label) for label in _DOTS.split(domain)]
    names = [label for label in labels if label is not None]
    if len(names) < max(2, len(labels)) or names[-1].isdigit():
        return None
    host = ".".join(names)
    return host if len(host) <= DOMAIN_LENGTH else None


def _ascii_label(label: str) -> str | None:
    """One label as IDNA 2008 writes it.

    The standard library's codec follows IDNA 2003, which would send the mail of `straße.de` to `strasse.de`.
    """
    if not label.isascii():
        mapped = unicodedata.normalize("NFKC", "".join(character.lower() for character in label))
        if any(character != "-" and unicodedata.category(character) not in _WORD_CATEGORIES for character in mapped):
            return None
        if unicodedata.category(mapped[0]) in ("Mn", "Mc"):
            return None
        label = mapped if mapped.isascii() else "xn--" + mapped.encode("punycode").decode("ascii")
    return label if _LABEL.fullmatch(label) else None
