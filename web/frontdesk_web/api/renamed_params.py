"""Refusals whose parameter stands elsewhere in this request than where the rule knows it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from frontdesk.errors import Refused
from frontdesk_web.api.errors import ApiError, no_such_named


@contextmanager
def renamed_params(rename: Callable[[str], str]) -> Iterator[None]:
    """Give what is refused within the parameter's name that `rename` makes of it. Raises what was raised."""
    try:
        yield
    except Refused as refused:
        refusal = refused.refusal
        if refusal.param is None:
            raise
        raise Refused(replace(refusal, param=rename(refusal.param))) from refused
    except ApiError as error:
        if error.param is not None:
            before, error.param = error.param, rename(error.param)
            error.message = error.message.replace(f"param: {before}.", f"param: {error.param}.")
        raise


def inside(group: str) -> Callable[[str], str]:
    """What is known as `items[0][price]` stands inside of a group: `group[items][0][price]`."""

    def rename(param: str) -> str:
        first, bracket, rest = param.partition("[")
        return f"{group}[{first}]{bracket}{rest}"

    return rename


@contextmanager
def named_by(kind: str, param: str) -> Iterator[None]:
    """What a parameter names, and a rule finds missing, is answered as of that parameter."""
    try:
        yield
    except Refused as refused:
        refusal = refused.refusal
        if refusal.missing and refusal.param in (None, "id"):
            raise no_such_named(kind, str(refusal.parameters.get("id", "")), param) from refused
        raise
