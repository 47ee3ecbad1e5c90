"""A real mail server for tests: takes letters, or gives the answers that a test asks for."""

import asyncio
import contextlib
import datetime
import ipaddress
import logging
import ssl
from collections.abc import AsyncIterator, Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


class Station:
    """What arrived, and what the server answers to each command where it is not "yes"."""

    def __init__(self) -> None:
        self.port = 0
        self.envelopes: list[Envelope] = []
        self.mail_answer: str | None = None
        self.recipient_answer: str | None = None
        self.data_answer = "250 OK queued as 4711"
        self.auth_answer: str | None = None
        self.encrypted: list[bool] = []

    def messages(self) -> list[EmailMessage]:
        """The letters that arrived, parsed anew from their bytes."""
        return [message_from_bytes(each.content, policy=policy.default) for each in self.envelopes]

    async def handle_MAIL(self, server, session, envelope, address, options) -> str:  # noqa: N802
        if self.mail_answer is None:
            envelope.mail_from = address
        return self.mail_answer or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        if self.recipient_answer is None:
            envelope.rcpt_tos.append(address)
        return self.recipient_answer or "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        self.encrypted.append(session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None)
        if self.data_answer.startswith("250"):
            self.envelopes.append(envelope)
        return self.data_answer

    def authenticate(self, server, session, envelope, mechanism, data) -> AuthResult:
        if self.auth_answer is not None:
            return AuthResult(success=False, handled=False, message=self.auth_answer)
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"shop", b"correct horse")
        return AuthResult(success=right, handled=False)


@contextlib.asynccontextmanager
async def open_station(tls: str = "none", certificate: Path | None = None, **options: object) -> AsyncIterator[Station]:
    """A station on a free port of 127.0.0.1, in this event loop."""
    station = Station()
    # The station's own log quotes the letters, and tests look for them in the log of the channel.
    logging.getLogger("mail.log").disabled = True
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

    def protocol() -> SMTP:
        return SMTP(
            station,
            hostname="mail.example.com",
            tls_context=context if tls == "starttls" else None,
            require_starttls=tls == "starttls",
            authenticator=station.authenticate,
            **{"enable_SMTPUTF8": True, "auth_require_tls": tls == "starttls", **options},
        )

    server = await asyncio.get_running_loop().create_server(
        protocol, "127.0.0.1", 0, ssl=context if tls == "tls" else None
    )
    station.port = server.sockets[0].getsockname()[1]
    async with server:
        yield station


def throw_away_certificate(folder: Path, name: str = "127.0.0.1") -> tuple[Path, str]:
    """A self-signed certificate with its key in one file, and the certificate alone in PEM form."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    host = x509.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([host]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    path = folder / f"{name}.pem"
    path.write_bytes(
        pem
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path, pem.decode()


@pytest.fixture
def mail_station() -> Callable[..., contextlib.AbstractAsyncContextManager[Station]]:
    """`async with mail_station(tls, certificate) as station`: a mail server for the length of a block."""
    return open_station


@pytest.fixture
def certificate_for(tmp_path: Path) -> Callable[[str], tuple[Path, str]]:
    """Makes a self-signed certificate for a host: the path of certificate and key, and the certificate as text."""
    return lambda name: throw_away_certificate(tmp_path, name)
