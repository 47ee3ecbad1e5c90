"""What surrounds the pages of the gallery: a tenant's face, and who looks."""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from frontdesk_web.gallery_brands import CSRF, HERE, NORTHBEAM, SHOP, Sample
from frontdesk_web.gallery_pictures import icon_of, logo_of
from frontdesk_web.languages import LOCALE_NAMES
from frontdesk_web.portal import done_views, frames
from frontdesk_web.portal.frames import face
from frontdesk_web.rendering import Page

Around = Literal["customer", "only customer", "address", "anybody", "flow", "preview", "logo", "icon"]
"""Who looks, or what is to be seen: a customer with others to switch to, one with a name, one without; nobody who is
signed in; a flow; a page to look at only; a tenant's logo, or its icon."""


class Exhibit(Struct, frozen=True):
    """A page of the gallery, by the name of its file."""

    name: str
    page: Page
    around: Around = "customer"


def around(sample: Sample, exhibit: Exhibit, brand_url: str) -> frames.Frame:
    """The frame of an exhibit."""
    who = exhibit.around
    shown = frame(sample, brand_url, who not in ("anybody", "flow"))
    if shown.signed_in is not None and who in ("only customer", "address"):
        name = sample.customer if who == "only customer" else ""
        shown = replace(shown, signed_in=replace(shown.signed_in, switcher=None, name=name))
    match who:
        case "flow":
            leaves = not isinstance(exhibit.page, done_views.DonePage | done_views.LeavingPage)
            return replace(shown, return_url=SHOP, leaves=leaves)
        case "preview":
            return replace(shown, preview=True)
        case "logo":
            return replace(shown, brand=replace(shown.brand, logo_url=logo_of(sample)))
        case "icon":
            return replace(shown, brand=replace(shown.brand, icon_url=icon_of(sample)))
    return shown


def frame(sample: Sample, brand_url: str, signed_in: bool) -> frames.Frame:
    """The frame around a sample's pages."""
    return frames.Frame(
        brand=face(sample.brand, brand_url, sample.locale),
        languages=tuple(
            frames.Language(locale=locale, name=name, url=f"?lang={locale}", current=locale == sample.locale)
            for locale, name in LOCALE_NAMES.items()
        ),
        csrf=CSRF,
        return_url=SHOP if sample.slug == NORTHBEAM.slug else None,
        sandbox=sample.slug == NORTHBEAM.slug,
        signed_in=_signed_in(sample) if signed_in else None,
    )


def _signed_in(sample: Sample) -> frames.SignedIn:
    options = (
        frames.SwitcherOption(id="1", name=sample.customer, detail=sample.plans[1][0], current=True),
        frames.SwitcherOption(id="2", name="Osterkamp & Lane GbR", detail=sample.plans[0][0]),
    )
    switcher = frames.Switcher(action=HERE, current_name=sample.customer, options=options)
    return frames.SignedIn(
        email=sample.email, name=sample.customer, home_url=HERE, sign_out_action=HERE, switcher=switcher
    )
