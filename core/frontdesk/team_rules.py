"""Who may give which place in a tenant's team to whom, and take it away. One owner always stays."""

from frontdesk.errors import Refusal
from frontdesk.roles import Role, may_give
from frontdesk.sentences import _

_FOR_CUSTOMER = "This cannot be done now."


def invitation_bar(giver: Role, role: Role) -> Refusal | None:
    """Why somebody cannot be invited with a role, or None."""
    return None if may_give(giver, role) else _only_owners()


def role_bar(giver: Role, present: Role, wanted: Role, owners: int) -> Refusal | None:
    """Why a member's role cannot be changed, or None. `owners` is how many owners there are now."""
    if not (may_give(giver, present) and may_give(giver, wanted)):
        return _only_owners()
    if present is Role.OWNER and wanted is not Role.OWNER and owners < 2:
        return _last_owner()
    return None


def removal_bar(giver: Role, present: Role, owners: int) -> Refusal | None:
    """Why a member cannot be removed, or None."""
    if not may_give(giver, present):
        return _only_owners()
    return _last_owner() if present is Role.OWNER and owners < 2 else None


def already_a_member(address: str) -> Refusal:
    """Who works here already is not invited again."""
    return Refusal(
        code="already_a_member",
        for_customer=_FOR_CUSTOMER,
        for_tenant=_("{address} is on the team already. Change the role in the list instead."),
        parameters={"address": address},
        param="email",
    )


def invitation_over() -> Refusal:
    """The link was used, taken back, replaced by another one, or a week has passed."""
    return Refusal(
        code="invitation_over",
        for_customer=_FOR_CUSTOMER,
        for_tenant=_("This invitation does not count any more. Ask for a new one."),
        missing=True,
    )


def works_elsewhere() -> Refusal:
    """A second factor is the person's, not the tenant's."""
    return Refusal(
        code="works_elsewhere",
        for_customer=_FOR_CUSTOMER,
        for_tenant=_(
            "This person works for other tenants too, so their second step cannot be reset from here. They can use a"
            " recovery code, or ask the operator."
        ),
    )


def _only_owners() -> Refusal:
    return Refusal(
        code="only_owners",
        for_customer=_FOR_CUSTOMER,
        for_tenant=_("Only an owner can make somebody an owner, or change or remove one."),
        param="role",
    )


def _last_owner() -> Refusal:
    return Refusal(
        code="last_owner",
        for_customer=_FOR_CUSTOMER,
        for_tenant=_("This is the only owner. Make somebody else an owner first."),
        param="role",
    )
