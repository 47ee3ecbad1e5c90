"""VIES by its REST interface (ec.europa.eu/taxation_customs/vies, technical information).

A number is sent in two parts, the country's two letters (`EL` for Greece, `XI` for Northern Ireland) and the rest. The
answer says `valid`; or it names errors, nearly all of which mean that somebody could not be asked. Countries that keep
names to themselves answer `---`.
"""

import ssl
from functools import cache
from typing import ClassVar

from msgspec import DecodeError, Struct, ValidationError, json

from frontdesk import RegisterAnswer, TaxIdChecker
from frontdesk.errors import Unavailable

URL = "https://ec.europa.eu/taxation_customs/vies/rest-api/check-vat-number"
SECONDS = 15.0
UNTOLD = "---"


class _Error(Struct, frozen=True):
    error: str


class _Answer(Struct, frozen=True, rename="camel"):
    valid: bool | None = None
    name: str | None = None
    address: str | None = None
    error_wrappers: tuple[_Error, ...] = ()


class Vies(TaxIdChecker):
    """Asks at `url`, which is VIES's own unless a test says otherwise."""

    name = "vies"
    title = "VIES"
    types: ClassVar[frozenset[str]] = frozenset({"eu_vat"})

    def __init__(self, url: str = URL) -> None:
        self._url = url

    async def check(self, type: str, value: str) -> RegisterAnswer:
        """See `TaxIdChecker.check`."""
        # Late: it takes four megabytes, and most processes never ask.
        import httpx2

        asked = {"countryCode": value[:2].upper(), "vatNumber": value[2:]}
        try:
            async with httpx2.AsyncClient(timeout=SECONDS, trust_env=False, verify=_trust()) as client:
                sent = await client.post(self._url, json=asked)
            answer = json.decode(sent.content, type=_Answer)
        except (httpx2.HTTPError, DecodeError, ValidationError) as error:
            raise Unavailable("VIES does not answer.") from error
        errors = [each.error for each in answer.error_wrappers]
        if "INVALID_INPUT" in errors:
            return RegisterAnswer(status="unverified")
        if errors or answer.valid is None:
            raise Unavailable(f"VIES could not be asked: {', '.join(errors) or sent.status_code}.")
        if not answer.valid:
            return RegisterAnswer(status="unverified")
        return RegisterAnswer(status="verified", name=_told(answer.name), address=_told(answer.address))


@cache
def _trust() -> ssl.SSLContext:
    """The system's certificate authorities: read once, since that takes longer than the question."""
    return ssl.create_default_context()


def _told(text: str | None) -> str | None:
    return text.strip() if text and text.strip() != UNTOLD else None
