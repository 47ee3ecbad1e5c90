"""What a tenant or the operator fills in to send texts through a gateway."""

import ipaddress
import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from frontdesk import Secret

_OWN_NETWORK = (".internal", ".local", ".svc")
_PRINTABLE = re.compile(r"[!-~]+", re.ASCII)


class SmsSettings(Struct, frozen=True, kw_only=True):
    """A gateway, what texts come from, and where they may go."""

    kind: Annotated[
        Literal["kannel", "twilio"],
        Meta(title="Kind of gateway", description="Whose interface it speaks. Many providers speak one of the two."),
    ]
    url: Annotated[
        str,
        Meta(
            title="Address",
            description="For Kannel the whole address, such as https://sms.example.com/cgi-bin/sendsms; for Twilio"
            " https://api.twilio.com.",
        ),
    ]
    account: Annotated[
        str, Meta(title="User name", description="For Twilio the account SID.", pattern=r"^[!-~]{1,100}$")
    ]
    secret: Annotated[Secret, Meta(title="Password", description="For Twilio the auth token.")]
    countries: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^[A-Za-z]{2}$")], ...],
        Meta(
            title="Countries",
            description="Codes such as DE, one a line. Numbers of all others get no texts.",
            min_length=1,
            max_length=250,
        ),
    ]
    originator: Annotated[
        str,
        Meta(
            title="Texts come from",
            description="A number such as +491751234567, or at most 11 letters and digits; for Twilio a messaging"
            " service (MG…) too. Empty for the gateway's own.",
            pattern=r"^(\+?[0-9]{3,15}|[A-Za-z0-9 ._&-]{1,11}|MG[0-9a-fA-F]{32})?$",
        ),
    ] = ""
    home_country: Annotated[
        str,
        Meta(
            title="Home country",
            description="Numbers without a country code are read as of this country. Empty: they get no texts.",
            pattern=r"^([A-Za-z]{2})?$",
        ),
    ] = ""
    per_hour: Annotated[int, Meta(title="Texts an hour", description="For all customers together.", ge=1, le=50)] = 50
    per_day: Annotated[int, Meta(title="Texts a day", description="For all customers together.", ge=1, le=1200)] = 500
    timeout: Annotated[
        float, Meta(title="Time-out", description="Seconds to wait for the gateway's answer.", ge=0.1, le=30)
    ] = 10.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or not _PRINTABLE.fullmatch(self.url):
            raise ValueError("The address must be one such as https://sms.example.com/cgi-bin/sendsms")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("The address holds neither password nor query: they have fields of their own")
        if parts.scheme == "http" and not _in_own_network(parts.hostname):
            raise ValueError("A password is never sent without encryption: choose an address that begins with https")
        if not _PRINTABLE.fullmatch(self.secret.reveal()):
            raise ValueError("The password must be of printable ASCII characters without spaces")

    @property
    def allowed(self) -> frozenset[str]:
        """The countries in capitals."""
        return frozenset(each.upper() for each in self.countries)


def _in_own_network(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_OWN_NETWORK)
    return address.is_private or address.is_loopback
