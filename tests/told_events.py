"""What was told of, as `/v1/events` shows it."""

import httpx
from stripe_openapi import object_faults


def types_since(http: httpx.Client, known: int = 0) -> list[str]:
    """The types of what happened, oldest first."""
    events = http.get("/v1/events", params={"limit": "100"}).json()["data"]
    for each in events:
        assert object_faults("event", each) == []
        assert object_faults(each["data"]["object"]["object"], each["data"]["object"]) == [], each["type"]
    return [each["type"] for each in reversed(events)][known:]
