"""The plugin host: finds plugins, leaves broken ones out, and asks the others.

A host is an object, not a global: a process makes one at start, a test makes its own. It calls the implementations
itself, one by one, so that the failure of one plugin never takes another's answer with it.
"""

import asyncio
import inspect
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
import pluggy
from msgspec import Struct

from frontdesk import hookspecs
from frontdesk.billing import AnyBackend
from frontdesk.book import Account
from frontdesk.channels import AnyChannel
from frontdesk.contracts import CONTRACTS, broken_terms
from frontdesk.events import Event
from frontdesk.message_catalogues import catalogues_in
from frontdesk.panels import Panel
from frontdesk.sentences import parted
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
        self._registry = _registry()
        self._installed: list[InstalledPlugin] = []
        self._broken: list[BrokenPlugin] = []
        self._provided: dict[str, dict[str, type]] = {hook: {} for hook in CONTRACTS}
        self._catalogues: dict[str, Mapping[str, Path]] = {}
        self._origins: dict[tuple[str, str], str] = {}

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

    def panels(self, account: Account, enabled: Collection[str]) -> tuple[Panel, ...]:
        """The panels of the `enabled` plugins, by plugin name. What fails is left out and logged."""
        return tuple(
            panel
            for implementation in self._implementations("portal_panels", enabled)
            for panel in _panels(implementation, account)
        )

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
            self._leave_out(entry_point.name, distribution[0], _told(error))
            return
        try:
            self._take_in(entry_point.name, distribution, plugin)
        except ValueError as error:
            self._leave_out(entry_point.name, distribution[0], str(error))

    def _take_in(self, name: str, distribution: tuple[str, str], plugin: object) -> None:
        hooks, provided, catalogues = _examined(name, plugin)
        self._claim("plugins", name, distribution[0])
        for hook, classes in provided.items():
            for each in classes:
                self._claim(hook, each, distribution[0])
            self._provided[hook].update(classes)
        if catalogues:
            self._catalogues[name] = catalogues
        self._registry.register(plugin, name)
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


def _registry() -> pluggy.PluginManager:
    registry = pluggy.PluginManager(hookspecs.PROJECT)
    registry.add_hookspecs(hookspecs)
    return registry


def _examined(name: str, plugin: object) -> tuple[tuple[str, ...], dict[str, dict[str, type]], dict[str, Path]]:
    """A plugin's hooks, the classes that it provides, and its catalogues of messages by language.

    Raises ValueError with the reason if it is broken.
    """
    trial = _registry()
    try:
        trial.register(plugin, name)
        trial.check_pending()
    except Exception as error:
        raise ValueError(_told(error)) from error
    implementations = {
        caller.name: caller.get_hookimpls()[0] for caller in trial.get_hookcallers(plugin) or () if caller.name
    }
    for hook, implementation in implementations.items():
        if implementation.wrapper or implementation.hookwrapper:
            raise ValueError(f"{hook} wraps other plugins' answers, which no hook of Frontdesk allows")
        returns = inspect.signature(getattr(hookspecs, hook)).return_annotation
        if returns is not None and inspect.iscoroutinefunction(implementation.function):
            raise ValueError(f"{hook} is async, and only hooks that announce may be")
    provided = {hook: _provided(hook, each) for hook, each in implementations.items() if hook in CONTRACTS}
    for each in (each for classes in provided.values() for each in classes.values()):
        whose, title = parted(str(vars(each).get("title", "")))
        if whose not in ("", name):
            raise ValueError(f"{each.__name__}.title {title!r} is marked as {whose!r}, and this plugin is {name!r}")
    return tuple(sorted(implementations)), provided, _catalogues(name, implementations.get("message_catalogues"))


def _catalogues(name: str, implementation: pluggy.HookImpl | None) -> dict[str, Path]:
    if implementation is None:
        return {}
    folder = _answer("message_catalogues", implementation)
    try:
        return catalogues_in(folder, name)
    except ValueError as error:
        raise ValueError(f"message_catalogues {error}") from error


def _answer(hook: str, implementation: pluggy.HookImpl) -> Any:
    try:
        return _called(implementation)
    except Exception as error:
        raise ValueError(f"{hook} failed: {_told(error)}") from error


def _provided(hook: str, implementation: pluggy.HookImpl) -> dict[str, type]:
    classes = _answer(hook, implementation)
    if not isinstance(classes, Sequence) or isinstance(classes, str):
        raise ValueError(f"{hook} returned {type(classes).__name__} and not a list of classes")
    by_name: dict[str, type] = {}
    for each in classes:
        if reasons := broken_terms(hook, each):
            raise ValueError(f"{hook}: {'; '.join(reasons)}")
        if each.name in by_name:
            raise ValueError(f"{hook} provides {each.name!r} twice")
        by_name[each.name] = each
    return by_name


def _called(implementation: pluggy.HookImpl, **arguments: object) -> Any:
    """The answer of one implementation, which gets the arguments that it names. Raises TypeError for a coroutine."""
    answer = implementation.function(*(arguments[name] for name in implementation.argnames))
    if inspect.isawaitable(answer):
        if inspect.iscoroutine(answer):
            answer.close()
        raise TypeError("it returned a coroutine, and only hooks that announce may")
    return answer


def _panels(implementation: pluggy.HookImpl, account: Account) -> tuple[Panel, ...]:
    try:
        # Once through msgspec: a struct does not check its types when it is made, and a page relies on them.
        return msgspec.convert(msgspec.to_builtins(_called(implementation, account=account) or ()), tuple[Panel, ...])
    except Exception:
        logger.exception("plugin failed", extra={"plugin": implementation.plugin_name, "hook": "portal_panels"})
        return ()


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
    return Announced(plugin=plugin, hook=hook, error=_told(answer))


def _distribution(entry_point: EntryPoint) -> tuple[str, str]:
    distribution = entry_point.dist
    return (distribution.name, distribution.version) if distribution is not None else ("", "")


def _spelled(name: str) -> str:
    return name.strip().casefold().replace("-", "_")


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")
