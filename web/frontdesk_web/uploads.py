"""Forms with files (`multipart/form-data`): for the few routes that take one, read strictly and as it arrives.

Everywhere else such a body has no fields (`forms.read_form`; trust.md C9). A file is kept in memory up to its limit,
and what comes after that is dropped, so that a page can say what is wrong and give back what was typed.

    @post("/…", request_max_body_size=uploads.BODY_BYTES)
    async def save(request: …) -> …:
        posted = await read_upload(request, {"image": PRODUCT_IMAGE.bytes_at_most})
        visit.refuse_forged(site, posted.fields)
        if "image" in posted.too_large: …        # answer 413 with the form and a sentence
        content = posted.files.get("image")      # None: no file was chosen
"""

from collections.abc import Mapping

from litestar.exceptions import ClientException
from litestar.status_codes import HTTP_413_REQUEST_ENTITY_TOO_LARGE
from msgspec import Struct
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from frontdesk_web.any_request import AnyRequest
from frontdesk_web.forms import FIELDS_AT_MOST, FORM, form_fields, kind_of_body

FORM_WITH_FILES = "multipart/form-data"
BODY_BYTES = 12 * 1024 * 1024
"""What a route that takes files reads at most. More than a file may have, since a photo straight from a phone should
be answered with a sentence on its own page."""
TEXT_BYTES = 1024 * 1024
"""All text fields together, as in any other form."""
_HEADERS_OF_PART = 4


class Posted(Struct, frozen=True, kw_only=True):
    """A posted form: its text fields, the files that were chosen, and which files were over their limit.

    Files are by the name of their field. A file that is too large has no content here. `names` are what the files
    were called, in whatever words: nothing follows from them.
    """

    fields: Mapping[str, str]
    files: Mapping[str, bytes] = {}
    names: Mapping[str, str] = {}
    too_large: frozenset[str] = frozenset()


async def read_upload(request: AnyRequest, limits: Mapping[str, int]) -> Posted:
    """The fields and files of a posted form. `limits` names the file fields, with the bytes that each takes at most.

    A form without files (`application/x-www-form-urlencoded`) is read too; a body of another kind has no fields. A
    text field that is given twice counts as not given. What a file says that it is is not read.

    Raises:
        ClientException: a body that is cut off or malformed, a file in a field that takes none or a second one in
            the same field, more than a hundred fields (400); or all in all too much (413).
    """
    kind = kind_of_body(request)
    if kind == FORM:
        return Posted(fields=form_fields(await _text_body(request)))
    if kind != FORM_WITH_FILES:
        return Posted(fields={})
    boundary = parse_options_header(request.headers["content-type"])[1].get("boundary", "")
    gathered = _Gathered(limits)
    try:
        # Not its strict mode: that refuses a last line break which arrives by itself, as a browser's may.
        with PushMultipartParser(
            boundary, max_segment_count=FIELDS_AT_MOST, max_header_count=_HEADERS_OF_PART
        ) as parser:
            async for chunk in request.stream():
                if chunk:
                    for event in parser.parse(chunk):
                        gathered.take(event)
    except (MultipartError, UnicodeError) as error:
        raise ClientException("the form could not be read") from error
    return Posted(
        fields=gathered.fields,
        files=gathered.files,
        names=gathered.names,
        too_large=frozenset(gathered.too_large),
    )


async def _text_body(request: AnyRequest) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        _refuse_too_much_text(len(body))
    return bytes(body)


def _refuse_too_much_text(size: int) -> None:
    if size > TEXT_BYTES:
        raise ClientException("too much text", status_code=HTTP_413_REQUEST_ENTITY_TOO_LARGE)


class _Gathered:
    """What the parts of a form have held so far."""

    def __init__(self, limits: Mapping[str, int]) -> None:
        self._limits = limits
        self._part: MultipartSegment | None = None
        self._content = bytearray()
        self._text_bytes = 0
        self.fields: dict[str, str] = {}
        self.files: dict[str, bytes] = {}
        self.names: dict[str, str] = {}
        self.too_large: set[str] = set()

    def take(self, event: MultipartSegment | bytes | bytearray | None) -> None:
        """The next thing that the parser found: a part's head, some of its content, or its end."""
        if isinstance(event, MultipartSegment):
            self._begin(event)
        elif event is not None:
            self._add(event)
        else:
            self._end()

    def _begin(self, part: MultipartSegment) -> None:
        self._part, self._content = part, bytearray()
        if not part.name:
            raise ClientException("this field has no name")
        if part.filename is None:
            return
        if part.name not in self._limits:
            raise ClientException("this field takes no file")
        if part.name in self.files or part.name in self.too_large:
            raise ClientException("this field takes one file")

    def _add(self, content: bytes | bytearray) -> None:
        part = self._part
        assert part is not None
        if part.filename is None:
            self._text_bytes += len(content)
            _refuse_too_much_text(self._text_bytes)
        elif part.bytes_received > self._limits[str(part.name)]:
            self.too_large.add(str(part.name))
            self._content.clear()
            return
        self._content += content

    def _end(self) -> None:
        part, name = self._part, str(self._part.name if self._part else "")
        assert part is not None
        if part.filename is None:
            text = self._content.decode("utf-8", "replace")
            self.fields[name] = "" if name in self.fields else text
        elif name not in self.too_large and (part.filename or self._content):
            # A file field in which nothing was chosen is sent with an empty name and no content.
            self.files[name] = bytes(self._content)
            self.names[name] = part.filename or ""
        self._part = None
