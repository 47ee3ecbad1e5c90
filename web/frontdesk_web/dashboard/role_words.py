"""Roles in words."""

from frontdesk.roles import Role
from frontdesk_web.messages import _, translate

_NAMES = {
    Role.OWNER: _("Owner"),
    Role.ADMIN: _("Admin"),
    Role.DEVELOPER: _("Developer"),
    Role.SUPPORT: _("Support"),
    Role.READ_ONLY: _("Read-only"),
}


def role_name(role: Role, locale: str) -> str:
    """What a role is called."""
    return translate(locale, _NAMES[role])
