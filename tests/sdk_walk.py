"""Walks the table of `sdk_table` with Stripe's own library for Python, waiting for each answer or not."""

import base64
import io
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from functools import reduce
from typing import Any

import pytest
import stripe
from sdk_table import Step

Kept = dict[str, Any]


def walk(client: stripe.StripeClient, steps: list[Step]) -> None:
    """The walk with the methods that wait."""
    kept: Kept = {}
    for step in steps:
        with _noted(step):
            call, given = _call(client, step, kept)
            if step.refused:
                with pytest.raises(stripe.InvalidRequestError) as refused:
                    call(*given)
                _missing(refused.value)
            elif step.pages:
                _paged(step, kept, _counted(step, kept, call(*given).auto_paging_iter()))
            else:
                _judge(step, kept, call(*given))


async def walk_async(client: stripe.StripeClient, steps: list[Step]) -> None:
    """The walk with the methods that do not."""
    kept: Kept = {}
    for step in steps:
        with _noted(step):
            call, given = _call(client, step, kept, "_async")
            if step.refused:
                with pytest.raises(stripe.InvalidRequestError) as refused:
                    await call(*given)
                _missing(refused.value)
            elif step.pages:
                pages = (await call(*given)).auto_paging_iter()
                _paged(step, kept, [each async for each in _counted_async(step, kept, pages)])
            else:
                _judge(step, kept, await call(*given))


@contextmanager
def _noted(step: Step) -> Iterator[None]:
    """A failure says at which step it was."""
    try:
        yield
    except BaseException as error:
        error.add_note(str(step))
        raise


def _call(client: stripe.StripeClient, step: Step, kept: Kept, suffix: str = "") -> tuple[Any, list[Any]]:
    """The method of a step, and what it is called with."""
    root: Any = client if step.service.startswith("v2.") else client.v1
    service = reduce(getattr, step.service.split("."), root)
    params = _filled(step.params, kept)
    return getattr(service, step.act + suffix), [*_filled(step.places, kept), *([params] if params else [])]


def _filled(value: Any, kept: Kept) -> Any:
    """`$customers.1.id` is of what was kept as `customers.1`, and `@…` a file."""
    if isinstance(value, str) and value.startswith("$"):
        name, _, field = value[1:].rpartition(".")
        return kept[name][field]
    if isinstance(value, str) and value.startswith("@"):
        return io.BytesIO(base64.b64decode(value[1:]))
    if isinstance(value, Mapping):
        return {name: _filled(each, kept) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(each, kept) for each in value]
    return value


def _enough(step: Step, kept: Kept, listed: list[Any]) -> bool:
    return len(listed) >= step.least and {each.id for each in listed} >= set(_filled(step.seen, kept))


def _counted(step: Step, kept: Kept, pages: Iterator[Any]) -> list[Any]:
    listed: list[Any] = []
    for each in pages:
        listed.append(each)
        if _enough(step, kept, listed):
            break
    return listed


async def _counted_async(step: Step, kept: Kept, pages: AsyncIterator[Any]) -> AsyncIterator[Any]:
    listed: list[Any] = []
    async for each in pages:
        listed.append(each)
        yield each
        if _enough(step, kept, listed):
            return


def _paged(step: Step, kept: Kept, listed: list[Any]) -> None:
    assert _enough(step, kept, listed), [each.id for each in listed]
    if step.keep is not None and listed:
        kept[step.keep] = listed[0]


def _judge(step: Step, kept: Kept, answer: Any) -> None:
    if step.keep is not None:
        kept[step.keep] = answer
    if step.expanded is not None:
        assert reduce(getattr, step.expanded.split("."), answer).object
    for name, value in step.echo.items():
        got = answer[name].to_dict() if isinstance(value, Mapping) else answer[name]
        assert value in ("", got)


def _missing(refused: stripe.InvalidRequestError) -> None:
    assert (refused.http_status, refused.code) == (404, "resource_missing")
    assert refused.request_id
