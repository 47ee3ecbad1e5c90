"""The loop that tests run on: that of the servers, which uvicorn takes too. A sixth of their time goes to asyncio's."""

from asyncio import AbstractEventLoop
from collections.abc import Callable, Mapping

import uvloop


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], AbstractEventLoop]]:
    """See pytest-asyncio. With one alone, tests keep their names."""
    return {"uvloop": uvloop.new_event_loop}
