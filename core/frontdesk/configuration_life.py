"""The life of a portal configuration: copied, chosen as the default, switched off, deleted.

Stripe has neither deletion nor a choice of the default in its API; integrations pile configurations up and edit the one
that they cannot choose (portal_spec.md §H 21). A side has exactly one default at any time: it is never deleted nor
inactive, and stops being the default only as another one begins.
"""

from datetime import datetime

from msgspec.structs import replace

from frontdesk.configuration_refusals import default_configuration_stays, inactive_configuration
from frontdesk.errors import Refused
from frontdesk.portal_configuration import LoginPage, PortalConfiguration


def copied(like: PortalConfiguration, id: str, name: str | None, now: datetime) -> PortalConfiguration:
    """A new configuration with the same settings. Its login link is its own, and off until it is switched on."""
    return replace(
        like,
        id=id,
        name=name,
        created=now,
        updated=now,
        version=1,
        active=True,
        is_default=False,
        login_page=LoginPage(),
        metadata={},
    )


def chosen(configuration: PortalConfiguration, now: datetime) -> PortalConfiguration:
    """The configuration as the default. Raises Refused where it is inactive."""
    if not configuration.active:
        raise Refused(inactive_configuration(configuration.id))
    return _later(replace(configuration, is_default=True), now)


def retired(configuration: PortalConfiguration, now: datetime) -> PortalConfiguration:
    """The configuration that was the default until now."""
    return _later(replace(configuration, is_default=False), now)


def switched(configuration: PortalConfiguration, active: bool, now: datetime) -> PortalConfiguration:
    """The configuration switched on or off. Raises Refused for the default, which cannot be off."""
    if configuration.is_default and not active:
        raise Refused(default_configuration_stays(configuration.id, "deactivated"))
    return _later(replace(configuration, active=active), now)


def deleted(configuration: PortalConfiguration, now: datetime) -> PortalConfiguration:
    """The configuration as it is kept for the record. Raises Refused for the default."""
    if configuration.is_default:
        raise Refused(default_configuration_stays(configuration.id, "deleted"))
    return _later(replace(configuration, deleted=True, active=False, login_page=LoginPage()), now)


def _later(configuration: PortalConfiguration, now: datetime) -> PortalConfiguration:
    return replace(configuration, updated=now, version=configuration.version + 1)
