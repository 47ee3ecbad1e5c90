"""What the list of portal configurations shows, and what stands around the settings of one."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from msgspec import Struct

from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.roles import Right
from frontdesk_web.config import Config
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import date_short
from frontdesk_web.links import login_link
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.views import Badge, Field, Notice, Option

NAME_LENGTH = 100
_DONE = {
    "default": _("This is the default configuration now: it counts wherever no other is named."),
    "activate": _("The configuration is active again."),
    "deactivate": _("The configuration is inactive: your program cannot open sessions with it."),
    "delete": _("The configuration is deleted. Who was signed in under it has to sign in again."),
}


class ConfigurationRow(Struct, frozen=True, kw_only=True):
    """A configuration in the list. `link` is its login link; empty where it is off."""

    name: str
    id: str
    url: str
    badges: tuple[Badge, ...]
    features: str
    changed: str
    link: str


class NewConfiguration(Struct, frozen=True, kw_only=True):
    """The form for another one."""

    action: str
    name: Field
    like: tuple[Option, ...]


class ConfigurationsPage(Struct, frozen=True, kw_only=True):
    """All configurations; `new` is None where the role may not add one."""

    template: ClassVar[str] = "dashboard/portal_configurations.html"
    csrf: str
    back_url: str
    rows: tuple[ConfigurationRow, ...]
    new: NewConfiguration | None
    notice: Notice | None = None


class ConfigurationActs(Struct, frozen=True, kw_only=True):
    """What can become of the configuration whose settings are shown. All of it is posted to `action` but a copy, for
    which `copy_url` leads to the form. `is_default` says that it stays as it is."""

    action: str
    copy_url: str
    active: bool
    is_default: bool


def configuration_name(configuration: PortalConfiguration, locale: str) -> str:
    """What staff call it: its name, or that it is the default, or its id."""
    if configuration.name:
        return configuration.name
    return translate(locale, "Default configuration") if configuration.is_default else configuration.id


def configuration_badges(configuration: PortalConfiguration, locale: str) -> tuple[Badge, ...]:
    """Whether it is the default, and whether it is on."""
    badges = []
    if configuration.is_default and configuration.name:
        badges.append(Badge(translate(locale, "Default"), "info"))
    if not configuration.active:
        badges.append(Badge(translate(locale, "Inactive"), "neutral"))
    return tuple(badges)


def link_of(configuration: PortalConfiguration, tokens: Mapping[str, str], visit: StaffVisit, config: Config) -> str:
    """The configuration's login link; empty where it is off."""
    token = tokens.get(configuration.id)
    open_ = configuration.active and configuration.login_page.enabled
    return login_link(config, visit.door, token) if open_ and token is not None else ""


def configurations_page(
    found: Sequence[PortalConfiguration],
    tokens: Mapping[str, str],
    visit: StaffVisit,
    config: Config,
    *,
    done: str,
    like: str,
    nameless: bool,
) -> ConfigurationsPage:
    """The list. `like` is the configuration that is chosen in the form; `nameless`: it was posted without a name."""
    locale = visit.locale
    error = translate(locale, "Enter a name, so that you can tell it from the others.") if nameless else ""
    chosen = next((each for each in found if each.id == like), found[0])
    copy = "" if not like or nameless else translate(locale, "{name} (copy)", name=configuration_name(chosen, locale))
    options = tuple(
        Option(value=each.id, text=configuration_name(each, locale), selected=each.id == chosen.id) for each in found
    )
    new = NewConfiguration(
        action=visit.path("portal", "configurations"),
        name=Field(value=copy[:NAME_LENGTH], error=error),
        like=options,
    )
    return ConfigurationsPage(
        csrf=visit.csrf,
        back_url=visit.path("portal"),
        rows=tuple(_row(each, tokens, visit, config) for each in found),
        new=new if visit.may(Right.EDIT_PORTAL) else None,
        notice=Notice(tone="success", text=translate(locale, _DONE[done])) if done in _DONE else None,
    )


def _row(
    configuration: PortalConfiguration, tokens: Mapping[str, str], visit: StaffVisit, config: Config
) -> ConfigurationRow:
    locale = visit.locale
    address = visit.path("portal")
    return ConfigurationRow(
        name=configuration_name(configuration, locale),
        id=configuration.id,
        url=address if configuration.is_default else f"{address}?configuration={configuration.id}",
        badges=configuration_badges(configuration, locale),
        features=_features(configuration, locale),
        changed=translate(locale, "Changed on {date}", date=date_short(configuration.updated, locale)),
        link=link_of(configuration, tokens, visit, config),
    )


def _features(configuration: PortalConfiguration, locale: str) -> str:
    """What customers can do under it, in a few words."""
    features = configuration.features
    words = (
        (features.subscription_update.enabled, _("change plans")),
        (features.subscription_cancel.enabled, _("cancel")),
        (features.subscription_pause.enabled, _("pause")),
        (features.payment_method_update.enabled, _("change cards")),
        (features.customer_update.enabled, _("edit details")),
        (features.invoice_history.enabled, _("see invoices")),
    )
    can = [translate(locale, text) for on, text in words if on]
    if not can:
        return translate(locale, "Customers can only look at their plans")
    return translate(locale, "Customers can {acts}", acts=", ".join(can))
