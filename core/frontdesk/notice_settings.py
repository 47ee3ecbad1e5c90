"""When a business's programs are told of an invoice before or after its time.

Stripe has the same three: days before a renewal are its setting "Upcoming renewal events", days before and after an
invoice is due are set in its automations (docs.stripe.com/api/events/types: invoice.upcoming, invoice.will_be_due,
invoice.overdue). None of them moves money or writes to a customer.
"""

from collections.abc import Mapping
from typing import Literal, get_args

from msgspec import Struct

NoticeName = Literal["upcoming", "will_be_due", "overdue"]
NOTICES: tuple[NoticeName, ...] = get_args(NoticeName)
"""In the order in which they come in the life of an invoice."""
LEAST_DAYS: Mapping[NoticeName, int] = {"upcoming": 1, "will_be_due": 1, "overdue": 0}
MOST_DAYS: Mapping[NoticeName, int] = {"upcoming": 60, "will_be_due": 60, "overdue": 365}


class NoticeSettings(Struct, frozen=True, kw_only=True):
    """How many whole days before or after; None: such events are not sent. 0 after is as soon as it is overdue."""

    upcoming: int | None = 7
    """Before a renewal, and no earlier than its period begins: seven days, unless somebody says otherwise."""
    will_be_due: int | None = None
    """Before an issued invoice is due. Stripe sends none unless it is asked to."""
    overdue: int | None = 0
    """After an invoice was due that is not paid."""

    def of(self, name: NoticeName) -> int | None:
        """One of the three."""
        return {"upcoming": self.upcoming, "will_be_due": self.will_be_due, "overdue": self.overdue}[name]


NO_NOTICES = NoticeSettings(upcoming=None, will_be_due=None, overdue=None)
"""What a side has that is to stand still."""
