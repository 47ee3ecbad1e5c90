"""Whoever asks too often is told when to come again, by every face: 429 with Retry-After, which clients wait for."""

import ast
import inspect
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from litestar import Request

import frontdesk
import frontdesk_web
from frontdesk.errors import Refusal, Refused
from frontdesk_web.api.errors import described as described_to_programs
from frontdesk_web.problems import described as described_to_people
from frontdesk_web.refusal_answers import refusal_status, retry_headers

HERE = Path(frontdesk_web.__file__).parent
SAY_WHEN = {"refusal_answers.py", "api/errors.py", "api/floods.py"}
"""The modules that answer 429, each with Retry-After: all others go through `refusal_answers`."""
SAMPLES: dict[Any, Any] = {int: 3600, str: "clock_1"}


def for_now() -> list[Callable[..., Refusal]]:
    """What makes the refusals that are for a moment only, of all subjects."""
    found = []
    for path in sorted(Path(frontdesk.__file__).parent.glob("*refusals.py")):
        module = import_module(f"frontdesk.{path.stem}")
        for each in ast.parse(path.read_text()).body:
            if isinstance(each, ast.FunctionDef) and "for_now=True" in ast.unparse(each):
                found.append(getattr(module, each.name))
    return found


def made(make: Callable[..., Refusal]) -> Refusal:
    """A refusal with something in every place."""
    return make(*(SAMPLES[each.annotation] for each in inspect.signature(make, eval_str=True).parameters.values()))


FOR_NOW = for_now()


@pytest.mark.parametrize("make", FOR_NOW, ids=lambda make: make.__name__)
def test_what_is_refused_for_now_says_for_how_long(make: Callable[..., Refusal]) -> None:
    refusal = made(make)
    request: Request[Any, Any, Any] = Request({"type": "http", "path_params": {}, "headers": []})  # type: ignore[typeddict-item]
    assert refusal_status(refusal) == 429
    seconds = int(retry_headers(refusal)["Retry-After"])
    assert seconds >= 1
    assert described_to_people(request, Refused(refusal))[0::3] == (429, seconds)
    told = described_to_programs(request, Refused(refusal))
    assert (told.status, told.headers["Retry-After"]) == (429, str(seconds))


def test_nothing_else_answers_429() -> None:
    assert len(FOR_NOW) >= 3
    writes = re.compile(r"= ?429\b|[(,] ?429\b|HTTP_429|TooManyRequests")
    found = {
        path.relative_to(HERE).as_posix()
        for path in HERE.rglob("*.py")
        if "gallery" not in path.name and writes.search(path.read_text())
    }
    assert found == SAY_WHEN
    for name in SAY_WHEN:
        assert "Retry-After" in (HERE / name).read_text()
