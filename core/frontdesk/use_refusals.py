"""Why a report of what was used is not taken, or not taken back."""

from frontdesk.errors import Refusal


def event_twice(identifier: str) -> Refusal:
    """A report is counted once, however often it is sent."""
    return Refusal(
        code="event_twice",
        for_customer="This cannot be done now.",
        for_tenant="An event already exists with identifier {identifier}.",
        parameters={"identifier": identifier},
        param="identifier",
        api_code="duplicate_meter_event",
    )


def event_name_taken(name: str) -> Refusal:
    """Of the meters that take events, one counts those of a name."""
    return Refusal(
        code="event_name_taken",
        for_customer="This cannot be done now.",
        for_tenant="There is already an active meter with the event name `{name}`.",
        parameters={"name": name},
        param="event_name",
    )


def use_already_billed(identifier: str, param: str = "timestamp") -> Refusal:
    """What was used in a period can be reported until that period is billed."""
    return Refusal(
        code="use_already_billed",
        for_customer="This cannot be done now.",
        for_tenant="The event `{identifier}` lies in a period that was billed already, so that it cannot be counted.",
        parameters={"identifier": identifier},
        param=param,
    )
