"""Why what is sold or taxed cannot be so, in sentences that only who keeps the catalogue can see."""

from typing import NoReturn

from frontdesk.errors import Refusal, Refused


def wrong(
    code: str, sentence: str, /, param: str | None = None, api_code: str | None = None, **parameters: str | int
) -> Refusal:
    """What is wrong with `param`. `sentence` is Stripe's where it has one; `parameters` fill its places."""
    return Refusal(
        code=code,
        for_customer="This cannot be done now.",
        for_tenant=sentence,
        parameters=dict(parameters),
        param=param,
        api_code=api_code,
    )


def refuse(
    code: str, sentence: str, /, param: str | None = None, api_code: str | None = None, **parameters: str | int
) -> NoReturn:
    """Raises Refused, for what is `wrong`."""
    raise Refused(wrong(code, sentence, param, api_code, **parameters))
