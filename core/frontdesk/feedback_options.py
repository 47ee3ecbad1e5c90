"""A tenant's own answers to the question why somebody cancels (Stripe's `billing.feedback_option`, §A.7).

What one says can be corrected, and it can be deactivated for good: then it is no answer that can be chosen any more,
while who chose it before stays counted under it.
"""

from datetime import datetime

from msgspec import Struct

from frontdesk.errors import Refusal
from frontdesk.sentences import _

DESCRIPTION_LENGTH = 100
"""Characters, as in Stripe."""
CHOSEN = 20
"""Own answers of one configuration at most: nobody reads a longer list on leaving."""


class FeedbackOption(Struct, frozen=True, kw_only=True):
    """One answer (`fo_…`). `description` is what customers read, in the tenant's words."""

    id: str
    description: str
    created: datetime
    deactivated_at: datetime | None = None

    @property
    def active(self) -> bool:
        """Whether it can be chosen."""
        return self.deactivated_at is None


def description_faults(description: str) -> Refusal | None:
    """Why this cannot be an answer, None where it can."""
    if not description.strip():
        return _fault("description_missing", _("Write what your customers can choose."))
    if len(description) > DESCRIPTION_LENGTH:
        return _fault("description_too_long", _("A reason has at most {maximum} characters."))
    return None


def already_inactive(id: str) -> Refusal:
    """What is deactivated stays so."""
    return Refusal(
        code="feedback_option_inactive",
        for_customer="This reason cannot be chosen any more.",
        for_tenant=_("The reason {id} is inactive already."),
        parameters={"id": id},
    )


def _fault(code: str, sentence: str) -> Refusal:
    return Refusal(
        code=code,
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=sentence,
        parameters={"maximum": DESCRIPTION_LENGTH},
        param="description",
    )
