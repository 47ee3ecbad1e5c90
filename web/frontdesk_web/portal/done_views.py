"""What comes after an act: the page that says what came of it, and the way on."""

from typing import ClassVar

from msgspec import Struct

from frontdesk_web.portal.views import Detail, Option


class OfferView(Struct, frozen=True, kw_only=True):
    """An offer to stay: what it is, what exactly it does, and the button that takes it by a POST to `action`."""

    title: str
    facts: tuple[str, ...]
    button: str
    action: str


class ReasonForm(Struct, frozen=True, kw_only=True):
    """The optional question after cancelling; posts `feedback` and `comment`. `thanked` once it was answered."""

    action: str
    csrf: str
    options: tuple[Option, ...]
    thanked: bool = False
    comment: str = ""


class DonePage(Struct, frozen=True, kw_only=True):
    """What came of it: a title, sentences with dates and amounts, and the ways on.

    `home_text` is what the button to `home_url` says, where it does not lead to the billing page; without an address
    there is no button. `own_words` are the tenant's, line by line.
    """

    template: ClassVar[str] = "portal/done.html"
    title: str
    sentences: tuple[str, ...]
    home_url: str
    details: tuple[Detail, ...] = ()
    invoice_url: str | None = None
    keep_action: str | None = None
    csrf: str = ""
    reason: ReasonForm | None = None
    home_text: str = ""
    own_words: tuple[str, ...] = ()
    offer: OfferView | None = None


class LeavingPage(Struct, frozen=True, kw_only=True):
    """On the way to a page of the tenant's own, which opens by itself."""

    template: ClassVar[str] = "portal/leaving.html"
    url: str
