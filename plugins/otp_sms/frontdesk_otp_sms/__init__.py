"""Carries passcodes as text messages, through an HTTP gateway."""

from frontdesk import PasscodeChannel, hookimpl
from frontdesk_otp_sms.channel import SmsChannel
from frontdesk_otp_sms.settings import SmsSettings

__all__ = ["SmsChannel", "SmsSettings"]


@hookimpl
def otp_channels() -> list[type[PasscodeChannel[SmsSettings]]]:
    """The one channel of this plugin."""
    return [SmsChannel]
