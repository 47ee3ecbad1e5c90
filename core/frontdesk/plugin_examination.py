"""What is looked at before a plugin is taken in, and what its author reads where something is wrong with it.

Whatever can be known at start is said then, by the name that it has in the plugin: no tenant should be the first to
meet a hook that is misspelt or a method that is not async.
"""

import inspect
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

import pluggy
from msgspec import Struct

from frontdesk import hookspecs
from frontdesk.contracts import CONTRACTS, broken_terms
from frontdesk.message_catalogues import catalogues_in
from frontdesk.sentences import parted

SLOW_SECONDS = 1.0
"""A hook that takes longer at start is named in the log: every process and every command waits for it."""
_MARK = f"{hookspecs.PROJECT}_impl"
_HOOKS = frozenset(name for name, each in vars(hookspecs).items() if hasattr(each, f"{hookspecs.PROJECT}_spec"))

logger = logging.getLogger(__name__)


class Examined(Struct, frozen=True, kw_only=True):
    """A plugin's hooks, the classes that it provides by hook and name, its catalogues of messages by language."""

    hooks: tuple[str, ...]
    provided: Mapping[str, dict[str, type]]
    catalogues: Mapping[str, Path]


def registry() -> pluggy.PluginManager:
    """A registry of plugins that knows all hooks."""
    made = pluggy.PluginManager(hookspecs.PROJECT)
    made.add_hookspecs(hookspecs)
    return made


def examined(name: str, plugin: object) -> Examined:
    """What a plugin implements. Raises ValueError with the reason if it is broken."""
    _check_names(plugin)
    trial = registry()
    try:
        trial.register(plugin, name)
        trial.check_pending()
    except Exception as error:
        raise ValueError(told(error)) from error
    implementations = {
        caller.name: caller.get_hookimpls()[0] for caller in trial.get_hookcallers(plugin) or () if caller.name
    }
    for hook, implementation in implementations.items():
        if implementation.wrapper or implementation.hookwrapper:
            raise ValueError(f"{hook} wraps other plugins' answers, which no hook of Frontdesk allows")
        returns = inspect.signature(getattr(hookspecs, hook)).return_annotation
        if returns is not None and inspect.iscoroutinefunction(implementation.function):
            raise ValueError(f"{hook} is async, and only hooks that announce may be")
    provided = {hook: _provided(name, hook, each) for hook, each in implementations.items() if hook in CONTRACTS}
    catalogues = _catalogues(name, implementations.get("message_catalogues"))
    return Examined(hooks=tuple(sorted(implementations)), provided=provided, catalogues=catalogues)


def called(implementation: pluggy.HookImpl, **arguments: object) -> Any:
    """The answer of one implementation, which gets the arguments that it names. Raises TypeError for a coroutine."""
    answer = implementation.function(*(arguments[name] for name in implementation.argnames))
    if inspect.isawaitable(answer):
        if inspect.iscoroutine(answer):
            answer.close()
        raise TypeError("it returned a coroutine, and only hooks that announce may")
    return answer


def told(error: BaseException) -> str:
    """An error in a line, for operators and authors."""
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def _check_names(plugin: object) -> None:
    """Raises ValueError for a mark on what is no hook, for a hook without its mark, and for strange arguments."""
    for name in dir(plugin):
        function = inspect.getattr_static(plugin, name)
        if hasattr(function, _MARK):
            options = getattr(function, _MARK) or {}
            hook = options.get("specname") or name
            if hook not in _HOOKS:
                if options.get("optionalhook"):
                    continue
                # Few plugins have a misspelt hook, and every process would load what looks for it.
                from difflib import get_close_matches

                close = get_close_matches(hook, _HOOKS, n=1)
                meant = f": did you mean {close[0]!r}?" if close else "; docs/hooks.md lists all"
                raise ValueError(f"unknown hook {hook!r}{meant}")
            _check_arguments(hook, getattr(plugin, name))
        elif name in _HOOKS and inspect.isfunction(function) and function.__module__ == _module(plugin):
            raise ValueError(f"{name} has the name of a hook and lacks its mark: write @hookimpl above it")


def _check_arguments(hook: str, function: Callable[..., object]) -> None:
    given = tuple(inspect.signature(getattr(hookspecs, hook)).parameters)
    taken = inspect.signature(function).parameters.values()
    strange = [each.name for each in taken if each.name not in given and each.default is inspect.Parameter.empty]
    if strange:
        gives = f"{hook} gives {', '.join(given)}" if given else f"{hook} gives nothing"
        raise ValueError(f"{hook} takes an argument {strange[0]!r}, and {gives}")


def _module(plugin: object) -> str:
    return str(plugin.__name__) if inspect.ismodule(plugin) else type(plugin).__module__


def _provided(name: str, hook: str, implementation: pluggy.HookImpl) -> dict[str, type]:
    classes = _answer(hook, implementation)
    if not isinstance(classes, Sequence) or isinstance(classes, str):
        what = f"the class {classes.__name__}" if isinstance(classes, type) else type(classes).__name__
        raise ValueError(f"{hook} returned {what} and not a list of classes")
    by_name: dict[str, type] = {}
    for each in classes:
        if reasons := broken_terms(hook, each):
            raise ValueError(f"{hook}: {'; '.join(reasons)}")
        if each.name in by_name:
            raise ValueError(f"{hook} provides {each.name!r} twice")
        whose, title = parted(each.title)
        if whose not in ("", name):
            raise ValueError(f"{each.__name__}.title {title!r} is marked as {whose!r}, and this plugin is {name!r}")
        by_name[each.name] = each
    return by_name


def _catalogues(name: str, implementation: pluggy.HookImpl | None) -> dict[str, Path]:
    if implementation is None:
        return {}
    folder = _answer("message_catalogues", implementation)
    try:
        return catalogues_in(folder, name)
    except ValueError as error:
        raise ValueError(f"message_catalogues {error}") from error


def _answer(hook: str, implementation: pluggy.HookImpl) -> Any:
    began = monotonic()
    try:
        return called(implementation)
    except Exception as error:
        raise ValueError(f"{hook} failed: {told(error)}") from error
    finally:
        if (seconds := monotonic() - began) > SLOW_SECONDS:
            details = {"plugin": implementation.plugin_name, "hook": hook, "seconds": round(seconds, 1)}
            logger.warning("plugin is slow to start", extra=details)
