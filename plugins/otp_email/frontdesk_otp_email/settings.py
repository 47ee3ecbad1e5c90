"""What a tenant fills in to send through its mail server."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from frontdesk import Secret


class EmailSettings(Struct, frozen=True, kw_only=True):
    """A mail server and the address that letters come from."""

    host: Annotated[str, Meta(title="Mail server", description="Its name, for instance smtp.example.com.")]
    sender: Annotated[
        str,
        Meta(
            title="Sender address",
            description="Letters come from this address. The mail server must let you use it.",
            pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+$",
        ),
    ]
    port: Annotated[
        int, Meta(title="Port", description="587 for STARTTLS, 465 for TLS, 25 for neither.", ge=1, le=65535)
    ] = 587
    tls: Annotated[
        Literal["starttls", "tls", "none"],
        Meta(title="Encryption", description="Choose none only for a mail server within your own network."),
    ] = "starttls"
    username: Annotated[str, Meta(title="User name", description="Empty if the mail server asks for none.")] = ""
    password: Annotated[Secret | None, Meta(title="Password")] = None
    ca_certificate: Annotated[
        str,
        Meta(
            title="Authority's certificate",
            description="In PEM form; only for a mail server whose certificate is of a private authority.",
        ),
    ] = ""
    timeout: Annotated[
        float,
        Meta(title="Time-out", description="Seconds to wait for each answer of the mail server.", ge=0.1, le=60),
    ] = 10.0

    def __post_init__(self) -> None:
        if self.username and self.tls == "none":
            raise ValueError("A password is never sent without encryption: choose STARTTLS or TLS")
