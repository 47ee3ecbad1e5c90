"""Where a page of a list begins, as its address names it: no secret, and good for nothing but the side's own list."""

import re
from datetime import UTC, datetime, timedelta

from litestar.datastructures.multi_dicts import MultiMixin

from frontdesk_tenants.keyset import Place, Which

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PLACE = re.compile(r"([0-9]{1,16})-([A-Za-z0-9_-]{1,255})", re.ASCII)


def written(place: Place) -> str:
    """A place as an address names it: microseconds since 1970, and the row's id."""
    return f"{(place.created - _EPOCH) // _MICROSECOND}-{place.id}"


def asked_page(query: MultiMixin[str]) -> Which:
    """The page that `?older=` or `?newer=` names; the first one where neither names any."""
    older, newer = _place(query.get("older", "")), _place(query.get("newer", ""))
    return Which(older_than=older, newer_than=newer if older is None else None)


def _place(text: str) -> Place | None:
    found = _PLACE.fullmatch(text)
    if found is None:
        return None
    return Place(created=_EPOCH + int(found[1]) * _MICROSECOND, id=found[2])
