"""What a side can say of when its programs are told: whole days, within bounds."""

from frontdesk.configuration_refusals import setting_invalid
from frontdesk.errors import Refusal
from frontdesk.notice_settings import LEAST_DAYS, MOST_DAYS, NOTICES, NoticeName, NoticeSettings


def notice_faults(settings: NoticeSettings) -> tuple[Refusal, ...]:
    """What is wrong with the days, each with its name in `param`."""
    return tuple(
        notice_days(name)
        for name in NOTICES
        if (days := settings.of(name)) is not None and not LEAST_DAYS[name] <= days <= MOST_DAYS[name]
    )


def notice_days(name: NoticeName) -> Refusal:
    """The days before or after."""
    least, most = LEAST_DAYS[name], MOST_DAYS[name]
    return setting_invalid(
        "notice_days", "Enter a number of days from {least} to {most}.", name, least=least, most=most
    )
