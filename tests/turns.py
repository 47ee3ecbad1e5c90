"""xdist: which file is tested when. What takes longest comes first.

A long file that is left over at the end would keep one worker busy and leave the others idle. xdist goes by the number
of tests, by which those come last that do much in a single one.
"""

import gc
from collections import Counter
from pathlib import Path

import pytest

LONG = {
    "test_bad_input.py": 55,
    "test_accessibility.py": 55,
    "test_sign_in_attacks.py": 45,
    "test_route_matrix.py": 45,
    "test_headers.py": 40,
    "test_stored_scripts.py": 38,
    "test_isolation_attacks.py": 38,
    "test_outside_channel.py": 30,
    "test_sign_up_story.py": 26,
    "test_canaries.py": 25,
    "test_set_up_story.py": 24,
    "test_worker_crashes.py": 23,
    "test_no_code_story.py": 23,
    "test_secrets_stay_secret.py": 22,
    "test_key_rotation.py": 22,
    "test_role_matrix.py": 20,
    "test_images.py": 20,
    "test_embedded.py": 19,
    "test_keyboard.py": 18,
    "test_webhooks.py": 18,
    "test_letters.py": 17,
    "test_isolation_mutations.py": 17,
    "test_products_browser.py": 17,
    "test_suspended_story.py": 17,
    "test_portal_story.py": 16,
    "test_every_page.py": 16,
    "test_single_sign_on.py": 16,
    "test_dashboard_branding.py": 15,
    "test_staff_audit.py": 15,
    "test_customer_search.py": 15,
    "test_open_redirects.py": 14,
    "test_api_proration_cases.py": 14,
    "test_card_story.py": 14,
    "test_dashboard_email.py": 13,
    "test_invoices_story.py": 13,
    "test_change_plan_story.py": 12,
    "test_remote_desk.py": 11,
    "test_api_isolation.py": 11,
    "test_sign_in_outages.py": 10,
    "test_billing_survives.py": 10,
    "test_prefetch.py": 10,
    "test_documents_hold_numbers.py": 10,
    "test_side_lists.py": 10,
    "test_text_message_story.py": 10,
}
"""Seconds that a file takes, about, where that is long. What is wrong here costs time and nothing else."""
A_TEST, AT_LEAST = 0.3, 5.0
"""Seconds of a test, and of a file that has servers of its own, where nothing is said."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest files first, where workers share them; a file's tests stay as they are."""
    if hasattr(config, "workerinput"):
        counts = Counter(item.path for item in items)
        items.sort(key=lambda item: (-_seconds(item.path, counts[item.path]), str(item.path)))


def pytest_collection_finish() -> None:
    """What is loaded by now stays until the end: Python need not look through it for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config) -> None:
    """Let xdist give out files in the order in which they were found."""
    config.option.loadscopereorder = False


def _seconds(file: Path, tests: int) -> float:
    if file.name in LONG:
        return LONG[file.name]
    is_fast = file.parent.name == "core" or "plugins" in file.parts
    return tests * A_TEST / 10 if is_fast else AT_LEAST + tests * A_TEST
