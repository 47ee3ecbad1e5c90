"""The navigation of the dashboard: what there is, in which order. A page names its place by the entry's key."""

from msgspec import Struct

from frontdesk.roles import Right
from frontdesk_web.dashboard.views import NavGroup, NavItem
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.messages import _, translate


class Place(Struct, frozen=True, kw_only=True):
    """An entry: `path` is below the side's, `right` is what a role needs to be shown it.

    `sandbox` is for what the live side has not.
    """

    key: str
    text: str
    icon: str
    path: str = ""
    right: Right = Right.SEE
    sandbox: bool = False


_GROUPS: tuple[tuple[str, tuple[Place, ...]], ...] = (
    (
        "",
        (
            Place(key="overview", text=_("Overview"), icon="house"),
            Place(key="customers", text=_("Customers"), icon="contact-round", path="customers"),
            Place(key="products", text=_("Products"), icon="package", path="products"),
            Place(key="coupons", text=_("Coupons"), icon="tag", path="coupons"),
            Place(key="tax-rates", text=_("Tax rates"), icon="percent", path="tax-rates"),
            Place(key="subscriptions", text=_("Subscriptions"), icon="refresh-cw", path="subscriptions"),
            Place(key="invoices", text=_("Invoices"), icon="receipt-text", path="invoices"),
        ),
    ),
    (
        _("Portal"),
        (
            Place(key="portal", text=_("Portal settings"), icon="sliders-horizontal", path="portal"),
            Place(key="branding", text=_("Branding"), icon="palette", path="branding"),
            Place(key="public-details", text=_("Public details"), icon="id-card", path="public-details"),
            Place(key="link", text=_("Link"), icon="link", path="portal/link"),
            Place(key="codes", text=_("Sign-in codes"), icon="key-round", path="portal/codes"),
            Place(key="sign_ins", text=_("Sign-ins"), icon="log-in", path="sign-ins"),
        ),
    ),
    (
        _("E-mail"),
        (
            Place(key="email", text=_("Sender"), icon="mail", path="email"),
            Place(key="reminders", text=_("Reminders"), icon="clock", path="reminders"),
            Place(key="email_log", text=_("Delivery log"), icon="list", path="email/log", right=Right.SEE_LOGS),
        ),
    ),
    (
        _("Account"),
        (
            Place(key="backend", text=_("Billing backend"), icon="link", path="backend", right=Right.SEE_LOGS),
            Place(key="seller", text=_("Details for invoices"), icon="receipt-text", path="seller"),
            Place(key="collection", text=_("Payments by card"), icon="refresh-cw", path="collection"),
            Place(key="tax", text=_("Automatic tax"), icon="percent", path="tax"),
            Place(key="team", text=_("Team"), icon="users", path="team"),
        ),
    ),
    (
        _("Developers"),
        (
            Place(key="developers", text=_("For developers"), icon="square-terminal", path="developers"),
            Place(key="keys", text=_("API keys"), icon="key-round", path="keys", right=Right.MANAGE_KEYS),
            Place(key="logs", text=_("Request log"), icon="scroll-text", path="logs", right=Right.SEE_LOGS),
            Place(key="reference", text=_("API reference"), icon="book-open", path="developers/reference"),
            Place(key="webhooks", text=_("Webhooks"), icon="webhook", path="webhooks", right=Right.SEE_LOGS),
            Place(key="events", text=_("Events"), icon="activity", path="events", right=Right.SEE_LOGS),
            Place(key="clocks", text=_("Test clocks"), icon="clock", path="clocks", sandbox=True),
        ),
    ),
)


def navigation(visit: StaffVisit, current: str) -> tuple[NavGroup, ...]:
    """The entries that a visit is shown, with the one marked whose key is `current`."""
    groups = []
    for title, places in _GROUPS:
        items = tuple(
            NavItem(
                text=translate(visit.locale, place.text),
                url=visit.path(place.path) if place.path else visit.base,
                icon=place.icon,
                current=place.key == current,
            )
            for place in places
            if visit.may(place.right) and not (place.sandbox and visit.side.livemode)
        )
        if items:
            groups.append(NavGroup(title=title and translate(visit.locale, title), items=items))
    return tuple(groups)
