"""The languages: which there are, which one a reader gets, in which direction it runs, and where its words lie.

Portals, letters, messages and documents speak all of `LOCALES`; what only staff and operators read is in
`STAFF_LOCALES`. Every locale that Stripe's portal knows is taken wherever one is asked for (`KNOWN_LOCALES`) and means
the language of ours that is nearest: its own. Where that is none of ours, the next wish decides.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

SOURCE_LOCALE = "en"
LOCALE_NAMES: Mapping[str, str] = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "ja": "日本語",
    "ar": "العربية",
}
"""What a language calls itself."""
LOCALES = tuple(LOCALE_NAMES)
"""What customers are spoken to in."""
STAFF_LOCALES = ("en", "de")
"""What the dashboard and the operator's pages are in."""
_KNOWN = (
    "auto bg cs da de el en en-AU en-CA en-GB en-IE en-IN en-NZ en-SG es es-419 et fi fil fr fr-CA hr hu id it ja "
    "ko lt lv ms mt nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW ar"
)
KNOWN_LOCALES = tuple(_KNOWN.split())
"""Stripe's 47 values, of which `auto` leaves it to the next wish, and Arabic."""

_CATALOGUES = Path(__file__).parent / "locales"
_RIGHT_TO_LEFT = ("ar",)
_LANGUAGE_RANGE = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]{1,35})?\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?)\s*)?")
_LOCALE = re.compile(r"([A-Za-z]{1,8})(?:[-_][A-Za-z0-9_-]{1,35})?")


def spoken(locale: str | None, supported: Sequence[str] = LOCALES) -> str | None:
    """The language of ours for a locale, in any case and with any region: `fr` for `fr-CA`; None if we have none."""
    if locale in supported:
        return locale
    matched = _LOCALE.fullmatch(locale or "")
    language = matched[1].lower() if matched else ""
    return language if language in supported else None


def negotiate(accept_language: str | None, supported: Sequence[str] = LOCALES) -> str:
    """The supported language that a browser's `Accept-Language` likes best; the first one where it likes none."""
    best, best_quality = supported[0], 0.0
    for part in (accept_language or "")[:1000].split(","):
        matched = _LANGUAGE_RANGE.fullmatch(part)
        if matched is None:
            continue
        language, quality = matched[1].lower(), float(matched[2] or 1)
        if language in supported and quality > best_quality:
            best, best_quality = language, quality
    return best


@lru_cache(maxsize=256)
def direction(locale: str) -> Literal["ltr", "rtl"]:
    """In which direction a language is written, as HTML's `dir` says it."""
    return "rtl" if locale.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"


def catalogue_path(locale: str) -> Path:
    """The gettext file with what a language of ours says."""
    return _CATALOGUES / locale / "LC_MESSAGES" / "frontdesk.po"
