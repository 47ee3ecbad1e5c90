"""What the pages about e-mail show."""

from typing import ClassVar

from msgspec import Struct

from frontdesk_web.dashboard.views import Tab, Table
from frontdesk_web.portal.views import Badge, Field, Notice


class RecordView(Struct, frozen=True, kw_only=True):
    """One DNS record. `short_name` is the name as providers want it who add `zone` by themselves.

    `found` is what lies there, `sentence` what is wrong with it and what to do; both may be empty.
    """

    key: str
    title: str
    purpose: str
    badge: Badge
    name: str
    short_name: str
    zone: str
    value: str
    found: tuple[str, ...] = ()
    sentence: str = ""


class OwnSenderView(Struct, frozen=True, kw_only=True):
    """The side's own sender. `checked` says when its records were looked at, empty where they never were."""

    address: str
    domain: str
    badge: Badge
    sentence: str
    records: tuple[RecordView, ...]
    checked: str = ""
    problem: Notice | None = None


class EmailPage(Struct, frozen=True, kw_only=True):
    """Where e-mails come from. The form posts `local_part` and `domain`.

    `from_address` is empty where no mail server is set up; `not_offered` says why there is no form, empty where there
    is one.
    """

    template: ClassVar[str] = "dashboard/email.html"
    action: str
    check_action: str
    remove_action: str
    test_action: str
    csrf: str
    may_edit: bool
    from_name: str
    from_address: str
    from_badge: Badge
    from_sentence: str
    reply_to: str
    details_url: str
    staff_address: str
    log_url: str | None = None
    not_offered: str = ""
    own: OwnSenderView | None = None
    local_part: Field = Field()
    domain: Field = Field()
    notice: Notice | None = None


class EmailLogPage(Struct, frozen=True, kw_only=True):
    """The delivery log. `table` has no rows where nothing was found; `searched` says that something was looked for."""

    template: ClassVar[str] = "dashboard/email_log.html"
    action: str
    query: str
    tabs: tuple[Tab, ...]
    table: Table
    searched: bool
    email_url: str


class Fact(Struct, frozen=True):
    """A label and its value, and a way to more of it."""

    label: str
    value: str
    url: str | None = None


class LoggedEmailPage(Struct, frozen=True, kw_only=True):
    """One e-mail of the log. `answer` is the mail server's, empty where it gave none."""

    template: ClassVar[str] = "dashboard/logged_email.html"
    title: str
    back_url: str
    badge: Badge
    meaning: str
    answer: str
    facts: tuple[Fact, ...]
