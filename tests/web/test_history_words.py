"""The history of a customer is told in words, whatever was done."""

from datetime import UTC, datetime
from typing import get_args

from frontdesk.commands import AccountCommand
from frontdesk_tenants.customer_history import Act
from frontdesk_web.dashboard.customers.history_words import history_row


def test_everything_that_can_be_done_to_an_account_has_words() -> None:
    done = {each.__name__ for each in get_args(AccountCommand)}
    assert len(done) > 40
    told = {name: history_row(_act(name), {}, "de").what for name in done}
    assert {name for name, what in told.items() if what == name} == set()


def _act(action: str) -> Act:
    return Act(at=datetime(2026, 11, 28, tzinfo=UTC), actor_kind="api", actor="", action=action, touched=())
