"""What every document has: the tenant's face on white paper, who it is from and to, and long words that may break."""

import re
from collections.abc import Sequence
from typing import Any

from frontdesk.book import Party
from frontdesk.branding import Brand, Font
from frontdesk.colours import readable_on
from frontdesk.palettes import palette
from frontdesk_tenants import files
from frontdesk_tenants.database import SideTransaction
from frontdesk_web import languages
from frontdesk_web.invoice_words import party_lines
from frontdesk_web.languages import SOURCE_LOCALE
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Line, Total
from frontdesk_web.postal_addresses import address_lines
from frontdesk_web.template_messages import ISOLATE, ISOLATE_END

FONTS: dict[Font, str] = {
    Font.DEFAULT: "Inter",
    Font.BE_VIETNAM_PRO: "Be Vietnam Pro",
    Font.BITTER: "Bitter",
    Font.CHAKRA_PETCH: "Chakra Petch",
    Font.HAHMLET: "Hahmlet",
    Font.INCONSOLATA: "Inconsolata",
    Font.INTER: "Inter",
    Font.LATO: "Lettered",
    Font.LORA: "Brushed Serif",
    Font.MONTSERRAT: "Montserrat",
    Font.M_PLUS_1_CODE: "M PLUS 1 Code",
    Font.NOTO_SANS: "Noto Sans",
    Font.NOTO_SANS_JP: "Noto Sans JP",
    Font.NOTO_SERIF: "Noto Serif",
    Font.NUNITO: "Nunito",
    Font.OPEN_SANS: "Open Sans",
    Font.PRIDI: "Pridi",
    Font.PT_SANS: "Plain Humanist",
    Font.PT_SERIF: "Plain Transitional",
    Font.RALEWAY: "Elegant Sans",
    Font.ROBOTO: "Roboto",
    Font.ROBOTO_SLAB: "Roboto Slab",
    Font.SOURCE_SANS_PRO: "Sans Three",
    Font.TITILLIUM_WEB: "Titillium Web",
    Font.UBUNTU_MONO: "Ubuntu Mono derivative Document",
    Font.ZEN_MARU_GOTHIC: "Zen Maru Gothic",
}
"""What the brand's fonts are called in `documents/fonts`."""
_FOR_WHAT_IS_MISSING = (
    *("Inter", "Noto Sans", "Be Vietnam Pro", "Chakra Petch", "Noto Sans Japanese", "Corporate Arabic"),
    "Libertinus Serif",
)
"""Where letters that the brand's font lacks come from: Latin, then Cyrillic and Greek, Vietnamese, Thai, Japanese (and
what Chinese shares with it), Arabic."""
_DATA = ("foot", "seller", "buyer", "facts", "lines", "totals", "payment", "notes", "entries")
"""Those texts of a document that hold what tenants and customers wrote, or amounts and days."""
_LONG_WORD = re.compile(r"\S{28}(?=\S)")


def spoken(locale: str) -> str:
    """The language that a document is written in for who reads `locale`."""
    return languages.spoken(locale) or SOURCE_LOCALE


def sheet(
    brand: Brand,
    locale: str,
    *,
    title: str,
    heading: str,
    seller: Party,
    buyer: Party,
    facts: Sequence[tuple[str, str]],
    totals: Sequence[Total],
    lines: Sequence[Line] = (),
    sentence: str = "",
    payment: Sequence[tuple[str, str]] = (),
    notes: Sequence[str] = (),
    buyer_label: str = "",
    columns: Sequence[str] = (),
    **more: Any,
) -> dict[str, Any]:
    """Everything that is printed, in the reader's language, as `invoice.typ` takes it.

    `more` is for what only some documents have: `entries`, the tables of a statement in place of lines, under
    `columns`.
    """
    words = {
        "title": title,
        "name": brand.business_name,
        "language": locale,
        "direction": languages.direction(locale),
        "heading": heading,
        "foot": _foot(brand, seller, locale),
        "page_of": translate(locale, "Page {page} of {pages}"),
        "labels": {
            "seller": translate(locale, "From"),
            "buyer": buyer_label or translate(locale, "Billed to"),
            "line": translate(locale, "Description"),
            "unit": translate(locale, "Price"),
            "amount": translate(locale, "Amount"),
            "columns": columns,
        },
        "seller": party_lines(seller, locale),
        "buyer": party_lines(buyer, locale),
        "facts": facts,
        "lines": [
            {"description": each.description, "period": each.period, "unit": each.unit, "amount": each.amount}
            for each in lines
        ],
        "totals": [[each.label, each.amount, each.strong] for each in totals],
        "sentence": sentence,
        "payment": payment,
        "notes": notes,
        **more,
    }
    if languages.direction(locale) == "rtl":
        words = {name: _isolated(value) if name in _DATA else value for name, value in words.items()}
    return {**_breakable(words), "fonts": _fonts(brand.font), "colours": document_colours(brand)}


def document_colours(brand: Brand) -> dict[str, str]:
    """A brand's colours on white paper, moved where they could not be read."""
    light = palette(brand.background, brand.accent).light
    ground = light.neutrals[2]
    return {
        "panel": light.panel,
        "accent": readable_on(light.accent, "#ffffff", 4.5),
        "ground": ground,
        "line": light.neutrals[4],
        "quiet": readable_on(light.neutrals[6], ground, 4.5),
        "text": light.neutrals[9],
    }


async def document_logo(brand: Brand, connection: SideTransaction) -> bytes | None:
    """The picture at the head of a brand's documents, as PNG."""
    name = brand.logo_file or brand.icon_file
    image = None if name is None else await files.read(connection, name)
    return None if image is None or image.media_type != "image/png" else image.content


def _foot(brand: Brand, seller: Party, locale: str) -> list[str]:
    """What is printed at the foot of each page, in lines. An address that stands above as the seller's does not."""
    phone = brand.support_phone if brand.phone_on_documents else None
    contact = (brand.business_name, brand.support_email, phone, brand.website)
    elsewhere = brand.support_address if brand.support_address != seller.address else None
    lines = (" · ".join(each for each in contact if each), ", ".join(address_lines(elsewhere, locale)))
    return [line for line in lines if line]


def _fonts(font: Font) -> list[str]:
    return list(dict.fromkeys((FONTS[font], *_FOR_WHAT_IS_MISSING)))


def _isolated(value: Any) -> Any:
    """Each text by itself finds its direction, so that a Latin name or address keeps its order among Arabic ones."""
    match value:
        case str():
            return f"{ISOLATE}{value}{ISOLATE_END}" if value else value
        case dict():
            return {key: _isolated(each) for key, each in value.items()}
        case list() | tuple():
            return [_isolated(each) for each in value]
    return value


def _breakable(value: Any) -> Any:
    """Long words may be broken, so that nobody's name runs over the amounts."""
    match value:
        case str():
            return _LONG_WORD.sub("\\g<0>\u200b", value)
        case dict():
            return {key: _breakable(each) for key, each in value.items()}
        case list() | tuple():
            return [_breakable(each) for each in value]
    return value
