"""A DKIM signature (RFC 6376): the proof that a letter comes from the domain in its sender's address.

RSA with SHA-256, relaxed canonicalisation of head and body, so that servers on the way may fold and trim. It is
written here because what there is for it computes RSA in Python itself; `cryptography` does that in constant time.
"""

import base64
import hashlib
import re
import textwrap

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from frontdesk import Misconfigured
from frontdesk.channels import DkimKey

SIGNED = (
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding", "Content-Language", "Auto-Submitted",
)  # fmt: skip
"""The fields that are signed where they occur, as RFC 6376 §5.4.1 advises."""
ONCE = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Content-Type")
"""Fields that are named once more than they occur, so that nobody can add another one (RFC 6376 §5.4.2)."""

_FIELD = re.compile(rb"([!-9;-~]+):((?:[^\r\n]|\r\n[ \t])*)\r\n")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,253}", re.ASCII)
_SPACE = re.compile(rb"[ \t]+")
_LINE = 72


def signed(message: bytes, key: DkimKey, at: int) -> bytes:
    """The message with its signature in front. `at` is the time in seconds since 1970; lines end in CRLF.

    Raises:
        Misconfigured: the key is none, or its domain or selector could not stand in a field.
    """
    if not (_NAME.fullmatch(key.domain) and _NAME.fullmatch(key.selector)):
        raise Misconfigured("The domain that letters are signed for is none.", "sender")
    head, _, body = message.partition(b"\r\n\r\n")
    fields = {name.lower().decode(): value for name, value in _FIELD.findall(head + b"\r\n")}
    present = [name for name in SIGNED if name.lower() in fields]
    tags = (
        "v=1; a=rsa-sha256; c=relaxed/relaxed",
        f"d={key.domain}; s={key.selector}; t={at}",
        # Broken between names: within one a space would be part of it.
        f"h={_broken(' : '.join([*present, *ONCE]))}",
        f"bh={_base64(hashlib.sha256(_relaxed_body(body)).digest())}",
        "b=",
    )
    unsigned = ";\r\n ".join(tags).encode()
    covered = [_relaxed_field(name, fields[name.lower()]) for name in present]
    data = b"\r\n".join((*covered, _relaxed_field("DKIM-Signature", unsigned)))
    signature = _broken(_base64(_private(key).sign(data, PKCS1v15(), SHA256())))
    return b"DKIM-Signature: " + unsigned + signature.encode() + b"\r\n" + message


def _private(key: DkimKey) -> RSAPrivateKey:
    try:
        # We made the key ourselves; to check its primes again for each letter costs more than to sign.
        loaded = load_pem_private_key(
            key.private_key.reveal().encode(), password=None, unsafe_skip_rsa_key_validation=True
        )
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Misconfigured("The key that letters are signed with cannot be read.", "sender") from None
    if not isinstance(loaded, RSAPrivateKey):
        raise Misconfigured("The key that letters are signed with is none for RSA.", "sender")
    return loaded


def _relaxed_field(name: str, value: bytes) -> bytes:
    """A field by RFC 6376 §3.4.2: unfolded, spaces made one, none at the ends."""
    return name.lower().encode() + b":" + _SPACE.sub(b" ", value.replace(b"\r\n", b"")).strip(b" \t")


def _relaxed_body(body: bytes) -> bytes:
    """A body by RFC 6376 §3.4.4: spaces made one, none at the ends of lines, no empty lines at the end."""
    lines = [_SPACE.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _broken(text: str) -> str:
    """A value that may be longer than a line, folded."""
    return "\r\n  ".join(textwrap.wrap(text, _LINE, break_on_hyphens=False))
