"""What every request goes through: key, limit, parameters, idempotency key, one act, expansion, answer.

With a local backend a request is one transaction: the claim of its idempotency key, the effect and the stored answer
come true together or not at all. With a remote backend the transactions around the backend's call are short.
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from time import perf_counter
from typing import Any, Literal, TypeAlias, TypeVar
from urllib.parse import urlencode

import msgspec
from litestar import Response
from msgspec import Struct

from frontdesk.api_permissions import Access
from frontdesk.book import Invoice
from frontdesk.book import Metadata as MetadataMap
from frontdesk.catalogue_commands import CatalogueCommand
from frontdesk.commands import MetadataChange
from frontdesk.desk import Actor
from frontdesk.errors import Unavailable
from frontdesk.given_ids import id_given
from frontdesk.ids import Ids, IdSource
from frontdesk.permissions import may_change
from frontdesk_tenants import catalogues, idempotency, listings
from frontdesk_tenants.api_keys import ApiKey
from frontdesk_tenants.clocks import hold_for_customer
from frontdesk_tenants.database import Busy, SideTransaction, clock
from frontdesk_tenants.desks import desk_on, open_desk
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.files import File
from frontdesk_tenants.listings import Kind
from frontdesk_tenants.local_desk import LocalDesk
from frontdesk_tenants.paging import Cursor, NoSuchCursor, Page, Span
from frontdesk_tenants.remote_desk import RemoteDesk
from frontdesk_web.addresses_of_callers import caller
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.api import errors, expansions
from frontdesk_web.api.areas import area_of, refuse_unpermitted, refuse_unpermitted_kind
from frontdesk_web.api.authentication import door_of, own_account_id, presented_key, refuse_other_account, secret_key
from frontdesk_web.api.errors import PORTAL_STATE, ApiError, no_such, no_such_named, stated_version
from frontdesk_web.api.floods import refuse_flood
from frontdesk_web.api.forms import Tree, read_form, read_json
from frontdesk_web.api.parameters import Many, SpanOf, Text, Whole, read
from frontdesk_web.api.recording import Answered
from frontdesk_web.forms import kind_of_body
from frontdesk_web.headers import let_do_nothing, request_id
from frontdesk_web.site import Site
from frontdesk_web.uploads import FORM_WITH_FILES, Posted, read_upload

ApiRequest: TypeAlias = AnyRequest
Listed = TypeVar("Listed")
IDEMPOTENCY_KEY_LENGTH = 255
EXPAND = Many(of=Text(maximum=500), clears=True)
CURSOR: dict[str, Any] = {
    "limit": Whole(minimum=1, maximum=100),
    "starting_after": Text(maximum=255),
    "ending_before": Text(maximum=255),
}
CREATED: dict[str, Any] = {"created": SpanOf()}
_ACCEPTED = {"form": ("", "application/x-www-form-urlencoded"), "json": ("application/json",)}
_WRONG_MEDIA_TYPE = {
    "form": "Invalid request (check that your POST content type is application/x-www-form-urlencoded).",
    "json": "Invalid request (check that your POST content type is application/json).",
}


class Call:
    """One authenticated request: whose it is, what it asks for, and the way to the side's data."""

    def __init__(self, site: Site, door: Door, side: Side, key: ApiKey, id_: str, now: datetime) -> None:
        self.site = site
        self.door = door
        self.side = side
        self.key = key
        self.request_id = id_
        self.at = now
        self.now = now.replace(microsecond=0)
        self.ids: Ids = IdSource(now)
        self.path: Mapping[str, str] = {}
        self.given: dict[str, Any] = {}
        self.expanded: tuple[tuple[str, ...], ...] = ()
        self.uploaded: Posted | None = None
        self.sends: File | None = None
        self.foreseen: dict[str, Invoice] = {}
        """Invoices of the answer that are stored nowhere, by the ids that they are shown with."""
        self._connection: SideTransaction | None = None

    @property
    def in_one_transaction(self) -> bool:
        """Whether one transaction spans the request, as it does with a local backend."""
        return self._connection is not None

    @property
    def livemode(self) -> bool:
        """False in the sandbox."""
        return self.door.livemode

    @property
    def actor(self) -> Actor:
        """The key, as the audit keeps it."""
        return Actor(kind="api", id=self.key.id)

    @asynccontextmanager
    async def one_transaction(self) -> AsyncIterator[None]:
        """Everything within happens in one transaction, committed at the end unless something was raised."""
        async with self.site.tenancy.database.side(self.door.tenant_id) as connection:
            self._connection = connection
            yield

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SideTransaction]:
        """The request's transaction; with a remote backend one of its own."""
        if self._connection is not None:
            yield self._connection
            return
        async with self.site.tenancy.database.side(self.door.tenant_id) as connection:
            yield connection

    @asynccontextmanager
    async def undone(self) -> AsyncIterator[None]:
        """Whatever is done within is taken back at its end: what was seen of it is what would come of it.

        Raises:
            ApiError: the backend is a remote one, where what is done cannot be taken back.
        """
        if self._connection is None:
            raise ApiError("Previews are not available yet with this billing backend.")
        savepoint = await self._connection.begin_nested()
        try:
            yield
        finally:
            await savepoint.rollback()

    @asynccontextmanager
    async def desk(
        self,
        customer_id: str | None,
        test_clock: str | None = None,
        *,
        actor: Actor | None = None,
        configuration_id: str | None = None,
    ) -> AsyncIterator[LocalDesk | RemoteDesk]:
        """A customer's desk (None: of one to be created, on a test clock or not) in the request's transaction.

        `actor` is the key, unless the question is what somebody else could do.
        """
        tenancy, actor = self.site.tenancy, actor or self.actor
        if self._connection is None:
            async with open_desk(
                tenancy,
                self.door,
                customer_id=customer_id,
                actor=actor,
                configuration_id=configuration_id,
                request_id=self.request_id,
                test_clock=test_clock,
            ) as desk:
                yield desk
            return
        held = None if test_clock is None else await hold_for_customer(self._connection, self.side, test_clock)
        yield await desk_on(
            self._connection,
            tenancy,
            self.side,
            customer_id=customer_id,
            actor=actor,
            configuration_id=configuration_id,
            request_id=self.request_id,
            test_clock=held,
        )

    async def change_catalogue(self, command: CatalogueCommand) -> str:
        """Carry out a catalogue command; returns the id that what it made has."""
        changes = await catalogues.carry_out(
            self.transaction,
            self.site.tenancy,
            self.side,
            command,
            actor=self.actor,
            idempotency_key=self.ids("req"),
            request_id=self.request_id,
        )
        return id_given(command, changes)

    async def stored(self, kind: Kind, id_: str, param: str | None = None) -> Any:
        """The object that the path (`param` None) or a parameter names. Raises ApiError: 404, or 400."""
        async with self.transaction() as connection:
            found = await listings.find(connection, kind, id_)
        if found is None:
            raise no_such(kind, id_, None) if param is None else no_such_named(kind, id_, param)
        return found

    def refuse_unpermitted(self, kind: Kind) -> None:
        """Raises ApiError (403) where the key may not read objects of a kind that an answer is expanded with."""
        refuse_unpermitted_kind(self.key, self.livemode, self.door.public_id, kind)

    def cursor(self) -> Cursor:
        """Which page of a list is asked for."""
        if "starting_after" in self.given and "ending_before" in self.given:
            raise errors.exclusive_params("ending_before", "starting_after")
        return Cursor(
            limit=self.given.get("limit", 10),
            starting_after=self.given.get("starting_after"),
            ending_before=self.given.get("ending_before"),
            created=span(self.given.get("created")) or Span(),
        )


Act: TypeAlias = Callable[[Call], Awaitable[dict[str, Any]]]


class Endpoint(Struct, frozen=True, kw_only=True):
    """One address of the API: what it takes, what it does, and in which form it is asked."""

    method: Literal["GET", "POST", "DELETE"]
    path: str
    takes: Mapping[str, Any]
    act: Act
    body: Literal["form", "json"] = "form"
    while_suspended: bool = False
    """Whether an unsafe call is answered all the same while the side is suspended."""
    uploads: Mapping[str, int] | None = None
    """The parameters that are files, with the bytes that each takes at most: the form may be multipart then."""
    sends: str | None = None
    """The media type of an answer that is a file and no object."""


def span(bounds: Mapping[str, datetime] | None) -> Span | None:
    """A filter's interval."""
    return None if bounds is None else Span(**bounds)


def metadata_change(given: Mapping[str, Any], present: MetadataMap) -> MetadataChange:
    """New metadata by key. All of it was cleared with an empty text: then each present key is deleted."""
    change: MetadataChange | None = given["metadata"]
    return dict.fromkeys(present) if change is None else change


def new_metadata(given: Mapping[str, Any]) -> dict[str, str]:
    """The metadata that an object begins with."""
    return {key: value for key, value in (given.get("metadata") or {}).items() if value is not None}


def noted_metadata(given: Mapping[str, Any], present: MetadataMap) -> MetadataMap:
    """The metadata that an object has afterwards; what it has where nothing is said."""
    if "metadata" not in given:
        return present
    changed = {**present, **metadata_change(given, present)}
    return {key: value for key, value in changed.items() if value is not None}


def list_of(path: str, page: Page[Any], data: list[dict[str, Any]]) -> dict[str, Any]:
    """A page of a list as Stripe shows it."""
    return {"object": "list", "url": path, "has_more": page.has_more, "data": data}


def slice_of(cursor: Cursor, at_hand: Sequence[Listed], ids: Sequence[str]) -> Page[Listed]:
    """A page of a list that is wholly at hand, in its own order. Raises NoSuchCursor."""
    places = {id_: place for place, id_ in enumerate(ids)}
    for param, id_ in (("starting_after", cursor.starting_after), ("ending_before", cursor.ending_before)):
        if id_ is not None and id_ not in places:
            raise NoSuchCursor(param, id_)
    if cursor.ending_before is not None:
        end = places[cursor.ending_before]
        return Page(tuple(at_hand[max(0, end - cursor.limit) : end]), end > cursor.limit)
    start = 0 if cursor.starting_after is None else places[cursor.starting_after] + 1
    end = start + cursor.limit
    return Page(tuple(at_hand[start:end]), len(at_hand) > end)


class _Seen:
    """What became known of a request while it was answered, for the log."""

    def __init__(self) -> None:
        self.started = perf_counter()
        self.call: Call | None = None
        self.tree: Tree | None = None


async def serve(site: Site, request: ApiRequest, endpoint: Endpoint) -> Response[bytes]:
    """Answer a request, and note it in the log of the side whose key it has."""
    seen = _Seen()
    try:
        answer = await _served(site, request, endpoint, seen)
    except Exception as error:
        answer = errors.api_problem(site, request, error)
    if seen.call is not None:
        _note(site, request, seen, seen.call, answer)
    return answer


def _note(site: Site, request: ApiRequest, seen: _Seen, call: Call, answer: Response[bytes]) -> None:
    site.requests.note(
        Answered(
            tenant_id=call.door.tenant_id,
            id=call.request_id,
            at=call.at,
            method=request.scope["method"],
            path=request.scope["path"],
            status=answer.status_code or 200,
            key=call.key.id,
            network=str(caller(request, site.config)),
            agent=request.headers.get("user-agent", ""),
            version=stated_version(request),
            idempotency_key=request.headers.get("idempotency-key"),
            milliseconds=round((perf_counter() - seen.started) * 1000),
            given=seen.tree,
            body=answer.content,
        )
    )


async def _served(site: Site, request: ApiRequest, endpoint: Endpoint, seen: _Seen) -> Response[bytes]:
    """The answer. What is raised becomes one in `errors.api_problem`."""
    if errors.leaves_something_out(request):
        # The router does not mind; but an object whose id was left out by mistake is no list.
        raise errors.unrecognized(request)
    errors.refuse_malformed_version(request)
    key = presented_key(request)
    door = await door_of(site.tenancy, key)
    tenancy = site.tenancy
    async with tenancy.at(door) as (connection, side):
        now = await clock(connection)
        found = await secret_key(connection, key, now)
        for each in ("stripe-account", "stripe-context"):
            # To act on the key's own data where another account is meant would be worse than a refusal.
            refuse_other_account(found, door, request.headers.get(each) or own_account_id(door))
        request.scope["state"][PORTAL_STATE] = door.portal
        backend = await tenancy.backends.of(connection, side.tenant_id, side.backend)
    call = Call(site, door, side, found, request_id(request.scope), now)
    seen.call = call
    await refuse_flood(site, door, found, now)
    if found.permissions is not None:
        access: Access = "read" if endpoint.method == "GET" else "write"
        refuse_unpermitted(found, door.livemode, door.public_id, area_of(endpoint.path), access)
    if endpoint.method != "GET" and not endpoint.while_suspended:
        # Before the idempotency key is looked at: the same request is good once the suspension is lifted.
        may_change(side.suspended).or_refuse()
    if endpoint.uploads is not None and kind_of_body(request) == FORM_WITH_FILES:
        call.uploaded = await read_upload(request, endpoint.uploads)
        tree = _tree_of_upload(request, call.uploaded)
    else:
        tree = _tree(request, endpoint, await request.body())
    seen.tree = tree
    call.path = request.path_params
    if backend.capabilities.remote:
        return await _once(call, request, endpoint, tree)
    async with call.one_transaction():
        return await _once(call, request, endpoint, tree)


async def _once(call: Call, request: ApiRequest, endpoint: Endpoint, tree: Tree) -> Response[bytes]:
    """Do the work, or answer what the same idempotency key was answered before."""
    key = _idempotency_key(request) if endpoint.method == "POST" else None
    headers = {"Stripe-Version": stated_version(request)}
    if key is None:
        try:
            body = await _answered(call, endpoint, tree)
        except ApiError as error:
            if not error.keeps:
                raise
            return errors.api_problem(call.site, request, error)
        if call.sends is None:
            return _response(200, body, headers)
        let_do_nothing(request.scope)
        return Response(content=call.sends.content, media_type=call.sends.media_type, headers=headers)
    headers["Idempotency-Key"] = key
    hash_ = _request_hash(request, tree)
    async with call.transaction() as connection:
        before = await idempotency.claim(connection, call.door.tenant_id, key, hash_, call.request_id, call.now)
    if before is not None:
        headers |= {"Idempotent-Replayed": "true", "Original-Request": before.request_id}
        return _response(before.status, before.body, headers)
    try:
        status, body = 200, await _answered(call, endpoint, tree)
    except Unavailable as error:
        # A transaction that spans the request takes its claim back by itself. A remote call may have had its effect
        # all the same, and then must not be made again: the answer stays, as at Stripe, and a job finds out.
        if call.in_one_transaction or isinstance(error, Busy):
            raise
        problem = errors.api_problem(call.site, request, error)
        status, body, headers = problem.status_code or 503, problem.content, dict(problem.headers)
    except Exception as error:
        if isinstance(error, ApiError) and error.keeps:
            # What a bank said is written down, so whoever asks again is told the same.
            problem = errors.api_problem(call.site, request, error)
            status, body = problem.status_code or 402, problem.content
        else:
            if not call.in_one_transaction:
                async with call.transaction() as connection:
                    await idempotency.release(connection, key)
            raise
    async with call.transaction() as connection:
        await idempotency.keep(connection, key, status, body)
    return _response(status, body, headers)


async def _answered(call: Call, endpoint: Endpoint, tree: Tree) -> bytes:
    takes = endpoint.takes if endpoint.body == "json" else {**endpoint.takes, "expand": EXPAND}
    call.given = read(takes, tree)
    wanted = call.given.pop("expand", ()) if endpoint.body == "form" else ()
    call.expanded = expansions.read_paths(wanted)
    answer = await endpoint.act(call)
    await expansions.expand(call, answer, call.expanded)
    return msgspec.json.encode(answer)


def _tree(request: ApiRequest, endpoint: Endpoint, raw_body: bytes) -> Tree:
    """What was given, in the query string and in the body alike."""
    query: bytes = request.scope["query_string"]
    if endpoint.method == "GET":
        return read_form(query)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if raw_body and media_type not in _ACCEPTED[endpoint.body]:
        raise ApiError(_WRONG_MEDIA_TYPE[endpoint.body])
    if endpoint.body == "json":
        return read_form(query) | read_json(raw_body)
    return read_form(b"&".join((query, raw_body)))


def _tree_of_upload(request: ApiRequest, posted: Posted) -> Tree:
    """The same of a form with files. In the place of a file stands what tells it from any other."""
    query: bytes = request.scope["query_string"]
    tree = read_form(b"&".join((query, urlencode(posted.fields).encode())))
    for name in posted.too_large:
        tree[name] = "too large"
    for name, content in posted.files.items():
        tree[name] = hashlib.sha256(content).hexdigest()
    return tree


def _idempotency_key(request: ApiRequest) -> str | None:
    key = request.headers.get("idempotency-key")
    if not key:
        return None
    if len(key) > IDEMPOTENCY_KEY_LENGTH:
        raise ApiError(
            f"Idempotency keys have at most {IDEMPOTENCY_KEY_LENGTH} characters; this one has {len(key)}.",
            type="idempotency_error",
        )
    return key


def _request_hash(request: ApiRequest, tree: Tree) -> bytes:
    """What makes two requests the same: address and parameters, in whatever order they were written."""
    asked = (request.scope["method"], request.scope["path"], tree)
    return hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).digest()


def _response(status: int, body: bytes, headers: dict[str, str]) -> Response[bytes]:
    return Response(content=body, status_code=status, media_type="application/json", headers=headers)
