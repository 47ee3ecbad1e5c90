"""xdist: which file is tested when, and by whom. What takes longest comes first.

A long file that is left over at the end would keep one worker busy and leave the others idle. xdist goes by the number
of tests, by which those come last that do much in a single one.

All stories of `e2e` are one worker's, where there are few of them: each worker would start a demo of its own, and its
past takes as long to live as several stories take to tell.
"""

import gc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

FEW_WORKERS = 4
"""So many can share the other files for at least as long as one takes over all stories."""

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
    "test_products_browser.py": 15,
    "test_images.py": 15,
    "test_dashboard_branding.py": 15,
    "test_dashboard_email.py": 15,
    "test_no_code_story.py": 14,
    "test_single_sign_on.py": 14,
    "test_stripe_contract.py": 12,
    "test_change_plan_story.py": 12,
    "test_secrets_stay_secret.py": 12,
    "test_worker_crashes.py": 11,
    "test_key_rotation.py": 10,
    "test_stripe_tenant.py": 10,
    "test_stripe_once.py": 10,
    "test_card_story.py": 10,
    "test_prefetch.py": 10,
    "test_billing_details_story.py": 10,
    "test_remote_desk.py": 10,
    "test_isolation_mutations.py": 9,
    "test_billing_survives.py": 9,
    "test_customer_search.py": 9,
    "test_api_proration_cases.py": 9,
    "test_link_story.py": 9,
    "test_suspended_story.py": 8,
    "test_side_lists.py": 8,
    "test_api_isolation.py": 8,
    "test_open_redirects.py": 8,
    "test_text_message_story.py": 8,
    "test_suspending.py": 8,
    "test_no_side.py": 6,
    "test_documents_hold_numbers.py": 6,
    "test_sign_in_outages.py": 6,
    "test_invoices_story.py": 6,
}
"""Seconds that a file takes, about, where that is long. What is wrong here costs time and nothing else."""
ON_THEIR_OWN = ("test_outside_channel.py",)
"""Files of `e2e` that need nothing of the demo that the others look at."""
A_TEST, AT_LEAST = 0.3, 5.0
"""Seconds of a test, and of a file that has servers of its own, where nothing is said."""


class ByFile(LoadFileScheduling):
    """Gives out files in the order in which they were found, and all stories at once where workers are few."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        together = file.startswith("e2e/") and Path(file).name not in ON_THEIR_OWN and self.numnodes <= FEW_WORKERS
        return "e2e" if together else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    """Files by turns, where files are what is given out."""
    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[pytest.CollectReport]:
    """Every other worker begins to collect at the other end.

    In a new clone nothing is compiled. Whoever comes to a file second finds what the first has compiled, so that two
    workers share the work that each would do otherwise.
    """
    report = yield
    number = getattr(collector.config, "workerinput", {}).get("workerid", "gw0").removeprefix("gw")
    if isinstance(collector, pytest.Directory) and int(number) % 2:
        report.result.reverse()
    return report


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest files first, where workers share them; a file's tests stay as they are."""
    if hasattr(config, "workerinput"):
        counts = Counter(item.path for item in items)
        items.sort(key=lambda item: (-_seconds(item.path, counts[item.path]), str(item.path)))


def pytest_collection_finish() -> None:
    """What is loaded by now stays until the end: Python need not look through it for garbage again and again."""
    gc.collect()
    gc.freeze()
    # Garbage is looked for one time in ten of what is usual: that took a tenth of what the tests take.
    gc.set_threshold(7_000, 20, 50)


def _seconds(file: Path, tests: int) -> float:
    if file.name in LONG:
        return LONG[file.name]
    is_fast = file.parent.name == "core" or "plugins" in file.parts
    return tests * A_TEST / 10 if is_fast else AT_LEAST + tests * A_TEST
