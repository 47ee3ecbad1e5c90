"""Writes the reference of all hooks: `python -m frontdesk.hook_reference > docs/hooks.md`."""

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

from frontdesk import hookspecs

INTRODUCTION = """\
# Hooks

<!-- Written by `python -m frontdesk.hook_reference`: change core/frontdesk/hookspecs.py instead. -->

A plugin is a module (or object) with functions that carry the mark `@hookimpl` and a hook's name. How to write one:
[plugins.md](plugins.md).
"""

_MODULE = re.compile(r"\b(?:[a-z_]+\.)+(?=[A-Z])")


def hooks() -> Iterator[tuple[str, Callable[..., Any]]]:
    """All hooks by name, in the order of `frontdesk.hookspecs`."""
    for name, each in vars(hookspecs).items():
        if hasattr(each, f"{hookspecs.PROJECT}_spec"):
            yield name, each


def hook_reference() -> str:
    """The page, as Markdown."""
    grammar = inspect.getdoc(hookspecs) or ""
    parts = [INTRODUCTION, "\n".join(grammar.splitlines()[2:]) + "\n"]
    for name, function in hooks():
        signature = inspect.signature(function)
        parts.append(f"## `{name}({', '.join(signature.parameters)})`\n")
        parts.append(f"```python\n@hookimpl\ndef {name}{_written(signature)}: ...\n```\n")
        parts.append((inspect.getdoc(function) or "") + "\n")
    return "\n".join(parts)


def _written(signature: inspect.Signature) -> str:
    arguments = (f"{each.name}: {_type(each.annotation)}" for each in signature.parameters.values())
    return f"({', '.join(arguments)}) -> {_type(signature.return_annotation)}"


def _type(annotation: object) -> str:
    written = inspect.formatannotation(annotation)
    for alias in ("AnyBackend", "AnyChannel"):
        written = written.replace(inspect.formatannotation(getattr(hookspecs, alias)), alias)
    return _MODULE.sub("", written)


if __name__ == "__main__":
    sys.stdout.write(hook_reference())
