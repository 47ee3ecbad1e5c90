"""What the pages of branding show."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from msgspec import Struct

from frontdesk.branding import Font, Look, Radius
from frontdesk.palettes import palette
from frontdesk_tenants.brand_versions import BrandVersion, Draft
from frontdesk_tenants.directory import Door
from frontdesk_web import product_images
from frontdesk_web.dashboard.branding_form import KEPT_AS
from frontdesk_web.dashboard.contrast_words import Correction, corrections
from frontdesk_web.dashboard.views import PictureField
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import date_time
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.views import Field, Notice, Option

FONT_NAMES: Mapping[Font, str] = {
    Font.BE_VIETNAM_PRO: "Be Vietnam Pro",
    Font.BITTER: "Bitter",
    Font.CHAKRA_PETCH: "Chakra Petch",
    Font.HAHMLET: "Hahmlet",
    Font.INCONSOLATA: "Inconsolata",
    Font.INTER: "Inter",
    Font.LATO: "Lato",
    Font.LORA: "Lora",
    Font.M_PLUS_1_CODE: "M PLUS 1 Code",
    Font.MONTSERRAT: "Montserrat",
    Font.NOTO_SANS: "Noto Sans",
    Font.NOTO_SANS_JP: "Noto Sans JP",
    Font.NOTO_SERIF: "Noto Serif",
    Font.NUNITO: "Nunito",
    Font.OPEN_SANS: "Open Sans",
    Font.PRIDI: "Pridi",
    Font.PT_SANS: "PT Sans",
    Font.PT_SERIF: "PT Serif",
    Font.RALEWAY: "Raleway",
    Font.ROBOTO: "Roboto",
    Font.ROBOTO_SLAB: "Roboto Slab",
    Font.SOURCE_SANS_PRO: "Source Sans Pro",
    Font.TITILLIUM_WEB: "Titillium Web",
    Font.UBUNTU_MONO: "Ubuntu Mono",
    Font.ZEN_MARU_GOTHIC: "Zen Maru Gothic",
}
"""Names of fonts are the same in every language; `default` has none."""
_SHAPES = {
    Radius.ROUNDED: _("Rounded"),
    Radius.RECTANGULAR: _("Rectangular"),
    Radius.PILL: _("Pill"),
}
SUBJECTS = {
    "home": _("Portal"),
    "sign-in": _("Sign-in"),
    "letter": _("E-mail"),
    "invoice": _("Invoice"),
}
"""What can be previewed."""


class VersionRow(Struct, frozen=True, kw_only=True):
    """A published look in the history. `note` says what is special about it."""

    url: str
    when: str
    who: str
    background: str
    accent: str
    current: bool = False
    note: str = ""


class BrandingPage(Struct, frozen=True, kw_only=True):
    """The editor. `seen` is the mark of the draft that is shown; `draft` says whose it is, and is empty without one.

    `undo` is where the button in the notice posts to, with `undo_act`.
    """

    template: ClassVar[str] = "dashboard/branding.html"
    action: str
    draft_action: str
    preview_url: str
    contrast_url: str
    details_url: str
    csrf: str
    may_edit: bool
    seen: str
    background: Field
    accent: Field
    font: Field
    fonts: tuple[Option, ...]
    radius: Field
    shapes: tuple[Option, ...]
    icon: PictureField
    logo: PictureField
    subjects: tuple[Option, ...]
    corrections: tuple[Correction, ...]
    history: tuple[VersionRow, ...]
    copy_text: str
    draft: str = ""
    older_url: str | None = None
    newer_url: str | None = None
    notice: Notice | None = None
    undo: str = ""
    undo_act: str = ""


class BrandVersionPage(Struct, frozen=True, kw_only=True):
    """A former look, to look at and to publish again."""

    template: ClassVar[str] = "dashboard/brand_version.html"
    action: str
    back_url: str
    preview_url: str
    version: str
    csrf: str
    may_edit: bool
    row: VersionRow
    subjects: tuple[Option, ...]
    corrections: tuple[Correction, ...]


class ContrastPart(Struct, frozen=True, kw_only=True):
    """The corrections of two colours alone, as a piece of a page."""

    template: ClassVar[str] = "dashboard/contrast.html"
    corrections: tuple[Correction, ...]


class PaperPage(Struct, frozen=True, kw_only=True):
    """The first page of a document as a picture."""

    template: ClassVar[str] = "dashboard/paper.html"
    title: str
    picture: str


def look_fields(
    form: Mapping[str, str], faults: Mapping[str, str], visit: StaffVisit
) -> dict[str, Field | PictureField | tuple[Option, ...] | tuple[Correction, ...]]:
    """The fields of the editor's page that come from its form."""
    locale = visit.locale

    def field(name: str) -> Field:
        return Field(value=form.get(name, ""), error=faults.get(name, ""))

    def picture(kind: str) -> PictureField:
        file = form.get(f"{kind}_file", "")
        return PictureField(
            name=file,
            url=picture_url(visit.door, file) if file else "",
            error=faults.get(kind, ""),
            upload_url=visit.path("branding", "picture"),
        )

    names = {Font.DEFAULT: translate(locale, "The reader's own"), **FONT_NAMES}
    return {
        "background": field("background"),
        "accent": field("accent"),
        "font": field("font"),
        "fonts": tuple(
            Option(value=font.value, text=name, selected=form.get("font") == font.value) for font, name in names.items()
        ),
        "radius": field("radius"),
        "shapes": tuple(
            Option(value=shape.value, text=translate(locale, name), selected=form.get("radius") == shape.value)
            for shape, name in _SHAPES.items()
        ),
        "icon": picture("icon"),
        "logo": picture("logo"),
        "corrections": () if {"background", "accent"} & faults.keys() else _corrections_of(form, locale),
    }


def subjects(locale: str) -> tuple[Option, ...]:
    """What can be previewed, the portal first."""
    return tuple(
        Option(value=value, text=translate(locale, text), selected=value == "home") for value, text in SUBJECTS.items()
    )


def picture_url(door: Door, file: str) -> str:
    """Where staff see a stored picture, published or not: nobody can guess the hash."""
    return f"/images/{door.public_id}/{file}.{product_images.ENDINGS[KEPT_AS]}"


def draft_sentence(draft: Draft | None, names: Mapping[str, str], locale: str) -> str:
    """Whose draft is shown; empty without one."""
    if draft is None:
        return ""
    return translate(
        locale,
        "Draft of {who}, {when}. Customers see it once it is published.",
        who=name_of(draft.by, names, locale),
        when=date_time(draft.changed, locale),
    )


def version_rows(
    versions: Sequence[BrandVersion], present: Look, visit: StaffVisit, names: Mapping[str, str], newest: bool
) -> tuple[VersionRow, ...]:
    """The history. `newest` says that these are the newest ones: the first is then what customers see."""
    rows = []
    for place, version in enumerate(versions):
        current = newest and place == 0 and version.look == present
        rows.append(version_row(version, visit, names, current=current))
    return tuple(rows)


def version_row(
    version: BrandVersion, visit: StaffVisit, names: Mapping[str, str], *, current: bool = False
) -> VersionRow:
    """One published look."""
    return VersionRow(
        url=visit.path("branding", "versions", version.id),
        when=date_time(version.published, visit.locale),
        who=name_of(version.by, names, visit.locale),
        background=version.look.background,
        accent=version.look.accent,
        current=current,
        note=translate(visit.locale, "Gone back to") if version.again else "",
    )


def name_of(by: tuple[str, str], names: Mapping[str, str], locale: str) -> str:
    """Who did something, by name: `by` is the kind and the id of an actor."""
    kind, id_ = by
    if kind == "staff" and id_ in names:
        return names[id_]
    return translate(locale, "From the start") if kind == "system" else translate(locale, "The operator")


def _corrections_of(form: Mapping[str, str], locale: str) -> tuple[Correction, ...]:
    return corrections(palette(form["background"], form["accent"]).moved, locale)
