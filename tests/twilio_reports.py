"""What Twilio tells of a text: a form, signed over the address that it is posted to."""

import base64
import hmac
from collections.abc import Mapping

from frontdesk import Report


def signed_report(
    url: str, form: Mapping[str, str], *, token: bytes = b"token", signed_url: str | None = None
) -> Report:
    """A report at an address, signed with a token; `signed_url` is what the signature is over, if another."""
    signed = (url if signed_url is None else signed_url) + "".join(name + form[name] for name in sorted(form))
    signature = base64.b64encode(hmac.digest(token, signed.encode(), "sha1")).decode()
    return Report(url=url, query={}, form=form, headers={"x-twilio-signature": signature})
