"""The form of a gateway for text messages: its fields from the plugin, filled in as staff see them."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from msgspec import Struct

from frontdesk.channels import AnyChannel
from frontdesk.countries import COUNTRIES
from frontdesk.settings import FormField, form_fields
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Notice, Option
from frontdesk_web.typed_text import lines, one_line

LENGTH = 2048
_NOT_SHOWN = frozenset({"timeout"})
"""Fields that staff do not set: how long servers of tenants are waited for is fixed."""
_WHERE = ("kind", "url", "account")
"""A secret that is not typed again stays as long as these do: it goes to nobody else."""
_OWN_NAMES = {"kannel": "Kannel", "twilio": "Twilio"}


class GatewayField(Struct, frozen=True, kw_only=True):
    """A field: `kind` is how it is shown."""

    name: str
    kind: Literal["text", "secret", "choice", "lines"]
    label: str
    help: str
    value: str = ""
    error: str = ""
    required: bool = True
    options: tuple[Option, ...] = ()


class TextGatewayPage(Struct, frozen=True, kw_only=True):
    """The page. `fields` is empty where no plugin carries texts; `connected` where staff have set a gateway up,
    `operators` where texts go through one that whoever runs this Frontdesk has set up.

    `can_try` says that texts go through it now; the number in `phone` is one that was just refused.
    """

    template: ClassVar[str] = "dashboard/text_gateway.html"
    csrf: str
    action: str
    test_action: str
    off_action: str
    back_url: str
    fields: tuple[GatewayField, ...]
    connected: bool
    operators: bool
    can_try: bool
    phone: str = ""
    phone_error: str = ""
    notice: Notice | None = None


def typed_in(kind: type[AnyChannel], form: Mapping[str, str], stored: Mapping[str, Any] | None) -> dict[str, str]:
    """What was typed, field by field. A secret that was left empty is the stored one, if it is for the same gateway."""
    typed = {}
    for each in _fields(kind):
        text = form.get(each.name, "")[:LENGTH]
        typed[each.name] = text if each.kind == "secret" else lines(text) if each.kind == "list" else one_line(text)
    same = stored is not None and all(stored.get(each) == typed.get(each) for each in _WHERE)
    for each in _fields(kind):
        if each.kind == "secret" and not typed[each.name] and stored is not None and same:
            typed[each.name] = str(stored.get(each.name, ""))
    return typed


def unknown_countries(typed: Mapping[str, str]) -> str | None:
    """The field that names a country which does not exist, if one does."""
    for name in ("countries", "home_country"):
        if any(code.strip().upper() not in COUNTRIES for code in typed.get(name, "").splitlines()):
            return name
    return None


def gateway_fields(
    kind: type[AnyChannel], values: Mapping[str, Any], faults: Mapping[str, str], visit: StaffVisit, connected: bool
) -> tuple[GatewayField, ...]:
    """The fields with what is in them, secrets left out."""
    return tuple(
        _shown(each, values.get(each.name), faults.get(each.name, ""), visit, connected) for each in _fields(kind)
    )


def _fields(kind: type[AnyChannel]) -> list[FormField]:
    return [each for each in form_fields(kind.Settings) if each.name not in _NOT_SHOWN]


def _shown(field: FormField, value: Any, error: str, visit: StaffVisit, connected: bool) -> GatewayField:
    kinds: Mapping[str, Literal["secret", "choice", "lines"]] = {
        "secret": "secret",
        "choice": "choice",
        "list": "lines",
    }
    locale = visit.locale
    help_ = translate(locale, field.help) if field.help else ""
    secret = field.kind == "secret"
    if secret and connected:
        kept = translate(locale, "Stored encrypted and never shown again. Left empty it stays as it is.")
        help_ = f"{help_} {kept}".strip()
    elif secret:
        help_ = f"{help_} {translate(locale, 'Stored encrypted and never shown again.')}".strip()
    if value is None:
        value = field.default
    text = "\n".join(value) if isinstance(value, list | tuple) else "" if value is None or secret else str(value)
    return GatewayField(
        name=field.name,
        kind=kinds.get(field.kind, "text"),
        label=translate(locale, field.title),
        help=help_,
        value=text,
        error=error,
        required=field.required and not (secret and connected),
        options=tuple(
            Option(value=each, text=_OWN_NAMES.get(each, each), selected=each == text) for each in field.choices
        ),
    )
