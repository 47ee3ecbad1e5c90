"""Why a side cannot be connected with an account, in sentences for its staff."""


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
