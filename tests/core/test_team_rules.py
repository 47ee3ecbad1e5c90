"""Roles and the team: one table, and one owner always stays."""

from itertools import product

import pytest

from frontdesk.roles import RIGHTS, Right, Role, may, may_give, roles_with
from frontdesk.team_rules import invitation_bar, removal_bar, role_bar


def test_every_role_has_a_row_and_every_right_a_holder() -> None:
    assert set(RIGHTS) == set(Role)
    for right in Right:
        assert Role.OWNER in roles_with(right)
    assert RIGHTS[Role.READ_ONLY] == {Right.SEE}
    assert all(may(role, Right.SEE) for role in Role)


def test_a_role_never_holds_more_than_one_above_it() -> None:
    for role in Role:
        assert RIGHTS[role] <= RIGHTS[Role.ADMIN] <= RIGHTS[Role.OWNER]


def test_secrets_and_the_team_are_not_for_support() -> None:
    assert not {Right.MANAGE_KEYS, Right.MANAGE_TEAM, Right.EDIT_CATALOGUE} & RIGHTS[Role.SUPPORT]


@pytest.mark.parametrize(("giver", "role"), list(product(Role, Role)))
def test_who_may_give_what(giver: Role, role: Role) -> None:
    expected = giver is Role.OWNER or (giver is Role.ADMIN and role is not Role.OWNER)
    assert may_give(giver, role) is expected
    assert (invitation_bar(giver, role) is None) is expected


def test_the_last_owner_stays() -> None:
    assert removal_bar(Role.OWNER, Role.OWNER, 1) is not None
    assert removal_bar(Role.OWNER, Role.OWNER, 2) is None
    assert role_bar(Role.OWNER, Role.OWNER, Role.ADMIN, 1) is not None
    assert role_bar(Role.OWNER, Role.OWNER, Role.OWNER, 1) is None
    assert role_bar(Role.OWNER, Role.ADMIN, Role.OWNER, 1) is None
    assert role_bar(Role.ADMIN, Role.SUPPORT, Role.OWNER, 1) is not None
    assert role_bar(Role.ADMIN, Role.OWNER, Role.SUPPORT, 2) is not None
    assert removal_bar(Role.ADMIN, Role.OWNER, 2) is not None
