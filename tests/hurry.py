"""A program that was told to ask again in a second may do so at once: tests have a thousand questions for one key.

What was counted is forgotten then, as it is when its second is over. How much may be asked in one second is proven in
`test_api_errors`.
"""

import time
from typing import Any

import httpx
import redis

_counters: dict[int | None, str] = {}


def counts_in(port: int, redis_url: str | None) -> None:
    """Say where the site on this port counts. One that counts in its database is not hurried."""
    if redis_url is None:
        _counters.pop(port, None)
    else:
        _counters[port] = redis_url


def asks_again(answer: httpx.Response) -> float | None:
    """The seconds after which somebody in a hurry asks again; None for an answer that is to be taken as it is."""
    if answer.status_code != 429 or "retry-after" not in answer.headers:
        return None
    counter = _counters.get(answer.request.url.port)
    if counter is not None:
        try:
            with redis.Redis.from_url(counter) as valkey:
                if counted := list(valkey.scan_iter("frontdesk:limit:*", count=1000)):
                    valkey.delete(*counted)
                return 0
        except redis.ConnectionError:
            pass  # It is away, as a test wants it: the site counts in its database meanwhile.
    return float(answer.headers["retry-after"])


def patiently(http: httpx.Client, method: str, path: str, **body: Any) -> httpx.Response:
    """An answer, asked for again where a key's requests of this second were used up."""
    while (seconds := asks_again(answer := http.request(method, path, **body))) is not None:
        time.sleep(seconds)
    return answer
