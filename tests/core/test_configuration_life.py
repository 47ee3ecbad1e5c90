"""What becomes of portal configurations: copies, the choice of the default, the end."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from seat_shop import CONFIGURATION, NOW

from frontdesk.configuration_life import chosen, copied, deleted, retired, switched
from frontdesk.errors import Refused
from frontdesk.portal_configuration import LoginPage

LATER = NOW + timedelta(days=1)
DEFAULT = replace(CONFIGURATION, is_default=True, login_page=LoginPage(enabled=True), metadata={"a": "b"})


def test_a_copy_has_the_settings_and_a_life_of_its_own() -> None:
    copy = copied(DEFAULT, "bpc_2", "Resellers", LATER)
    assert (copy.features, copy.business_profile) == (DEFAULT.features, DEFAULT.business_profile)
    assert (copy.id, copy.name, copy.created, copy.version) == ("bpc_2", "Resellers", LATER, 1)
    assert (copy.active, copy.is_default, copy.login_page.enabled, dict(copy.metadata)) == (True, False, False, {})


def test_one_becomes_the_default_as_the_other_stops_being_it() -> None:
    after = chosen(CONFIGURATION, LATER)
    assert (after.is_default, after.updated, after.version) == (True, LATER, CONFIGURATION.version + 1)
    assert not retired(DEFAULT, LATER).is_default
    with pytest.raises(Refused, match="inactive_configuration"):
        chosen(switched(CONFIGURATION, False, LATER), LATER)


def test_the_default_is_neither_switched_off_nor_deleted() -> None:
    for act in (lambda: switched(DEFAULT, False, LATER), lambda: deleted(DEFAULT, LATER)):
        with pytest.raises(Refused, match="default_configuration"):
            act()
    assert switched(DEFAULT, True, LATER).active


def test_what_is_deleted_is_off_and_has_no_link() -> None:
    gone = deleted(replace(DEFAULT, is_default=False), LATER)
    assert (gone.deleted, gone.active, gone.login_page.enabled) == (True, False, False)
