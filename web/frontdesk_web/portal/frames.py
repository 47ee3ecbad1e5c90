"""What surrounds every page of a portal: the tenant's face, the languages, and who is signed in."""

from functools import lru_cache

from litestar.types import Scope
from msgspec import Struct
from msgspec.structs import replace

from frontdesk.branding import Brand
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk_tenants.directory import Side
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.brand_stylesheet import stylesheet_hash
from frontdesk_web.languages import LOCALE_NAMES, LOCALES, negotiate, spoken
from frontdesk_web.postal_addresses import address_lines


class Language(Struct, frozen=True, kw_only=True, cache_hash=True):
    """One entry of the language switch. `url` is this page with `?lang=`."""

    locale: str
    name: str
    url: str
    current: bool


class BrandView(Struct, frozen=True, kw_only=True, cache_hash=True):
    """The tenant's face. `icon_url` and `logo_url` are addresses of stored images; a logo replaces icon and name.

    `stylesheet_url` is that of the brand's colours, None for our neutral ones (where no tenant is known). `font` is one
    of `branding.Font`. The rest is shown at the foot, as far as there is any; `address` in lines.
    """

    name: str
    headline: str = ""
    font: str = "default"
    stylesheet_url: str | None = None
    icon_url: str | None = None
    logo_url: str | None = None
    privacy_url: str | None = None
    terms_url: str | None = None
    refund_url: str | None = None
    support_email: str | None = None
    support_phone: str | None = None
    support_url: str | None = None
    website: str | None = None
    address: tuple[str, ...] = ()


class SwitcherOption(Struct, frozen=True, kw_only=True):
    """A customer that the proven address may switch to. `detail` tells equal names apart, such as `Team plan`."""

    id: str
    name: str
    detail: str = ""
    current: bool = False


class Switcher(Struct, frozen=True, kw_only=True):
    """The choice between several customers of one address; posts `customer` to `action`."""

    action: str
    current_name: str
    options: tuple[SwitcherOption, ...]


class SignedIn(Struct, frozen=True, kw_only=True):
    """Who is signed in: the proven address and the customer's name. `sign_out_action` takes a POST."""

    email: str
    home_url: str
    sign_out_action: str
    name: str = ""
    switcher: Switcher | None = None


class Frame(Struct, frozen=True, kw_only=True):
    """What surrounds every page. `csrf` guards the frame's own forms (sign out, switch customer).

    `preview` shows a page to look at: nothing on it can be clicked or reached by keyboard. `leaves` says that the way
    back to the tenant is the only one, so that it is written out on phones too. `session_url` is where the page's
    script asks how long the session lasts, None where there is none.
    """

    brand: BrandView
    languages: tuple[Language, ...]
    csrf: str = ""
    signed_in: SignedIn | None = None
    return_url: str | None = None
    sandbox: bool = False
    preview: bool = False
    leaves: bool = False
    session_url: str | None = None


_KEPT_PATH = 100
"""The longest address whose links to other languages are remembered."""


def asked_locale(request: AnyRequest) -> str | None:
    """The language of ours that `?lang=` asks for, with any region; None where we speak none of that."""
    asked = request.query_params.getall("lang", [])
    return spoken(asked[0]) if len(asked) == 1 else None


def locale_of(request: AnyRequest, side: Side, *chosen: str | None) -> str:
    """The language of a page: the first of `chosen` that we speak, else the browser's, else the tenant's."""
    return locale_at(request.scope, side, *chosen)


def locale_at(scope: Scope, side: Side, *chosen: str | None) -> str:
    """`locale_of` for whoever has no `Request`."""
    for locale in chosen:
        if (ours := spoken(locale)) is not None:
            return ours
    own = spoken(side.locale) or LOCALES[0]
    # What comes first is what a browser without a wish gets.
    return negotiate(_accepted(scope), (own, *(each for each in LOCALES if each != own)))


def portal_frame(
    request: AnyRequest,
    side: Side,
    configuration: PortalConfiguration | None,
    locale: str,
    *,
    csrf: str = "",
    signed_in: SignedIn | None = None,
    return_url: str | None = None,
    session_url: str | None = None,
) -> Frame:
    """The frame of a page. `configuration` None shows the brand alone; `session_url` is given by pages of a session."""
    return frame_at(
        request.scope,
        side,
        configuration,
        locale,
        csrf=csrf,
        signed_in=signed_in,
        return_url=return_url,
        session_url=session_url,
    )


def frame_at(
    scope: Scope,
    side: Side,
    configuration: PortalConfiguration | None,
    locale: str,
    *,
    csrf: str = "",
    signed_in: SignedIn | None = None,
    return_url: str | None = None,
    session_url: str | None = None,
) -> Frame:
    """`portal_frame` for whoever has no `Request`."""
    return Frame(
        brand=brand_view(side, configuration, locale),
        languages=_languages(scope, locale),
        csrf=csrf,
        signed_in=signed_in,
        return_url=return_url,
        sandbox=not side.livemode,
        session_url=session_url,
    )


def brand_view(side: Side, configuration: PortalConfiguration | None, locale: str) -> BrandView:
    """The tenant's face; what the configuration says goes before what the brand says."""
    shown = _kept_face(side.brand, side.door.public_id, locale)
    profile = configuration.business_profile if configuration is not None else None
    if profile is None:
        return shown
    return replace(
        shown,
        headline=profile.headline or shown.headline,
        privacy_url=profile.privacy_policy_url or shown.privacy_url,
        terms_url=profile.terms_of_service_url or shown.terms_url,
    )


# All pages of a side show the same.
@lru_cache(maxsize=1024)
def _kept_face(brand: Brand, public_id: str, locale: str) -> BrandView:
    files = f"/brand/{public_id}/"
    return face(brand, f"{files}{stylesheet_hash(brand)}.css", locale, files)


def face(brand: Brand, stylesheet_url: str, locale: str, files: str = "") -> BrandView:
    """A brand as pages show it. `files` is the path before the names of its images; without one they are not shown."""
    return BrandView(
        name=brand.business_name,
        headline=brand.headline,
        font=brand.font,
        stylesheet_url=stylesheet_url,
        icon_url=files + brand.icon_file if files and brand.icon_file else None,
        logo_url=files + brand.logo_file if files and brand.logo_file else None,
        privacy_url=brand.privacy_url,
        terms_url=brand.terms_url,
        refund_url=brand.refund_url,
        support_email=brand.support_email,
        support_phone=brand.support_phone,
        support_url=brand.support_url,
        website=brand.website,
        address=address_lines(brand.support_address, locale),
    )


def _accepted(scope: Scope) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"accept-language"), None)


def _languages(scope: Scope, locale: str) -> tuple[Language, ...]:
    query = scope["query_string"].decode("latin-1")
    kept = [each for each in query.split("&") if each and not each.startswith("lang=")]
    # As Litestar has a path that a slash ends.
    before = (scope["path"].removesuffix("/") or "/") + "?" + "".join([f"{each}&" for each in kept]) + "lang="
    # What nobody would come back with is not worth its room.
    return _links(before, locale) if len(before) <= _KEPT_PATH else _links.__wrapped__(before, locale)


# The home page of a side has the same for everybody who reads one language.
@lru_cache(maxsize=1024)
def _links(before: str, locale: str) -> tuple[Language, ...]:
    return tuple(
        Language(
            locale=each,
            name=LOCALE_NAMES[each],
            url=before + each,
            current=each == locale,
        )
        for each in LOCALES
    )
