"""What each letter says: frozen structs, like those of the pages (`frontdesk_web.portal.views`)."""

from typing import ClassVar

from msgspec import Struct

from frontdesk.branding import Brand
from frontdesk.palettes import palette
from frontdesk_web.brand_stylesheet import FONT_STACKS, RADII, SYSTEM_FONT
from frontdesk_web.portal.views import Line, Total
from frontdesk_web.postal_addresses import address_lines


class LetterFrame(Struct, frozen=True, kw_only=True):
    """The tenant's face in a letter. Colours are `#rrggbb`, since mail programs know no custom properties.

    `font` is a list of families from `brand_stylesheet`: mail programs take the first that the reader has. Radii are
    in pixels.
    """

    locale: str
    name: str
    panel: str
    on_panel: str
    accent: str
    on_accent: str
    accent_text: str
    font: str = SYSTEM_FONT
    radius: int = 8
    radius_box: int = 12
    logo_url: str | None = None
    support_email: str | None = None
    support_phone: str | None = None
    support_url: str | None = None
    website: str | None = None
    address: tuple[str, ...] = ()
    privacy_url: str | None = None
    terms_url: str | None = None
    refund_url: str | None = None


def letter_frame(brand: Brand, locale: str, logo_url: str | None = None) -> LetterFrame:
    """The frame of a brand's letters. `logo_url` is absolute; mail programs show it only if the reader agrees."""
    light = palette(brand.background, brand.accent).light
    radius, radius_box = RADII[brand.radius]
    return LetterFrame(
        locale=locale,
        name=brand.business_name,
        panel=light.panel,
        on_panel=light.on_panel,
        accent=light.accent,
        on_accent=light.on_accent,
        accent_text=light.accent_text,
        font=FONT_STACKS[brand.font],
        radius=radius,
        radius_box=radius_box,
        logo_url=logo_url,
        support_email=brand.support_email,
        support_phone=brand.support_phone,
        support_url=brand.support_url,
        website=brand.website,
        address=address_lines(brand.support_address, locale),
        privacy_url=brand.privacy_url,
        terms_url=brand.terms_url,
        refund_url=brand.refund_url,
    )


class PasscodeLetter(Struct, frozen=True, kw_only=True):
    """Carries the one-time code."""

    template: ClassVar[str] = "letters/passcode"
    frame: LetterFrame
    code: str
    minutes: int = 10


class AddressCodeLetter(Struct, frozen=True, kw_only=True):
    """Carries the code that proves a new address."""

    template: ClassVar[str] = "letters/address_code"
    frame: LetterFrame
    code: str
    minutes: int = 10


class AddressChangedLetter(Struct, frozen=True, kw_only=True):
    """Tells the former address that another one took its place; `objection_url` takes that back until `until`."""

    template: ClassVar[str] = "letters/address_changed"
    frame: LetterFrame
    customer: str
    new: str
    until: str
    objection_url: str


class WrongCodesLetter(Struct, frozen=True, kw_only=True):
    """Tells of many wrong codes for `email`; by `url` its reader says until `until` that it was them."""

    template: ClassVar[str] = "letters/wrong_codes"
    frame: LetterFrame
    customer: str
    email: str
    until: str
    url: str


class PortalLinkLetter(Struct, frozen=True, kw_only=True):
    """Carries the link to the portal, with the address filled in. Whoever opens it still needs a code."""

    template: ClassVar[str] = "letters/portal_link"
    frame: LetterFrame
    customer: str
    email: str
    portal_url: str


class PlanChangedLetter(Struct, frozen=True, kw_only=True):
    """Confirms a change of plan. `effect` is when it took effect, in words; sentences are finished."""

    template: ClassVar[str] = "letters/plan_changed"
    frame: LetterFrame
    customer: str
    old: str
    new: str
    sentences: tuple[str, ...]
    portal_url: str
    lines: tuple[Line, ...] = ()
    totals: tuple[Total, ...] = ()


class SubscriptionCancelledLetter(Struct, frozen=True, kw_only=True):
    """Confirms a cancellation and says until when the service lasts."""

    template: ClassVar[str] = "letters/subscription_cancelled"
    frame: LetterFrame
    customer: str
    plan: str
    sentences: tuple[str, ...]
    portal_url: str
    can_be_kept: bool = True


class InvoiceLetter(Struct, frozen=True, kw_only=True):
    """Carries an invoice. `sentence` says what to do ("Please transfer …"); the PDF is attached by the sender."""

    template: ClassVar[str] = "letters/invoice"
    frame: LetterFrame
    customer: str
    number: str
    amount: str
    sentence: str
    lines: tuple[Line, ...]
    totals: tuple[Total, ...]
    invoice_url: str
    how_to_pay: tuple[tuple[str, str], ...] = ()


class PaperLetter(Struct, frozen=True, kw_only=True):
    """Says what a credit note or a receipt says; `title` is `Credit note INV-CN-0001`, and `way` leads to `url`."""

    template: ClassVar[str] = "letters/paper"
    frame: LetterFrame
    customer: str
    title: str
    amount: str
    sentences: tuple[str, ...]
    lines: tuple[Line, ...]
    totals: tuple[Total, ...]
    way: str
    url: str


class ReminderLetter(Struct, frozen=True, kw_only=True):
    """Reminds of an unpaid invoice in the tenant's words: `paragraphs` of lines. `amount` is what is still open."""

    template: ClassVar[str] = "letters/reminder"
    frame: LetterFrame
    subject: str
    paragraphs: tuple[tuple[str, ...], ...]
    amount: str
    number: str
    due: str
    how_to_pay: tuple[tuple[str, str], ...]
    invoice_url: str


class TrialEndingLetter(Struct, frozen=True, kw_only=True):
    """Tells that a trial is about to end, and what comes then; sentences are finished."""

    template: ClassVar[str] = "letters/trial_ending"
    frame: LetterFrame
    customer: str
    plan: str
    ends: str
    sentences: tuple[str, ...]
    portal_url: str


class PauseEndingLetter(Struct, frozen=True, kw_only=True):
    """Tells that a plan that rested goes on; sentences are finished."""

    template: ClassVar[str] = "letters/resumed"
    frame: LetterFrame
    customer: str
    plan: str
    sentences: tuple[str, ...]
    portal_url: str


class PlanNewsLetter(Struct, frozen=True, kw_only=True):
    """Tells what became of a plan or its payment; `title` and sentences are finished. `way` is what the link says,
    where it is not the one to the portal."""

    template: ClassVar[str] = "letters/plan_news"
    frame: LetterFrame
    customer: str
    title: str
    sentences: tuple[str, ...]
    portal_url: str
    way: str = ""


class TestLetter(Struct, frozen=True, kw_only=True):
    """Shows staff what letters look like and where they come from. `reply_to` is empty where answers go to `sender`."""

    template: ClassVar[str] = "letters/test"
    frame: LetterFrame
    sender: str
    reply_to: str
    portal_url: str


class MailboxMessage(Struct, frozen=True, kw_only=True):
    """A message of the demo's mailbox; `code` is empty where it carries none. A text message has no subject."""

    to: str
    subject: str
    received: str
    text: str
    code: str = ""
    by_phone: bool = False


class MailboxPage(Struct, frozen=True, kw_only=True):
    """The demo's mailbox, newest message first."""

    template: ClassVar[str] = "demo/mailbox.html"
    messages: tuple[MailboxMessage, ...]
