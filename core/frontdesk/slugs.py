"""Slugs: the names of portals in addresses, and one suggested from a business's name."""

import re
import unicodedata

SHORTEST, LONGEST = 3, 40
RESERVED = frozenset(
    {
        *("login", "session", "address", "invoice", "checkout", "authenticate", "wrong-codes"),
        *("account", "confirm", "invitation", "sign-in", "sign-out", "sign-up", "sso", "sso-callback"),
        "staff",
    }
)
"""What stands behind `/p/` and `/dashboard/` beside portals, and what cookies are named after beside portals."""
RESERVED_ENDINGS = ("-challenge", "-browser", "-openid")
"""How the names of a portal's other cookies end: `acme-browser` must not be a portal beside `acme`."""

_SLUG = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]", re.ASCII)
# Letters that do not come apart into one of ASCII and a mark, as people write them without.
_WRITTEN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "å": "a", "ł": "l", "đ": "d", "&": " "}
)


def is_slug(text: str) -> bool:
    """Whether a text has the form of a slug: 3 to 40 small letters, digits and dashes, a letter first, no dash last."""
    return _SLUG.fullmatch(text) is not None


def is_reserved(slug: str) -> bool:
    """Whether a slug is a word of our own."""
    return slug in RESERVED or slug.endswith(RESERVED_ENDINGS)


def suggested(name: str) -> str:
    """A slug for a name: `Müller & Söhne GmbH` is `mueller-soehne-gmbh`. A name without letters gives `portal`."""
    lowered = unicodedata.normalize("NFC", name).lower().translate(_WRITTEN)
    plain = unicodedata.normalize("NFKD", lowered).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-").lstrip("0123456789-")
    slug = words[:LONGEST].rstrip("-")
    if len(slug) < SHORTEST:
        slug = f"{slug}-portal" if slug else "portal"
    return f"{slug}-portal"[:LONGEST] if is_reserved(slug) else slug


def numbered(slug: str, number: int) -> str:
    """The slug with a number behind it, for the next one that is free: `acme-2`."""
    ending = f"-{number}"
    return slug[: LONGEST - len(ending)].rstrip("-") + ending
