"""Why a side cannot be connected with an account, in sentences for its staff."""

from frontdesk.errors import Refusal


def wrong_mode(*, livemode: bool) -> str:
    """The key is of the other mode."""
    if livemode:
        return "This is a key for test mode. Your live portal needs a live key; put this one into your sandbox."
    return "This is a live key. Your sandbox needs a key for test mode; put this one into your live portal."


def another_account(pinned: str) -> str:
    """The key opens another account than the one that the side is connected with."""
    return (
        f"This key belongs to another account. This portal is connected with {pinned}, whose customers it shows; "
        "use a key of that account."
    )


def no_such_backend() -> str:
    """No plugin that is installed bills like this."""
    return "There is no such billing backend here. Ask whoever runs this Frontdesk which ones are installed."


def bills_otherwise(customers: int) -> Refusal:
    """Customers of one backend are never another's."""
    return Refusal(
        code="bills_otherwise",
        for_customer="This change cannot be made.",
        for_tenant="This portal bills {customers} customers in another way already. Connect an account on a side that"
        " has no customers yet.",
        parameters={"customers": customers},
    )
