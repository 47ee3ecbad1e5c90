"""From a side's sender of mail, as it stands, to the page about it."""

from datetime import datetime

from frontdesk.mail_records import Finding
from frontdesk.sender_domains import LET_GO_AFTER, judge_nothing
from frontdesk_tenants.registered_domains import registered_domain
from frontdesk_tenants.sender_domains import SenderDomain
from frontdesk_web.dashboard.email_views import OwnSenderView, RecordView
from frontdesk_web.formatting import date_time
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Badge, Notice, Tone


def own_sender_view(
    own: SenderDomain, spf: tuple[str, ...], operators: str, now: datetime, locale: str
) -> OwnSenderView:
    """The side's own sender. `spf` are the operator's mechanisms, `operators` is the operator's sender."""
    findings = own.findings or judge_nothing(own.needed(spf))
    looked = bool(own.findings)
    return OwnSenderView(
        address=own.address,
        domain=own.domain,
        badge=_badge(own, now, locale),
        sentence=_sentence(own, operators, now, locale),
        records=tuple(_record(each, looked, locale) for each in findings),
        checked=date_time(own.checked_at, locale) if own.checked_at else "",
        problem=_problem(own, operators, now, locale),
    )


def _badge(own: SenderDomain, now: datetime, locale: str) -> Badge:
    if own.refused_at is not None:
        return Badge(translate(locale, "Not used"), "danger")
    words: dict[str, tuple[str, Tone]] = {
        "pending": (translate(locale, "Waiting for records"), "warning"),
        "in_use": (translate(locale, "In use"), "success"),
        "failing": (translate(locale, "In use, records missing"), "warning"),
        "let_go": (translate(locale, "Not used"), "danger"),
    }
    return Badge(*words[own.checks.standing(now)])


def _sentence(own: SenderDomain, operators: str, now: datetime, locale: str) -> str:
    if own.checks.standing(now) == "pending":
        return translate(
            locale,
            "Publish these three records where your domain is managed. Once all are found, e-mails come from"
            " {address}; until then from {operators}. We look every hour.",
            address=own.address,
            operators=operators,
        )
    return translate(
        locale,
        "E-mails are signed for {domain} as long as these records are there. We look at them every day.",
        domain=own.domain,
    )


def _problem(own: SenderDomain, operators: str, now: datetime, locale: str) -> Notice | None:
    standing, since = own.checks.standing(now), own.checks.failing_since
    if own.refused_at is not None:
        text = translate(
            locale,
            "The mail server took no e-mail from {address}: {answer} E-mails come from {operators} until you check"
            " again. Ask whoever runs this Frontdesk to let the mail server take this sender.",
            address=own.address,
            answer=own.refused_detail,
            operators=operators,
        )
        return Notice(tone="danger", text=text)
    if standing == "failing" and since is not None:
        text = translate(
            locale,
            "Since {since} not all records are found. If that stays so until {until}, e-mails come from {operators}"
            " again.",
            since=date_time(since, locale),
            until=date_time(since + LET_GO_AFTER, locale),
            operators=operators,
        )
        return Notice(tone="warning", text=text)
    if standing == "let_go":
        text = translate(
            locale,
            "Not all records were found for three days, so e-mails come from {operators} again. Once the records are"
            " back, they come from {address}.",
            operators=operators,
            address=own.address,
        )
        return Notice(tone="danger", text=text)
    return None


def _record(finding: Finding, looked: bool, locale: str) -> RecordView:
    titles = {
        "spf": (translate(locale, "SPF"), translate(locale, "Says that our mail servers may send for you.")),
        "dkim": (translate(locale, "DKIM"), translate(locale, "Holds the key that your e-mails are signed with.")),
        "dmarc": (
            translate(locale, "DMARC"),
            translate(locale, "Says what receivers do with e-mails that somebody forged."),
        ),
    }
    states: dict[str, tuple[str, Tone]] = {
        "found": (translate(locale, "Found"), "success"),
        "missing": (translate(locale, "Missing"), "warning"),
        "different": (translate(locale, "Different"), "danger"),
        "unanswered": (translate(locale, "No answer"), "warning"),
    }
    title, purpose = titles[finding.kind]
    zone = registered_domain(finding.name) or finding.name
    return RecordView(
        key=finding.kind,
        title=title,
        purpose=purpose,
        badge=Badge(*states[finding.state]) if looked else Badge(translate(locale, "Not checked yet")),
        name=finding.name,
        short_name=finding.name.removesuffix(zone).rstrip(".") or "@",
        zone=zone,
        value=finding.publish,
        found=finding.found if finding.state == "different" else (),
        sentence=translate(locale, finding.sentence, **finding.parameters) if finding.sentence and looked else "",
    )
