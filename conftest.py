"""Every suite (tests, e2e, plugins) has the servers and the browser of tests/servers.py, sides, sites and worlds."""

import pytest

pytest_plugins = ["servers", "sides", "sites", "sign_in_world", "name_server", "mail_world", "crowd"]

LONGEST = (
    "test_stored_scripts.py",
    "test_staff_audit.py",
    "test_bad_input.py",
    "test_isolation_attacks.py",
    "test_canaries.py",
    "test_outside_channel.py",
    "test_accessibility.py",
    "test_sign_up_story.py",
    "test_set_up_story.py",
    "test_secrets_stay_secret.py",
    "test_no_code_story.py",
    "test_role_matrix.py",
    "test_isolation_mutations.py",
    "test_keyboard.py",
    "test_portal_story.py",
    "test_suspended_story.py",
    "test_invoice_numbers.py",
    "test_worker_crashes.py",
    "test_side_lists.py",
    "test_customer_search.py",
)
"""Files that take longest. They come first, so that no worker is left with one of them when the others are done."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, all else as it was found: a file is one worker's."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda each: places.get(each.path.name, len(places)))
