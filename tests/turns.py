"""xdist: which file is tested when. What takes longest comes first.

A long file that is left over at the end would keep one worker busy and leave the others idle. xdist goes by the number
of tests, by which those come last that do much in a single one.
"""

import gc
from collections import Counter
from pathlib import Path

import pytest

LONG = {
    "test_accessibility.py": 60,
    "test_sign_in_attacks.py": 40,
    "test_outside_channel.py": 32,
    "test_route_matrix.py": 32,
    "test_bad_input.py": 30,
    "test_stored_scripts.py": 30,
    "test_isolation_attacks.py": 28,
    "test_letters.py": 26,
    "test_sign_up_story.py": 26,
    "test_headers.py": 24,
    "test_canaries.py": 22,
    "test_set_up_story.py": 20,
    "test_portal_story.py": 20,
    "test_every_page.py": 20,
    "test_staff_audit.py": 17,
    "test_embedded.py": 17,
    "test_role_matrix.py": 17,
    "test_sdk_walk.py": 17,
    "test_webhooks.py": 16,
    "test_keyboard.py": 16,
    "test_isolation_mutations.py": 16,
    "test_products_browser.py": 15,
    "test_images.py": 15,
    "test_key_rotation.py": 15,
    "test_dashboard_branding.py": 15,
    "test_dashboard_email.py": 15,
    "test_worker_crashes.py": 15,
    "test_no_code_story.py": 14,
    "test_single_sign_on.py": 14,
    "test_stripe_contract.py": 12,
    "test_billing_survives.py": 12,
    "test_change_plan_story.py": 12,
    "test_secrets_stay_secret.py": 12,
    "test_stripe_tenant.py": 10,
    "test_stripe_once.py": 10,
    "test_card_story.py": 10,
    "test_prefetch.py": 10,
    "test_billing_details_story.py": 10,
    "test_remote_desk.py": 10,
    "test_no_side.py": 10,
    "test_customer_search.py": 9,
    "test_api_proration_cases.py": 9,
    "test_link_story.py": 9,
    "test_suspended_story.py": 8,
    "test_side_lists.py": 8,
    "test_api_isolation.py": 8,
    "test_open_redirects.py": 8,
    "test_text_message_story.py": 8,
    "test_suspending.py": 8,
    "test_documents_hold_numbers.py": 6,
    "test_sign_in_outages.py": 6,
    "test_invoices_story.py": 6,
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
