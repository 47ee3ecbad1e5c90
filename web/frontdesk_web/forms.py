"""Forms that a browser posts: read strictly, so that nothing odd gets past as something else."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from litestar.exceptions import ClientException

from frontdesk_web.any_request import AnyRequest

FIELDS_AT_MOST = 100
FORM = "application/x-www-form-urlencoded"


async def read_form(request: AnyRequest, at_most: int = FIELDS_AT_MOST) -> Mapping[str, str]:
    """The fields of a posted form. A field that is given twice counts as not given.

    A body of another kind (JSON, text) has no fields: a page of another origin can post those without being asked
    for permission (trust.md C6). What is not UTF-8 is replaced by U+FFFD.

    Raises:
        ClientException: more than `at_most` fields (400); or the body is too large (413).
    """
    body = await request.body()
    return form_fields(body, at_most) if kind_of_body(request) == FORM else {}


def kind_of_body(request: AnyRequest) -> str:
    """The media type that a request says of its body, in lower case and without what follows it."""
    return (request.headers.get("content-type") or "").partition(";")[0].strip().lower()


def form_fields(body: bytes, at_most: int = FIELDS_AT_MOST) -> dict[str, str]:
    """The fields of a body of the kind `FORM`, as `read_form` returns them. Raises ClientException (400)."""
    try:
        pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True, errors="replace", max_num_fields=at_most)
    except ValueError as error:
        raise ClientException("too many fields") from error
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields[name] = "" if name in fields else value
    return fields
