"""What a mail server's answer means to us (RFC 5321 §4.2): who can do something about it."""

import ssl

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from frontdesk import Delivery, Letter, Misconfigured, Unavailable
from frontdesk.channels import unrevealing


def meaning(error: Exception, letter: Letter | None) -> Delivery:
    """The delivery that an error of the mail client amounts to.

    Raises:
        Unavailable: an answer of 4xx, none in time, or no connection.
        Misconfigured: the server, its encryption, the password or the sender is refused.
    """
    match error:
        case SMTPRecipientsRefused(recipients=[first, *_]):
            return meaning(first, letter)
        case SMTPResponseException(code=code) if 400 <= code < 500:
            raise Unavailable(f"The mail server says to try later ({code}).", retry_after=60) from error
        case SMTPAuthenticationError(code=code):
            raise Misconfigured(
                f"The mail server refused the user name or the password ({code}).", "password"
            ) from error
        case SMTPResponseException(code=530):
            raise Misconfigured("The mail server wants a user name and a password (530).", "username") from error
        case SMTPRecipientRefused(code=code, message=message):
            return Delivery(outcome="bounced", detail=quoted(code, message, letter))
        case SMTPDataError(code=code, message=message) | SMTPSenderRefused(code=552 as code, message=message):
            return Delivery(outcome="rejected", detail=quoted(code, message, letter))
        case SMTPSenderRefused(code=code):
            raise Misconfigured(f"The mail server refused the sender address ({code}).", "sender") from error
        case SMTPResponseException(code=code):
            raise Misconfigured(f"The mail server refused the connection ({code}).", "host") from error
    if isinstance(_root(error), ssl.SSLCertVerificationError):
        raise Misconfigured("The mail server's certificate is not trusted.", "host") from error
    if isinstance(_root(error), ssl.SSLError):
        raise Misconfigured("The mail server does not speak this kind of encryption on this port.", "tls") from error
    if isinstance(error, OSError):
        raise Unavailable("The mail server does not answer now.", retry_after=60) from error
    if isinstance(error, SMTPException):
        field = "username" if "AUTH" in str(error) or "authentication" in str(error) else "tls"
        raise Misconfigured(f"The mail server does not support this: {field}.", field) from error
    raise error


def quoted(code: int | None, answer: str, letter: Letter | None) -> str:
    """A server's answer as we may keep it, its number in front."""
    return unrevealing(f"{code} {answer}" if code else answer, letter)


def _root(error: BaseException) -> BaseException:
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error
