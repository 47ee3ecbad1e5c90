"""The form of a look: from a look to fields, and from what was posted, pictures among it, to a look.

A picture that was chosen is stored at once and named by a hidden field from then on, so that it need not be chosen
again when something else is wrong. What no look names is swept away after a day (`frontdesk_tenants.unused_files`).
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from frontdesk.brand_rules import IMAGES, problems
from frontdesk.branding import LOOK, Font, Look, Radius
from frontdesk_tenants import files
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.image_rules import BRAND_ICON, BRAND_LOGO, ImageRules, UnusableImage, too_large
from frontdesk_web.images import decoded
from frontdesk_web.messages import _, translate
from frontdesk_web.site import Site
from frontdesk_web.uploads import Posted, read_upload

PICTURES: Mapping[str, ImageRules] = {"icon": BRAND_ICON, "logo": BRAND_LOGO}
"""The fields that take a picture. The hash of the stored one is in `icon_file` and `logo_file`."""
LIMITS = {kind: rules.bytes_at_most for kind, rules in PICTURES.items()}
KEPT_AS = "image/png"
_SHORT_COLOUR = re.compile(r"#?([0-9a-f])([0-9a-f])([0-9a-f])", re.ASCII)
_BARE_COLOUR = re.compile(r"[0-9a-f]{6}", re.ASCII)


class AskedLook(Struct, frozen=True, kw_only=True):
    """What a posted form asks for: the look, or None with sentences by field that say why there is none.

    `form` is the form as it is shown again; `posted` all of its text fields.
    """

    form: Mapping[str, str]
    posted: Mapping[str, str]
    look: Look | None
    faults: Mapping[str, str] = {}


def form_of(look: Look) -> dict[str, str]:
    """The form as a look fills it in."""
    return {
        "background": look.background,
        "accent": look.accent,
        "font": look.font.value,
        "radius": look.radius.value,
        "icon_file": look.icon_file or "",
        "logo_file": look.logo_file or "",
    }


async def read_look(request: AnyRequest, site: Site, visit: StaffVisit) -> AskedLook:
    """Read a posted form, whose token is checked here, and store the pictures in it.

    Raises:
        PermissionDeniedException: the form's token is not this session's.
        ClientException: the form cannot be read.
    """
    posted = await read_upload(request, LIMITS)
    visit.refuse_forged(site, posted.fields)
    form = {name: posted.fields.get(name, "").strip() for name in LOOK}
    form |= {name: _colour(form[name]) for name in ("background", "accent")}
    unusable: dict[str, str] = {}
    for kind, rules in PICTURES.items():
        try:
            form[f"{kind}_file"] = await _picture(site, visit, posted, kind, rules)
        except UnusableImage as error:
            unusable[kind] = error.said(visit.locale)
    values = look_values(form)
    wrong = {field.removesuffix("_file"): translate(visit.locale, text) for field, text in problems(values, LOOK)}
    faults = wrong | unusable
    return AskedLook(form=form, posted=posted.fields, look=None if faults else Look(**values), faults=faults)


def look_values(form: Mapping[str, str]) -> dict[str, Any]:
    """The parts of a look from texts; what is no font or shape stays a text, which no rule lets pass."""
    return {
        "background": form.get("background", ""),
        "accent": form.get("accent", ""),
        "font": _member(Font, form.get("font", "")),
        "radius": _member(Radius, form.get("radius", "")),
        "icon_file": form.get("icon_file") or None,
        "logo_file": form.get("logo_file") or None,
    }


async def keep_picture(site: Site, visit: StaffVisit, posted: Posted, kind: str, rules: ImageRules) -> str:
    """Store the picture in a field of a posted form and return its name; empty where none was chosen.

    Raises:
        UnusableImage: it cannot be taken.
    """
    if kind in posted.too_large:
        raise too_large(rules)
    content = posted.files.get(kind)
    if content is None:
        return ""
    picture = await decoded(content, rules)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        return await files.keep(connection, visit.door.tenant_id, picture, visit.now)


async def _picture(site: Site, visit: StaffVisit, posted: Posted, kind: str, rules: ImageRules) -> str:
    """The name of the picture that a form asks for: a new one, the one it names, or none."""
    new = await keep_picture(site, visit, posted, kind, rules)
    if new:
        return new
    named = "" if posted.fields.get(f"remove_{kind}_file") else posted.fields.get(f"{kind}_file", "")
    known = IMAGES[f"{kind}_file"](named or None) is None
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        kept_as = await files.touch(connection, named, visit.now) if named and known else None
    if named and kept_as != KEPT_AS:
        raise UnusableImage(_("This picture is not there any more. Please choose it again."))
    return named


def _colour(text: str) -> str:
    """A colour as people write it, as we write it: `FFF` and `#FFF` are `#ffffff`."""
    lowered = text.lower()
    short = _SHORT_COLOUR.fullmatch(lowered)
    if short is not None:
        return "#" + "".join(digit * 2 for digit in short.groups())
    return f"#{lowered}" if _BARE_COLOUR.fullmatch(lowered) else lowered


def _member(kind: type[StrEnum], text: str) -> StrEnum | str:
    return kind(text) if text in {each.value for each in kind} else text
