"""Where a new tenant begins: what kind of thing they sell, and what we suggest for it.

Nothing of it binds: it pre-fills what a form asks for, and which switches of the portal are on at first.
"""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.portal_configuration import AllowedUpdate, PortalConfiguration, SubscriptionCancel, SubscriptionUpdate


class StartingPoint(StrEnum):
    """What a tenant sells."""

    SEATS = "seats"
    MEMBERSHIP = "membership"
    ONE_OFF = "one_off"


class Suggestions(Struct, frozen=True, kw_only=True):
    """What a first product is like. `unit` says that it is sold by the seat, `recurring` that it renews."""

    unit: bool
    recurring: bool
    updates: tuple[AllowedUpdate, ...]


SUGGESTIONS = {
    StartingPoint.SEATS: Suggestions(unit=True, recurring=True, updates=("price", "quantity")),
    StartingPoint.MEMBERSHIP: Suggestions(unit=False, recurring=True, updates=("price",)),
    StartingPoint.ONE_OFF: Suggestions(unit=False, recurring=False, updates=()),
}


def begun(configuration: PortalConfiguration, point: StartingPoint) -> PortalConfiguration:
    """A new side's configuration as the starting point suggests it.

    Changing plans stays off until products are chosen for it: switched on without any, it would be a page with
    nothing on it (portal_spec.md §H 19).
    """
    suggestions = SUGGESTIONS[point]
    features = configuration.features
    update = SubscriptionUpdate(default_allowed_updates=suggestions.updates)
    cancel = features.subscription_cancel if suggestions.recurring else SubscriptionCancel()
    return replace(configuration, features=replace(features, subscription_update=update, subscription_cancel=cancel))
