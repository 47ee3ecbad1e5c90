"""A gateway asked over HTTP, and what its answers mean where all gateways mean the same.

Text and number are in the body of a POST alone, never in an address: those stand in logs.
"""

import asyncio
import logging
import ssl
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from frontdesk import Delivery, Letter, Misconfigured, Report, Unavailable
from frontdesk.channels import unrevealing
from frontdesk_otp_sms.settings import SmsSettings

if TYPE_CHECKING:
    import httpx2

logger = logging.getLogger(__name__)

_MOST_BYTES = 16 * 1024


class Answer(Struct, frozen=True):
    """What a gateway said. It may quote the letter: show it through `quoted` alone."""

    status: int
    body: str


class Gateway(ABC):
    """What the two kinds have in common."""

    def __init__(self, settings: SmsSettings, transport: "httpx2.AsyncBaseTransport | None" = None) -> None:
        self.settings = settings
        self._transport = transport
        self._client: httpx2.AsyncClient | None = None

    @abstractmethod
    async def check(self) -> None:
        """Sign in without sending. Raises Misconfigured or Unavailable."""

    @abstractmethod
    async def hand_over(self, letter: Letter, number: str) -> Delivery:
        """Hand one text over. Raises Misconfigured or Unavailable."""

    @abstractmethod
    def read_report(self, report: Report) -> Delivery | None:
        """What a report says of a text; None for nothing final."""

    async def send(self, letter: Letter, number: str) -> Delivery:
        """Hand one text over, and log that. Raises Misconfigured or Unavailable."""
        delivery = await self.hand_over(letter, number)
        # Neither number nor words.
        logger.info(
            "text handed over",
            extra={"purpose": letter.purpose, "message_id": letter.message_id, "outcome": delivery.outcome},
        )
        return delivery

    async def ask(
        self,
        url: str,
        *,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
        sign_in: tuple[str, str] | None = None,
    ) -> Answer:
        """Ask the gateway once. What every gateway means by an answer is raised here.

        Raises:
            Unavailable: no answer in time, 429 or 5xx.
            Misconfigured: its certificate is not trusted, it leads elsewhere, or it is none (404, 405).
        """
        # Late, as where a client is opened: it takes four megabytes, and most processes send no texts.
        import httpx2

        auth = None if sign_in is None else httpx2.BasicAuth(*sign_in)
        try:
            # httpx's own time-outs are for each piece; one that drips must not hold a worker.
            async with asyncio.timeout(self.settings.timeout * 2):
                async with self._open().stream(
                    method,
                    url,
                    headers=dict(headers or {}),
                    content=content,
                    data=None if form is None else dict(form),
                    auth=auth,
                ) as response:
                    answer = Answer(response.status_code, await _beginning(response))
        except (httpx2.HTTPError, OSError, TimeoutError) as error:
            if isinstance(_root(error), ssl.SSLCertVerificationError):
                raise Misconfigured("The gateway's certificate is not trusted.", "url") from None
            # The error may hold the request, and that the letter.
            raise Unavailable("The gateway does not answer now.", retry_after=60) from None
        if answer.status == 429 or answer.status >= 500:
            raise Unavailable(f"The gateway says to try later ({answer.status}).", retry_after=60)
        if answer.status in (404, 405) or 300 <= answer.status < 400:
            raise Misconfigured(f"There is no gateway at this address ({answer.status}).", "url")
        return answer

    async def aclose(self) -> None:
        """Let go of connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _open(self) -> "httpx2.AsyncClient":
        import httpx2

        if self._client is None:
            self._client = httpx2.AsyncClient(
                transport=self._transport,
                timeout=self.settings.timeout,
                follow_redirects=False,
                trust_env=False,
                headers={"Accept": "*/*"},
            )
        return self._client


def quoted(answer: str, letter: Letter) -> str:
    """A gateway's answer as it may be kept."""
    return unrevealing(answer, letter)


async def _beginning(response: "httpx2.Response") -> str:
    body = b""
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) >= _MOST_BYTES:
            break
    return body[:_MOST_BYTES].decode("utf-8", "replace")


def _root(error: BaseException) -> BaseException:
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error
