"""The DNS as tenants' domains are checked in it: TXT records, asked for at the operator's name servers.

Never long: whoever waits is a person or a worker with other work to do.
"""

import asyncio
from collections.abc import Iterable

from dns.asyncresolver import Resolver
from dns.exception import DNSException
from dns.nameserver import Do53Nameserver
from dns.resolver import NXDOMAIN, NoAnswer

from frontdesk.mail_records import Answer

TRY_SECONDS = 1.5
"""How long one name server is waited for."""
ALL_SECONDS = 4.0
"""How long all tries for one name may take."""
UDP_BYTES = 1232
"""The size of answers that crosses every network in one piece; longer ones are asked for over TCP."""


class NameServers:
    """Asks for TXT records. `servers` are addresses and ports; none means the machine's own."""

    def __init__(self, servers: Iterable[tuple[str, int]] = ()) -> None:
        self._servers = [Do53Nameserver(address, port) for address, port in servers]

    async def texts(self, names: Iterable[str]) -> dict[str, Answer]:
        """What lies under each name. Never raises: a name that nobody answers for is not `answered`."""
        wanted = tuple(names)
        answers = await asyncio.gather(*(self._texts(name) for name in wanted))
        return dict(zip(wanted, answers, strict=True))

    async def _texts(self, name: str) -> Answer:
        try:
            found = await self._resolver().resolve(name + ".", "TXT", lifetime=ALL_SECONDS, search=False)
        except NXDOMAIN as error:
            return Answer(alias=_alias(name, str(error.canonical_name)))
        except NoAnswer as error:
            return Answer(alias=_alias(name, str(error.kwargs["response"].canonical_name())))
        except (DNSException, OSError):
            return Answer(answered=False)
        texts = sorted(b"".join(each.strings).decode("utf-8", "replace") for each in found)
        return Answer(texts=tuple(texts), alias=_alias(name, str(found.canonical_name)))

    def _resolver(self) -> Resolver:
        resolver = Resolver(configure=not self._servers)
        if self._servers:
            resolver.nameservers = list(self._servers)
        resolver.timeout = TRY_SECONDS
        resolver.use_edns(0, 0, UDP_BYTES)
        return resolver


def _alias(name: str, canonical: str) -> str | None:
    canonical = canonical.rstrip(".").lower()
    return None if canonical == name.lower() else canonical
