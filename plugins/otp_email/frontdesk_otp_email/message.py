"""A letter as an e-mail message (RFC 5322), and what no message may be made of."""

import re
import unicodedata
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from time import time

from frontdesk import Letter

POLICY = SMTP.clone(cte_type="7bit")
"""Seven bits, so that a message passes every server unchanged."""

_BREAKS = frozenset({"Cc", "Cs", "Zl", "Zp"})
_ADDRESS = re.compile(r"""[^\s<>()\[\],;:\\"@]{1,64}@[^\s<>()\[\],;:\\"@]+""")
_MESSAGE_ID = re.compile(r"<[^\s<>@]+@[^\s<>@]+>", re.ASCII)


class Unwritable(ValueError):
    """A letter has a field that no message can carry. `field` is the letter's."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field} {reason}")
        self.field = field


def write_message(letter: Letter, sender: str) -> EmailMessage:
    """The message, from `sender`. The same letter gets the same Message-ID however often it is written.

    Raises:
        Unwritable: a field holds a line break or another control character (it could add headers), or an address is
            none.
    """
    for field in ("to", "subject", "sender_name", "reply_to", "message_id", "language"):
        if any(unicodedata.category(each) in _BREAKS for each in getattr(letter, field) or ""):
            raise Unwritable(field, "holds a control character")
    if any(unicodedata.category(each) in _BREAKS for each in sender):
        raise Unwritable("sender", "holds a control character")
    message = EmailMessage(POLICY)
    message["From"] = _address("sender", sender, letter.sender_name)
    message["To"] = _address("to", letter.to)
    if letter.reply_to:
        message["Reply-To"] = _address("reply_to", letter.reply_to)
    message["Subject"] = _literal(letter.subject)
    message["Message-ID"] = _message_id(letter.message_id)
    # When the message is handed over; a real clock's time even if the account is on a test clock.
    message["Date"] = datetime.fromtimestamp(time(), UTC)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office note comes back
    message.set_content(letter.text)
    if letter.html is not None:
        message.add_alternative(letter.html, subtype="html")
    # Last: to set the content is to drop the headers that describe it.
    message["Content-Language"] = letter.language
    return message


def envelope_address(address: str) -> str:
    """The address for SMTP: its domain in ASCII (RFC 5891); the part before it may need SMTPUTF8."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


def _address(field: str, address: str, name: str = "") -> Address:
    try:
        local, _, domain = envelope_address(address).rpartition("@")
    except UnicodeError as error:
        raise Unwritable(field, "is no address") from error
    if not _ADDRESS.fullmatch(address):
        raise Unwritable(field, "is no address")
    return Address(display_name=_literal(name), username=local, domain=domain)


def _literal(text: str) -> str:
    """The text with its encoded words (RFC 2047) spoiled: the standard library decodes them, line breaks and all."""
    return text.replace("=?", "= ?")


def _message_id(id: str) -> str:
    bracketed = id if id.startswith("<") else f"<{id}>"
    if not _MESSAGE_ID.fullmatch(bracketed):
        raise Unwritable("message_id", "is no message id")
    return bracketed
