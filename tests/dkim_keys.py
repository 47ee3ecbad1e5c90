"""Key pairs for DKIM that are thrown away, and a verifier of signatures that is not ours."""

import base64

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from frontdesk import Secret
from frontdesk.channels import DkimKey


def throw_away_key(domain: str, selector: str) -> tuple[DkimKey, str]:
    """A new key, and the value of the TXT record under its selector."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    record = f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"
    return DkimKey(domain=domain, selector=selector, private_key=Secret(pem)), record


def verifies(message: bytes, record: str | None) -> bool:
    """Whether dkimpy, which shares no code with us, believes the signature with `record` in the DNS."""
    return bool(dkim.verify(message, dnsfunc=lambda name, timeout=5: record and record.encode()))
