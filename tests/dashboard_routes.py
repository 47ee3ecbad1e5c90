"""What the routes of the dashboard can name, for `route_table`: what their paths, queries and forms may hold.

A field that names nothing of a side has None. `@` marks one of the caller's own ids.
"""

from collections.abc import Mapping

STAFF_PATH_KINDS: Mapping[str, str] = {}
"""Names in paths that `route_table.PATH_KINDS` does not know."""

STAFF_FIELDS: Mapping[str, Mapping[tuple[str, str], str | None]] = {
    "GET /dashboard/sign-in": {("query", "next"): None, ("query", "prefilled_email"): None},
    "POST /dashboard/sign-in": {("form", "email"): "address"},
    "GET /dashboard/sign-in/code": {("query", "again"): None},
    "POST /dashboard/sign-in/code": {("form", "code"): None},
    "POST /dashboard/sign-in/code/again": {},
    "GET /dashboard/sign-in/second-factor": {},
    "POST /dashboard/sign-in/second-factor": {("form", "code"): None},
    "GET /dashboard/sign-in/second-factor/set-up": {},
    "POST /dashboard/sign-in/second-factor/set-up": {("form", "code"): None},
    "GET /dashboard/confirm": {},
    "POST /dashboard/confirm": {("form", "code"): None},
    "POST /dashboard/sign-out": {},
    "GET /dashboard": {("query", "all"): None},
    "GET /dashboard/{portal}": {},
}
"""What pages read from queries and forms, beside `lang`, `next` and `csrf`."""

STAFF_NEEDED: Mapping[str, Mapping[str, str]] = {
    "POST /dashboard/sign-in": {"email": "robin@example.com"},
    "POST /dashboard/sign-in/code": {"code": "000000"},
    "POST /dashboard/sign-in/second-factor": {"code": "000000"},
    "POST /dashboard/sign-in/second-factor/set-up": {"code": "000000"},
    "POST /dashboard/confirm": {"code": "000000"},
}
"""What a form needs so that only the thing named in the slot can be wrong with it."""
