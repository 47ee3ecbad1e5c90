"""What each role of a tenant's staff may do: one table, read by every route, page and test.

A route names the one right that it needs. Rights speak of areas and not of pages, so that a page can be split or moved
without anybody's rights changing.
"""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What somebody is for a tenant."""

    OWNER = "owner"
    ADMIN = "admin"
    DEVELOPER = "developer"
    SUPPORT = "support"
    READ_ONLY = "read_only"


class Right(StrEnum):
    """What a role may be allowed to do."""

    SEE = "see"
    """Look at everything but secrets."""
    HELP_CUSTOMERS = "help_customers"
    """Create and edit customers, send them their link, end their sessions."""
    BILL_CUSTOMERS = "bill_customers"
    """Start, change and end subscriptions; mark invoices paid."""
    EDIT_CATALOGUE = "edit_catalogue"
    """Products and prices."""
    EDIT_PORTAL = "edit_portal"
    """What customers may do by themselves, and the login link."""
    EDIT_BRAND = "edit_brand"
    """Look and public details."""
    EDIT_BUSINESS = "edit_business"
    """The seller's details on invoices, terms of payment, going live."""
    EDIT_MAIL = "edit_mail"
    """The sender of mail."""
    SEE_LOGS = "see_logs"
    """Who did what, and what became of letters."""
    MANAGE_KEYS = "manage_keys"
    """API keys and other secrets."""
    MANAGE_TEAM = "manage_team"
    """Invite and remove staff, change their roles, how they sign in."""


_EVERYTHING = frozenset(Right)
RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.OWNER: _EVERYTHING,
    Role.ADMIN: _EVERYTHING,
    Role.DEVELOPER: frozenset(
        {
            Right.SEE,
            Right.SEE_LOGS,
            Right.EDIT_CATALOGUE,
            Right.EDIT_PORTAL,
            Right.EDIT_MAIL,
            Right.MANAGE_KEYS,
        }
    ),
    Role.SUPPORT: frozenset({Right.SEE, Right.SEE_LOGS, Right.HELP_CUSTOMERS, Right.BILL_CUSTOMERS}),
    Role.READ_ONLY: frozenset({Right.SEE}),
}
"""The table. Owner and admin differ in one thing only: an admin can neither make nor unmake an owner."""


def may(role: Role, right: Right) -> bool:
    """Whether a role holds a right."""
    return right in RIGHTS[role]


def roles_with(right: Right) -> tuple[Role, ...]:
    """The roles that hold a right, the mightiest first: whom to ask."""
    return tuple(role for role in Role if right in RIGHTS[role])


def may_give(giver: Role, role: Role) -> bool:
    """Whether somebody may give this role to somebody, or take it away."""
    return may(giver, Right.MANAGE_TEAM) and (role is not Role.OWNER or giver is Role.OWNER)
