"""What a remote backend is asked besides commands, so that the book stays what the backend knows.

The book mirrors a remote backend in four ways, each of which alone would end in the same book:

* a first import walks its catalogue and its customers in pages (`Page`, `CustomerPage`), and goes on where it stopped;
* it tells that something happened (`Heard`), in any order, twice or never; what is told is only a reason to ask again;
* each command's answer is what the customer's account has become;
* a repair asks what happened since it was last heard of, and asks again about all that this concerns.

Everything that is asked again comes as snapshots whose version is the instant of asking, so an older answer never
replaces a newer one.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from frontdesk.changes import Changes
from frontdesk.import_pace import Mark
from frontdesk.secret import Secret

SubjectKind = Literal["customer", "product", "price", "coupon", "promotion_code", "tax_rate"]


class Subject(Struct, frozen=True):
    """What is asked about again, by the backend's id. What belongs to a customer is asked about with the customer."""

    kind: SubjectKind
    id: str


class Connected(Struct, frozen=True, kw_only=True):
    """Who is at the other end. `missing` names the permissions that the key lacks, in the backend's own words."""

    account: str
    name: str
    livemode: bool
    missing: tuple[str, ...] = ()


class Listening(Struct, frozen=True, kw_only=True):
    """An endpoint that the backend tells its events to, and the secret that it signs them with."""

    endpoint: str
    secret: Secret


class Heard(Struct, frozen=True, kw_only=True):
    """One thing that the backend says has happened. `about` is None where it concerns nothing that the book keeps.

    `account` is whose it is, where the backend says so.
    """

    id: str
    kind: str
    at: datetime
    livemode: bool
    about: Subject | None = None
    account: str | None = None


class Page(Struct, frozen=True, kw_only=True):
    """A part of the catalogue as snapshots. `after` asks for the next part; None where this is the last."""

    changes: Changes
    after: str | None = None


class CustomerPage(Struct, frozen=True, kw_only=True):
    """Ids of customers. `after` asks for the next part; None where this is the last."""

    customers: tuple[str, ...]
    after: str | None = None


class HeardPage(Struct, frozen=True, kw_only=True):
    """What has happened, oldest first. `after` asks for what came later; None where nothing has yet."""

    heard: tuple[Heard, ...]
    after: str | None = None


class Count(Struct, frozen=True, kw_only=True):
    """How many customers a backend has, as far as its pages were counted. `after` asks for the next one."""

    customers: int = 0
    after: str | None = None
    whole: bool = False


class Walk(Struct, frozen=True, kw_only=True):
    """How far a walk through all that a backend knows is: the catalogue first, then the customers, page by page.

    `after` asks for the present page, of whose customers `offset` are done. `done` counts the customers that are, and
    `seen` those whose ids are known by now. A first import counts ahead (`count`) and notes its pace (`marks`).
    """

    stage: Literal["catalogue", "customers", "done"] = "catalogue"
    after: str | None = None
    offset: int = 0
    done: int = 0
    seen: int = 0
    count: Count = Count()
    marks: tuple[Mark, ...] = ()

    @property
    def total(self) -> int | None:
        """How many customers there are; None while they are being counted."""
        return max(self.count.customers, self.seen) if self.count.whole else None


class AddMethod(Struct, frozen=True, kw_only=True):
    """A page of the backend's on which a customer adds a payment method; it leads back to one of the addresses.

    With `default`, what was added pays for everything from then on.
    """

    customer: str
    done_url: str
    back_url: str
    locale: str
    default: bool = True


class PayOnPage(Struct, frozen=True, kw_only=True):
    """A page of the backend's on which an open invoice is paid, or a payment is confirmed with the bank."""

    customer: str
    invoice: str


HostedPage = AddMethod | PayOnPage


class Forged(Exception):
    """What was told does not come from the backend, or comes too late. Nothing of it is kept."""
