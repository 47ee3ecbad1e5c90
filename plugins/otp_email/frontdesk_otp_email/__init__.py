"""Carries passcodes and other letters by e-mail, over the tenant's own mail server."""

from frontdesk import PasscodeChannel, hookimpl
from frontdesk_otp_email.channel import EmailChannel
from frontdesk_otp_email.settings import EmailSettings

__all__ = ["EmailChannel", "EmailSettings"]


@hookimpl
def otp_channels() -> list[type[PasscodeChannel[EmailSettings]]]:
    """The one channel of this plugin."""
    return [EmailChannel]
