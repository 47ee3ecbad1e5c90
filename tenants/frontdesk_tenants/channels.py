"""A side's live passcode channels, from a pool, behind a wall that keeps a plugin's bugs to its own tenant.

Settings are the side's own where it has some, else what the operator offers to everybody (its mail server). Letters go
by the first channel to e-mail addresses; passcodes by all channels in the side's order, of which there is never one to
phones alone: a number is handed on, and its owner locked out.
"""

import asyncio
import contextlib
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.channels import AddressKind, AnyChannel, Caps, Delivery, Destination, Letter, Report
from frontdesk.errors import FrontdeskError, Misconfigured, Unavailable
from frontdesk.plugins import PluginHost
from frontdesk.settings import decode_settings
from frontdesk_tenants.tables import tenant_plugins
from frontdesk_tenants.vault import Vault

if TYPE_CHECKING:
    from frontdesk_tenants.outside import Outside

CALL_TIMEOUT_SECONDS = 40
POOL_SIZE = 500
log = logging.getLogger("frontdesk.plugins")
Answer = TypeVar("Answer")
_Key = tuple[UUID, str, int, str]


class EnabledPlugin(Struct, frozen=True, kw_only=True):
    """A plugin that a side has switched on. `sealed` are its own settings, None where it has none.

    `outside` says that staff of the tenant gave them: it asks servers on the public internet alone.
    """

    name: str
    sealed: bytes | None
    version: int
    position: int | None = None
    outside: bool = False


async def enabled_plugins(connection: AsyncConnection) -> tuple[EnabledPlugin, ...]:
    """The plugins that are on for the side of this transaction, by name."""
    rows = await connection.execute(
        select(
            tenant_plugins.c.plugin,
            tenant_plugins.c.settings_sealed,
            tenant_plugins.c.settings_version,
            tenant_plugins.c.position,
            tenant_plugins.c.outside,
        )
        .where(tenant_plugins.c.enabled)
        .order_by(tenant_plugins.c.plugin)
    )
    return tuple(
        EnabledPlugin(
            name=row.plugin,
            sealed=row.settings_sealed,
            version=row.settings_version,
            position=row.position,
            outside=row.outside,
        )
        for row in rows
    )


class LiveChannel:
    """One side's channel. What it raises beyond the four errors is logged, without words, as `Unavailable`.

    `operators` says that it runs on the operator's settings and not on the side's own.
    """

    def __init__(self, channel: AnyChannel, tenant_id: UUID, *, operators: bool) -> None:
        self._channel = channel
        self._tenant_id = tenant_id
        self.operators = operators

    @property
    def name(self) -> str:
        """The name that the plugin gave it."""
        return self._channel.name

    @property
    def title(self) -> str:
        """What staff read."""
        return self._channel.title

    @property
    def address_kind(self) -> AddressKind:
        """What kind of address its letters go to."""
        return self._channel.address_kind

    @property
    def reports(self) -> bool:
        """Whether its carrier tells later on what became of a letter."""
        return self._channel.reports

    @property
    def caps(self) -> Caps | None:
        """How many letters may go; None where they cost nothing."""
        none: Caps | None = Caps(per_hour=0, per_day=0)
        return self._asked("caps", lambda: self._channel.caps, none)

    def destination(self, address: str) -> Destination | None:
        """See `PasscodeChannel.destination`."""
        return self._asked("destination", lambda: self._channel.destination(address), None)

    def read_report(self, report: Report) -> Delivery | None:
        """See `PasscodeChannel.read_report`."""
        return self._asked("read_report", lambda: self._channel.read_report(report), None)

    @property
    def own_senders(self) -> bool:
        """Whether letters may come from a domain of the side's own: by the operator's servers, which it names."""
        return self.operators and self._channel.own_senders

    @property
    def sender(self) -> str | None:
        """The address that letters come from which name none; None where the channel's settings do not tell."""
        sender = getattr(self._channel.settings, "sender", None)
        return sender if isinstance(sender, str) else None

    async def deliver(self, letter: Letter) -> Delivery:
        """See `PasscodeChannel.deliver`. Raises Unavailable or Misconfigured."""
        if not self.own_senders:
            # A key is shown to nobody who did not say what for.
            letter = replace(letter, sender=None, dkim=None)
        if not self.reports:
            letter = replace(letter, report_url=None)
        return await self._guarded("deliver", self._channel.deliver(letter))

    async def check(self) -> None:
        """See `PasscodeChannel.check`. Raises Unavailable or Misconfigured."""
        await self._guarded("check", self._channel.check())

    async def aclose(self) -> None:
        """Let go of what the channel holds."""
        try:
            await self._channel.aclose()
        except Exception:
            log.exception("plugin failed", extra={"plugin": self._channel.name, "call": "aclose"})

    async def _guarded(self, call: str, answer: Awaitable[Answer]) -> Answer:
        try:
            async with asyncio.timeout(CALL_TIMEOUT_SECONDS):
                return await answer
        except FrontdeskError:
            raise
        except TimeoutError as error:
            raise Unavailable("The channel took too long.", retry_after=30) from error
        except Exception as error:
            self._tell(call, error)
            raise Unavailable("The channel has a fault and is being looked after.", retry_after=60) from None

    def _asked(self, call: str, ask: Callable[[], Answer], otherwise: Answer) -> Answer:
        try:
            return ask()
        except Exception as error:
            self._tell(call, error)
            return otherwise

    def _tell(self, call: str, error: Exception) -> None:
        # Neither message nor traceback: both may quote the letter, and a passcode with it.
        log.error(
            "plugin failed",
            extra={
                "plugin": self._channel.name,
                "tenant": str(self._tenant_id),
                "call": call,
                "error": type(error).__name__,
            },
        )


def _way_out() -> "Outside":
    from frontdesk_tenants.outside import Outside

    return Outside()


class ChannelPool:
    """Live channels by (side, name, version of its settings, operator's offer), the least used let go first.

    `outside` makes the way to servers that tenants name; it is asked when a channel first needs one.
    """

    def __init__(self, host: PluginHost, vault: Vault, outside: "Callable[[], Outside]" = _way_out) -> None:
        self._host = host
        self._vault = vault
        self.outside = outside
        self._live: OrderedDict[_Key, LiveChannel] = OrderedDict()

    async def of(self, connection: AsyncConnection, tenant_id: UUID, offered: Mapping[str, Any]) -> LiveChannel:
        """The channel of this side for letters: in its order, the first to e-mail addresses that can be opened.

        `offered` are the operator's settings, of which a channel takes those that it knows.

        Raises:
            Misconfigured: no enabled plugin provides such a channel, or the settings of none fit.
        """
        kinds = self._host.otp_channels()
        problem = Misconfigured("No plugin that carries letters is switched on.", "plugins")
        for each in await self._chosen(connection):
            if kinds[each.name].address_kind != "email":
                continue
            try:
                return await self._opened(kinds[each.name], tenant_id, each, offered)
            except Misconfigured as error:
                problem = error
        raise problem

    async def in_order(
        self, connection: AsyncConnection, tenant_id: UUID, offered: Mapping[str, Any], gateway: Mapping[str, Any]
    ) -> tuple[LiveChannel, ...]:
        """The channels that passcodes of this side go by, in its order; those that cannot be opened are left out.

        `gateway` is to channels to phones what `offered` is to those to e-mail addresses, without one of which there is
        none to phones either.
        """
        kinds = self._host.otp_channels()
        opened = []
        for each in await self._chosen(connection):
            offer = offered if kinds[each.name].address_kind == "email" else gateway
            with contextlib.suppress(Misconfigured):
                opened.append(await self._opened(kinds[each.name], tenant_id, each, offer))
        return tuple(opened) if any(each.address_kind == "email" for each in opened) else ()

    async def _chosen(self, connection: AsyncConnection) -> list[EnabledPlugin]:
        kinds = self._host.otp_channels()
        found = [each for each in await enabled_plugins(connection) if each.name in kinds]
        ranked = [(each, kinds[each.name].address_kind) for each in found]
        mails = [each.position for each, kind in ranked if kind == "email" and each.position is not None]
        first_mail = min(mails, default=None)
        return [each for each, _ in sorted(ranked, key=lambda pair: rank(pair[0], pair[1], first_mail))]

    def tried(self, kind: type[AnyChannel], settings: Struct, tenant_id: UUID) -> LiveChannel:
        """A channel with settings that staff have typed, to be tried and let go of (`aclose`)."""
        opened = kind(settings)
        opened.transport = self.outside().transport()
        return LiveChannel(opened, tenant_id, operators=False)

    def operators(self, house: UUID, offered: Mapping[str, Any]) -> LiveChannel:
        """The channel for letters of the house itself: the first to e-mail addresses that the operator's settings fit.

        Raises:
            Misconfigured: there is none.
        """
        problem = Misconfigured("No plugin that carries letters is installed.", "plugins")
        for name, kind in sorted(self._host.otp_channels().items()):
            if kind.address_kind != "email":
                continue
            fitting = {field: value for field, value in offered.items() if field in kind.Settings.__struct_fields__}
            key = (house, name, 0, _digest(fitting))
            try:
                if key not in self._live:
                    opened = kind(decode_settings(kind.Settings, fitting))
                    self._live[key] = LiveChannel(opened, house, operators=True)
            except Misconfigured as error:
                problem = error
                continue
            return self._live[key]
        raise problem

    async def _opened(
        self, kind: type[AnyChannel], tenant_id: UUID, plugin: EnabledPlugin, offered: Mapping[str, Any]
    ) -> LiveChannel:
        stored = self._vault.open_settings(plugin.sealed, tenant_id, plugin.name) if plugin.sealed else {}
        if not stored:
            stored = {name: value for name, value in offered.items() if name in kind.Settings.__struct_fields__}
        # The vault's secrets change with their version; the operator's offer only with its own content.
        offer = "" if plugin.sealed else _digest(stored)
        key = (tenant_id, plugin.name, plugin.version, offer)
        if key not in self._live:
            opened = kind(decode_settings(kind.Settings, stored))
            if plugin.outside:
                opened.transport = self.outside().transport()
            self._live[key] = LiveChannel(opened, tenant_id, operators=not plugin.sealed)
            while len(self._live) > POOL_SIZE:
                _, oldest = self._live.popitem(last=False)
                await oldest.aclose()
        self._live.move_to_end(key)
        return self._live[key]

    async def aclose(self) -> None:
        """Let go of all."""
        while self._live:
            _, each = self._live.popitem()
            await each.aclose()


def rank(plugin: EnabledPlugin, kind: AddressKind, first_mail: int | None) -> tuple[bool, int, bool, bool, bool, str]:
    """Where a channel stands: as the side ordered it; else mail before texts, and settings of its own before others.

    A mail server of its own that came after the side ordered them takes the place of its first to e-mail addresses.
    """
    position = plugin.position
    if position is None and kind == "email" and plugin.sealed is not None:
        position = first_mail
    new = plugin.position is None
    return position is None, position or 0, not new, kind != "email", plugin.sealed is None, plugin.name


def _digest(settings: Mapping[str, Any]) -> str:
    return hashlib.sha256(msgspec.json.encode(settings, order="sorted")).hexdigest()
