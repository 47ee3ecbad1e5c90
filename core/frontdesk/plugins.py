"""The plugin host: finds plugins, leaves broken ones out, and asks the others.

A host is an object, not a global: a process makes one at start, a test makes its own. It calls the implementations
itself, one by one, so that the failure of one plugin never takes another's answer with it.
"""

import asyncio
import inspect
import logging
import sys
from collections.abc import Collection, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType

import pluggy
from msgspec import Struct

from frontdesk import hookspecs
from frontdesk.billing import AnyBackend
from frontdesk.book import Account
from frontdesk.channels import AnyChannel
from frontdesk.contracts import CONTRACTS
from frontdesk.events import Event
from frontdesk.panel_calls import HOOK, PANEL_SECONDS, PanelCalls, ShownPanels
from frontdesk.plugin_examination import examined, registry, told
from frontdesk.tax_calculators import TaxCalculator
from frontdesk.tax_id_checkers import TaxIdChecker
from frontdesk.taxes import TaxCatalogue

logger = logging.getLogger(__name__)

ANNOUNCEMENT_SECONDS = 10.0
"""How long one plugin may take over one announcement."""


class InstalledPlugin(Struct, frozen=True, kw_only=True):
    """A plugin that works. `provides` holds what its classes are called, by hook."""

    name: str
    distribution: str
    version: str
    hooks: tuple[str, ...]
    provides: Mapping[str, tuple[str, ...]]


class BrokenPlugin(Struct, frozen=True, kw_only=True):
    """A plugin that was left out, and why. For the operator: the reason may quote code."""

    name: str
    distribution: str
    reason: str


class Announced(Struct, frozen=True, kw_only=True):
    """What one plugin made of an announcement; `error` is None where it went well."""

    plugin: str
    hook: str
    error: str | None = None


class PluginConflict(Exception):
    """Two plugins provide one name. Which of them a tenant means cannot be known, so nothing starts."""


class PluginHost:
    """All plugins of a process. Made by `load` from what is installed, or by `of` from what a test gives it."""

    def __init__(self) -> None:
        self._registry = registry()
        self._installed: list[InstalledPlugin] = []
        self._broken: list[BrokenPlugin] = []
        self._provided: dict[str, dict[str, type]] = {hook: {} for hook in CONTRACTS}
        self._catalogues: dict[str, Mapping[str, Path]] = {}
        self._origins: dict[tuple[str, str], str] = {}
        self._with_panels: frozenset[str] = frozenset()
        self._panel_calls = PanelCalls()

    @classmethod
    def load(cls, allowed: Iterable[str] | None = None) -> "PluginHost":
        """The host of all installed plugins, or of the `allowed` ones. Broken ones are left out and listed.

        Raises:
            PluginConflict: two plugins have one name or provide one name.
        """
        host = cls()
        found = sorted(entry_points(group=hookspecs.PROJECT), key=lambda each: (each.name, _distribution(each)[0]))
        wanted = None if allowed is None else {_spelled(each) for each in allowed}
        for entry_point in found:
            if wanted is None or _spelled(entry_point.name) in wanted:
                host._load(entry_point)
        for name in sorted((wanted or set()) - {_spelled(each.name) for each in found}):
            host._leave_out(name, "", "it is allowed but not installed")
        return host

    @classmethod
    def of(cls, **plugins: object) -> "PluginHost":
        """The host of exactly these modules or objects, by plugin name; for tests.

        Raises:
            ValueError: a plugin is broken.
            PluginConflict: two plugins provide one name.
        """
        host = cls()
        for name, plugin in plugins.items():
            host._take_in(name, (name, ""), plugin)
        return host

    def billing_backends(self) -> Mapping[str, type[AnyBackend]]:
        """The provided billing backends by name."""
        return MappingProxyType(self._provided["billing_backends"])

    def tax_catalogues(self) -> Mapping[str, type[TaxCatalogue]]:
        """The provided tax catalogues by name."""
        return MappingProxyType(self._provided["tax_catalogues"])

    def tax_calculators(self) -> Mapping[str, type[TaxCalculator]]:
        """The provided tax calculators by name."""
        return MappingProxyType(self._provided["tax_calculators"])

    def tax_id_checkers(self) -> Mapping[str, type[TaxIdChecker]]:
        """The provided tax id checkers by name."""
        return MappingProxyType(self._provided["tax_id_checkers"])

    def otp_channels(self) -> Mapping[str, type[AnyChannel]]:
        """The provided passcode channels by name."""
        return MappingProxyType(self._provided["otp_channels"])

    def message_catalogues(self) -> Mapping[str, Mapping[str, Path]]:
        """Where plugins say their sentences in other languages: by plugin, then by language."""
        return MappingProxyType(self._catalogues)

    def installed(self) -> list[InstalledPlugin]:
        """The plugins that work, by name."""
        return list(self._installed)

    def broken(self) -> list[BrokenPlugin]:
        """The plugins that were left out, by name."""
        return list(self._broken)

    def sources(self) -> tuple[Path, ...]:
        """Where the code of the plugins that work lies: a package's folder or a module's file each."""
        found = (_source(plugin) for _, plugin in sorted(self._registry.list_name_plugin()))
        return tuple(dict.fromkeys(each for each in found if each is not None))

    async def panels(
        self, account: Account, locale: str, enabled: Collection[str], seconds: float = PANEL_SECONDS
    ) -> ShownPanels:
        """The panels of the `enabled` plugins, by plugin name. What fails or is too slow is left out and logged."""
        if self._with_panels.isdisjoint(enabled):
            return ShownPanels()
        return await self._panel_calls.ask(self._implementations(HOOK, enabled), account, locale, seconds)

    async def announce(
        self, event: Event, enabled: Collection[str], seconds: float = ANNOUNCEMENT_SECONDS
    ) -> tuple[Announced, ...]:
        """Tell the `enabled` plugins at once; report how each took it. Never raises for a plugin's sake.

        A plain function runs in a thread: one that outlives its `seconds` is no longer waited for, but not stopped.
        """
        hook = str(type(event).__struct_config__.tag)
        if not hasattr(self._registry.hook, hook):
            return ()
        implementations = self._implementations(hook, enabled)
        answers = await asyncio.gather(
            *(_tell(each, event, seconds) for each in implementations), return_exceptions=True
        )
        return tuple(_announced(hook, *each) for each in zip(implementations, answers, strict=True))

    def _load(self, entry_point: EntryPoint) -> None:
        distribution = _distribution(entry_point)
        try:
            plugin = entry_point.load()
        # SystemExit: a module that was written as a script must not end the process that looks at it.
        except (Exception, SystemExit) as error:
            self._leave_out(entry_point.name, distribution[0], told(error))
            return
        try:
            self._take_in(entry_point.name, distribution, plugin)
        except ValueError as error:
            self._leave_out(entry_point.name, distribution[0], str(error))

    def _take_in(self, name: str, distribution: tuple[str, str], plugin: object) -> None:
        found = examined(name, plugin)
        hooks, provided = found.hooks, found.provided
        self._claim("plugins", name, distribution[0])
        for hook, classes in provided.items():
            for each in classes:
                self._claim(hook, each, distribution[0])
            self._provided[hook].update(classes)
        if found.catalogues:
            self._catalogues[name] = found.catalogues
        self._registry.register(plugin, name)
        if HOOK in hooks:
            self._with_panels |= {name}
        names = {hook: tuple(classes) for hook, classes in provided.items()}
        self._installed.append(
            InstalledPlugin(
                name=name, distribution=distribution[0], version=distribution[1], hooks=hooks, provides=names
            )
        )

    def _claim(self, what: str, name: str, distribution: str) -> None:
        if (what, name) in self._origins:
            raise PluginConflict(
                f"Two plugins provide {name!r} ({what.replace('_', ' ')}): {self._origins[what, name]} and"
                f" {distribution}. Uninstall one, or leave one out of FRONTDESK_PLUGINS."
            )
        self._origins[what, name] = distribution

    def _leave_out(self, name: str, distribution: str, reason: str) -> None:
        self._broken.append(BrokenPlugin(name=name, distribution=distribution, reason=reason))
        logger.error("plugin left out", extra={"plugin": name, "distribution": distribution, "reason": reason})

    def _implementations(self, hook: str, enabled: Collection[str]) -> list[pluggy.HookImpl]:
        others = [plugin for name, plugin in self._registry.list_name_plugin() if name not in enabled]
        caller = self._registry.subset_hook_caller(hook, remove_plugins=others)
        return sorted(caller.get_hookimpls(), key=lambda each: (each.trylast - each.tryfirst, each.plugin_name))


def allow_list(value: str | None) -> frozenset[str] | None:
    """What `FRONTDESK_PLUGINS` says: plugin names with commas between; not set means all, empty means none."""
    if value is None:
        return None
    return frozenset(name.strip() for name in value.split(",") if name.strip())


async def _tell(implementation: pluggy.HookImpl, event: Event, seconds: float) -> None:
    arguments = [{"event": event}[name] for name in implementation.argnames]
    async with asyncio.timeout(seconds):
        if inspect.iscoroutinefunction(implementation.function):
            await implementation.function(*arguments)
            return
        answer: object = await asyncio.to_thread(implementation.function, *arguments)
        if inspect.isawaitable(answer):
            await answer


def _announced(hook: str, implementation: pluggy.HookImpl, answer: BaseException | None) -> Announced:
    plugin = implementation.plugin_name
    if answer is None:
        return Announced(plugin=plugin, hook=hook)
    logger.error("plugin failed", extra={"plugin": plugin, "hook": hook}, exc_info=answer)
    return Announced(plugin=plugin, hook=hook, error=told(answer))


def _source(plugin: object) -> Path | None:
    module = plugin if inspect.ismodule(plugin) else inspect.getmodule(type(plugin))
    if module is None:
        return None
    for each in (sys.modules.get(module.__name__.partition(".")[0]), module):
        file = getattr(each, "__file__", None)
        if file is not None:
            path = Path(file)
            return path.parent if path.stem == "__init__" else path
    return None


def _distribution(entry_point: EntryPoint) -> tuple[str, str]:
    distribution = entry_point.dist
    return (distribution.name, distribution.version) if distribution is not None else ("", "")


def _spelled(name: str) -> str:
    return name.strip().casefold().replace("-", "_")
