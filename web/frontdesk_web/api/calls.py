"""What an act of the API is given, what it is announced by, and how it shows lists and metadata."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Literal, TypeAlias, TypeVar

from msgspec import Struct

from frontdesk.book import Invoice, MetadataChange
from frontdesk.book import Metadata as MetadataMap
from frontdesk.catalogue_commands import CatalogueCommand
from frontdesk.desk import Actor
from frontdesk.given_ids import id_given
from frontdesk.ids import Ids, IdSource
from frontdesk_tenants import catalogues, listings
from frontdesk_tenants.api_keys import ApiKey
from frontdesk_tenants.clocks import hold_for_customer
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.desks import desk_on, open_desk
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.files import File
from frontdesk_tenants.listings import Kind
from frontdesk_tenants.local_desk import LocalDesk
from frontdesk_tenants.paging import Cursor, NoSuchCursor, Page, Span
from frontdesk_tenants.remote_desk import RemoteDesk
from frontdesk_web.api import errors
from frontdesk_web.api.areas import refuse_unpermitted_kind
from frontdesk_web.api.errors import ApiError, no_such, no_such_named
from frontdesk_web.api.parameters import Many, SpanOf, Text, Whole
from frontdesk_web.site import Site
from frontdesk_web.uploads import Posted

Listed = TypeVar("Listed")
CURSOR: dict[str, Any] = {
    "limit": Whole(minimum=1, maximum=100),
    "starting_after": Text(maximum=255),
    "ending_before": Text(maximum=255),
}
CREATED: dict[str, Any] = {"created": SpanOf()}
EXPAND = Many(of=Text(maximum=500), clears=True)


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
