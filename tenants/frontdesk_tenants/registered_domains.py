"""Which domain somebody has registered, by the public suffix list (https://publicsuffix.org).

The list comes with a library that is released anew each week and fetches nothing: a small one without dependencies,
where others bring an HTTP client with them.
"""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def registered_domain(host: str) -> str | None:
    """The domain that somebody has registered and `host` lies in; None for a public suffix such as `co.uk`."""
    found = _suffixes().privatesuffix(host.lower().rstrip("."))
    return found if isinstance(found, str) else None


@cache
def _suffixes() -> "PublicSuffixList":
    # Half a megabyte that most processes never need.
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
