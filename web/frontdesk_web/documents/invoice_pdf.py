"""An invoice as PDF. It says what the invoice said when it was issued, is set once a language, and kept for ever."""

import asyncio
import base64
import re
import sys
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from frontdesk import refusals
from frontdesk.book import Invoice
from frontdesk.branding import Brand, Font
from frontdesk.colours import readable_on
from frontdesk.errors import Refused, Unavailable
from frontdesk.palettes import palette
from frontdesk_tenants import documents, files, listings
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.files import File
from frontdesk_web.formatting import date_long, date_range
from frontdesk_web.invoice_words import address_lines, how_to_pay, line_views, party_lines, payment_sentence, totals
from frontdesk_web.messages import LOCALES, SOURCE_LOCALE, translate
from frontdesk_web.portal.invoice_views import invoice_totals
from frontdesk_web.site import Site

MEDIA_TYPE = "application/pdf"
TEMPLATE = "invoice.typ"
SECONDS = 30
AT_ONCE = 2
"""How many documents one process sets at a time; the others wait their turn."""
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
_FOR_WHAT_IS_MISSING = ("Inter", "Noto Sans", "Be Vietnam Pro", "Chakra Petch", "Libertinus Serif")
"""Where letters that the brand's font lacks come from: Latin, then Cyrillic and Greek, Vietnamese, Thai."""
_LONG_WORD = re.compile(r"\S{28}(?=\S)")
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def invoice_pdf(site: Site, door: Door, invoice_id: str, locale: str) -> bytes:
    """The PDF of an issued invoice of this side, the same bytes every time. Whose it is was asked before.

    It says what the invoice said when it was issued. Once it is void, or paid in part, there is a document more that
    says so, for each such state, and kept like the first.

    Raises:
        Refused: there is no such invoice, or it is a draft.
        Unavailable: it could not be set now.
    """
    locale = locale if locale in LOCALES else SOURCE_LOCALE
    async with site.tenancy.at(door) as (connection, side):
        invoice: Invoice | None = await listings.find(connection, "invoice", invoice_id)
        if invoice is None or invoice.number is None:
            raise Refused(refusals.no_such("invoice", invoice_id))
        edition = f"{locale} {_state(invoice)}".strip()
        kept = await documents.find(connection, invoice_id, edition)
        if kept is not None:
            return kept.content
        logo = await document_logo(side.brand, connection)
    pdf = await typeset(
        document_words(side, invoice, locale), logo, issued=int((invoice.finalized_at or invoice.created).timestamp())
    )
    async with site.tenancy.at(door) as (connection, _):
        file = File(media_type=MEDIA_TYPE, content=pdf)
        now = await clock(connection)
        return (await documents.keep(connection, door.tenant_id, invoice_id, edition, file, now)).content


def _state(invoice: Invoice) -> str:
    """What has become of an invoice that its document must say; empty where it says all as it was issued."""
    if invoice.status == "void":
        return "void"
    in_part = invoice.status in ("open", "uncollectible") and (invoice.amount_paid or invoice.amount_credited)
    return f"paid {invoice.amount_paid} credited {invoice.amount_credited}" if in_part else ""


async def typeset(data: dict[str, Any], logo: bytes | None, issued: int, as_picture: bool = False) -> bytes:
    """Set the document in a process of its own, which knows nothing but what it is handed: a PDF, or a PNG of its
    first page. Raises Unavailable."""
    request = {
        "template": TEMPLATE,
        "data": data,
        "logo": None if logo is None else base64.b64encode(logo).decode(),
        "issued": issued,
        "as_picture": as_picture,
    }
    loop = asyncio.get_running_loop()
    turn = _turns.setdefault(loop, asyncio.Semaphore(AT_ONCE))
    async with turn:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-m",
            "frontdesk_web.documents.typesetting",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={},
        )
        try:
            async with asyncio.timeout(SECONDS):
                document, complaint = await process.communicate(msgspec.json.encode(request))
        except TimeoutError as error:
            raise Unavailable("The document could not be made in time.", retry_after=30) from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode != 0 or not document.startswith(b"\x89PNG" if as_picture else b"%PDF"):
        raise RuntimeError(f"typesetting failed: {complaint.decode(errors='replace')[-500:]}")
    return document


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


async def document_logo(brand: Brand, connection: listings.Connection) -> bytes | None:
    """The picture at the head of a brand's documents, as PNG."""
    name = brand.logo_file or brand.icon_file
    image = None if name is None else await files.read(connection, name)
    return None if image is None or image.media_type != "image/png" else image.content


def document_words(side: Side, invoice: Invoice, locale: str) -> dict[str, Any]:
    """Everything that is printed, in the reader's language."""
    brand = side.brand
    heading, state = translate(locale, "Invoice"), _state(invoice)
    void = state == "void"
    sentence = translate(locale, "This invoice was cancelled. There is nothing to pay.") if void else ""
    shown = invoice_totals(invoice, locale) if state and not void else totals(invoice, locale)
    words = {
        "title": f"{heading} {invoice.number}",
        "name": brand.business_name,
        "language": locale,
        "heading": f"{heading}: {translate(locale, 'Void')}" if void else heading,
        "foot": _foot(brand, invoice, locale),
        "page_of": translate(locale, "Page {page} of {pages}"),
        "labels": {
            "seller": translate(locale, "From"),
            "buyer": translate(locale, "Billed to"),
            "line": translate(locale, "Description"),
            "unit": translate(locale, "Price"),
            "amount": translate(locale, "Amount"),
        },
        "seller": party_lines(invoice.seller, locale),
        "buyer": party_lines(invoice.buyer, locale),
        "facts": _facts(invoice, locale),
        "lines": [
            {
                "description": line.description,
                "period": line.period,
                "unit": line.unit,
                "amount": line.amount,
            }
            for line in line_views(invoice, locale)
        ],
        "totals": [[each.label, each.amount, each.strong] for each in shown],
        "sentence": sentence or payment_sentence(invoice, locale),
        "payment": () if void else how_to_pay(side.settings, invoice, locale),
        "notes": [note for note in (invoice.description, invoice.footer) if note],
    }
    return {**_breakable(words), "fonts": _fonts(brand.font), "colours": document_colours(brand)}


def _foot(brand: Brand, invoice: Invoice, locale: str) -> list[str]:
    """What is printed at the foot of each page, in lines. An address that stands above as the seller's does not."""
    phone = brand.support_phone if brand.phone_on_documents else None
    contact = (brand.business_name, brand.support_email, phone, brand.website)
    elsewhere = brand.support_address if brand.support_address != invoice.seller.address else None
    lines = (" · ".join(each for each in contact if each), ", ".join(address_lines(elsewhere, locale)))
    return [line for line in lines if line]


def _facts(invoice: Invoice, locale: str) -> list[tuple[str, str]]:
    issued = invoice.finalized_at or invoice.created
    facts = [
        (translate(locale, "Number"), invoice.number or ""),
        (translate(locale, "Date"), date_long(issued.date(), locale)),
    ]
    if invoice.due_date is not None and invoice.amount_due:
        facts.append((translate(locale, "Due"), date_long(invoice.due_date.date(), locale)))
    if invoice.lines:
        first, last = min(line.start for line in invoice.lines), max(line.end for line in invoice.lines)
        if first.date() != last.date():
            facts.append((translate(locale, "Period"), date_range(first.date(), last.date(), locale)))
    return facts + [(field.name, field.value) for field in invoice.custom_fields]


def _fonts(font: Font) -> list[str]:
    return list(dict.fromkeys((FONTS[font], *_FOR_WHAT_IS_MISSING)))


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
