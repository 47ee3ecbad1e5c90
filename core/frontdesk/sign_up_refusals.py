"""Why somebody cannot have a tenant of their own, or not by this name."""

from frontdesk.errors import Refusal
from frontdesk.sentences import _


def by_invitation_only() -> Refusal:
    """The operator lets nobody sign up who was not invited."""
    return Refusal(
        code="by_invitation_only",
        for_customer="A portal is set up by invitation here.",
        for_tenant=_("A portal is set up by invitation here."),
        forbidden=True,
    )


def signed_up_often(most: int) -> Refusal:
    """One person sets up only so many portals a day."""
    return Refusal(
        code="signed_up_often",
        for_customer="You have set up {most} portals within a day. Please go on tomorrow.",
        for_tenant="At most {most} portals can be set up within a day.",
        parameters={"most": most},
    )


def invitation_over() -> Refusal:
    """An invitation counts once, and only for so long."""
    return Refusal(
        code="invitation_over",
        for_customer="This invitation does not count any more. Please ask for a new one.",
        for_tenant=_("This invitation was used or withdrawn, or it is too old."),
    )


def request_decided() -> Refusal:
    """A request is answered once."""
    return Refusal(
        code="request_decided",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=_("This request was answered already."),
    )


def slug_invalid() -> Refusal:
    """A slug is a part of addresses."""
    return Refusal(
        code="slug_invalid",
        for_customer="Please use 3 to 40 small letters, digits and dashes, and begin with a letter: acme-tools.",
        for_tenant="A slug has 3 to 40 lower-case letters, digits and dashes and begins with a letter.",
        param="slug",
    )


def slug_taken(slug: str) -> Refusal:
    """Another portal has this address, or it is a word of our own."""
    return Refusal(
        code="slug_taken",
        for_customer="This address is taken. Please choose another one.",
        for_tenant=_("The address {slug} is taken."),
        parameters={"slug": slug[:60]},
        param="slug",
    )
