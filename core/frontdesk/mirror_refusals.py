"""Why a side cannot be connected with an account, in sentences for its staff."""

from frontdesk.errors import Misconfigured, Refusal
from frontdesk.sentences import _


def wrong_mode(*, livemode: bool) -> str:
    """The key is of the other mode."""
    if livemode:
        return _("This is a key for test mode. Your live portal needs a live key; put this one into your sandbox.")
    return _("This is a live key. Your sandbox needs a key for test mode; put this one into your live portal.")


def another_account(pinned: str, field: str) -> Misconfigured:
    """The key opens another account than the one that the side is connected with."""
    sentence = _(
        "This key belongs to another account. This portal is connected with {account}, whose customers it shows; use a"
        " key of that account."
    )
    return Misconfigured(sentence, field, parameters={"account": pinned})


def no_such_backend() -> str:
    """No plugin that is installed bills like this."""
    return _("There is no such billing backend here. Ask whoever runs this Frontdesk which ones are installed.")


def bills_otherwise(customers: int) -> Refusal:
    """Customers of one backend are never another's."""
    return Refusal(
        code="bills_otherwise",
        for_customer="This change cannot be made.",
        for_tenant=_(
            "This portal bills {customers} customers in another way already. Connect an account on a side that has no"
            " customers yet."
        ),
        parameters={"customers": customers},
    )
