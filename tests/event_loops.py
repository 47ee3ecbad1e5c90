"""The loop that tests run on: that of the servers, which uvicorn takes too. A sixth of their time goes to asyncio's.

pytest-asyncio would rather have loop factories. Those are a parameter of every test, by which pytest puts the tests of
a file in another order, and not in the same one on each worker.
"""

import asyncio

import pytest
import uvloop


@pytest.fixture(scope="session")
def event_loop_policy() -> asyncio.AbstractEventLoopPolicy:
    """See pytest-asyncio."""
    policy: asyncio.AbstractEventLoopPolicy = uvloop.EventLoopPolicy()
    return policy
