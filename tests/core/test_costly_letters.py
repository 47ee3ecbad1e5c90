"""How many texts may go, to whom, and when a country looks pumped."""

import pytest

from frontdesk.channels import Caps, Destination
from frontdesk.costly_letters import AreaUse, checks, is_pumped, tries

JENNY = Destination(to="+491713920012", shown="+49 ••••• 12", area="DE")


def figures(caps: Caps) -> list[tuple[int, int]]:
    return [(each.limit.count, int(each.limit.window.total_seconds())) for each in checks("t", JENNY, caps)]


def test_the_caps_are_those_of_trust_md_and_a_tenant_can_only_tighten_them() -> None:
    assert figures(Caps()) == [(5, 86400), (20, 86400), (50, 3600), (500, 86400)]
    assert figures(Caps(per_address_day=9, per_hour=900, per_day=20)) == [
        (5, 86400),
        (20, 86400),
        (50, 3600),
        (20, 86400),
    ]
    assert figures(Caps(per_hour=3))[2] == (3, 3600)


def test_neighbours_share_a_counter_and_tenants_none() -> None:
    keys = [each.key for each in checks("t", JENNY, Caps())]
    beside = [each.key for each in checks("t", Destination(to="+491713920999", shown=""), Caps())]
    elsewhere = [each.key for each in checks("u", JENNY, Caps())]
    assert [a == b for a, b in zip(keys, beside, strict=True)] == [False, True, True, True]
    assert not set(keys) & set(elsewhere)
    assert not [each for each in keys if "3920012" in each]
    assert tries("chl_1")[0].key != tries("chl_2")[0].key


@pytest.mark.parametrize(
    ("sent", "used", "pumped"), [(0, 0, False), (19, 0, False), (20, 3, True), (20, 4, False), (500, 99, True)]
)
def test_an_area_whose_codes_nobody_types_is_closed(sent: int, used: int, pumped: bool) -> None:
    assert is_pumped(AreaUse(sent, used)) is pumped
