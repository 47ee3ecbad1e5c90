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


_SENTENCES = {
    Role.OWNER: _("Everything, and who else is an owner"),
    Role.ADMIN: _("Everything but owners"),
    Role.DEVELOPER: _("Catalogue, portal settings, mail and API keys"),
    Role.SUPPORT: _("Helps customers, changes their plans and marks invoices paid"),
    Role.READ_ONLY: _("Sees everything but secrets and changes nothing"),
}


def role_sentence(role: Role, locale: str) -> str:
    """What a role may do, in a few words."""
    return translate(locale, _SENTENCES[role])
