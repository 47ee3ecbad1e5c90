"""The desk: all that a use case may touch. Core says what it needs; the tenants package is what gives it."""

from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from frontdesk.billing import Capabilities
from frontdesk.book import Account, Terms
from frontdesk.changes import Changes
from frontdesk.commands import AccountCommand
from frontdesk.coupons import DiscountChoice
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.quotes import Quote


class Actor(Struct, frozen=True, kw_only=True):
    """Who acts. The portal configuration binds customers only.

    `source` says how a customer came in: in a session begun by login link the e-mail address is never editable.
    `id` is what the audit keeps: an API key's id, a session's public id, a worker's name. `granted` are discounts that
    the tenant prepared for a customer (`frontdesk.flows`): they need not be asked for by a code.
    """

    kind: Literal["customer", "api", "staff", "scheduler"]
    id: str
    source: Literal["login_link", "api_session", "none"] = "none"
    granted: tuple[DiscountChoice, ...] = ()


class Desk(Protocol):
    """One customer's account, opened for one actor.

    `now` is the account's time at the moment the desk was opened: aware UTC. Where the backend is local the account
    is locked until the desk is closed. `suspended` says that the side is: see `frontdesk.suspension`.
    """

    @property
    def actor(self) -> Actor: ...
    @property
    def now(self) -> datetime: ...
    @property
    def account(self) -> Account: ...
    @property
    def terms(self) -> Terms: ...
    @property
    def configuration(self) -> PortalConfiguration: ...
    @property
    def capabilities(self) -> Capabilities: ...
    @property
    def suspended(self) -> bool: ...

    async def know(self, command: AccountCommand) -> None:
        """Add to `terms` what the command names of the catalogue, so that it can be judged. Unknown prices stay out."""

    async def preview(self, command: AccountCommand, at: datetime | None = None) -> Quote:
        """What the command would do `at` an instant (default `now`). Nothing is stored."""

    async def keep_quote(self, quote: Quote) -> None:
        """Store a quote, so that it can be confirmed by its id until it expires."""

    async def take_quote(self, id: str) -> Quote:
        """The stored quote, which is consumed when what follows is committed.

        Raises:
            Refused: `quote_unknown`, `quote_consumed` or `quote_expired`.
        """

    async def carry_out(self, *commands: AccountCommand, at: datetime | None = None) -> Changes:
        """Carry out the commands in order, all or none, as of `at` (default `now`), and commit.

        Afterwards `account` is the account as it has become.
        """
