"""The delivery log: what became of every e-mail of the last thirty days, searched by address and read page by page."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from frontdesk.roles import Right
from frontdesk_tenants import mail_log
from frontdesk_tenants.keyset import Which
from frontdesk_tenants.mail_log import LoggedLetter, Outcome
from frontdesk_tenants.paging import Page
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.email_views import EmailLogPage, Fact, LoggedEmailPage
from frontdesk_web.dashboard.email_words import outcome_badge, outcome_meaning, purpose_name
from frontdesk_web.dashboard.list_places import asked_page, written
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.views import Cell, Column, Row, Tab, Table
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import date_time
from frontdesk_web.languages import LOCALE_NAMES
from frontdesk_web.messages import translate
from frontdesk_web.site import Site

PATH = "/dashboard/{portal:str}/email/log"
QUERY_LENGTH = 200
OUTCOMES: dict[str, tuple[Outcome, ...]] = {
    "all": (),
    "failed": ("bounced", "rejected", "expired"),
    "waiting": ("queued", "waiting"),
}
"""What the page can be narrowed to, and what the log calls that."""


@get(PATH, **needs(Right.SEE_LOGS))
async def email_log(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """A page of the log: `?q=` how the address begins, `?show=` which outcomes, `?older=` or `?newer=` the place."""
    query = request.query_params
    typed = query.get("q", "").strip()[:QUERY_LENGTH]
    show = query.get("show", "all")
    show = show if show in OUTCOMES else "all"
    which = asked_page(query)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await mail_log.search(
            connection, address=typed, outcomes=OUTCOMES[show], after=which.older_than, before=which.newer_than
        )
    page = EmailLogPage(
        action=visit.path("email", "log"),
        query=typed,
        tabs=_tabs(visit, typed, show),
        table=_table(visit, found, typed, show, which),
        searched=bool(typed) or show != "all",
        email_url=visit.path("email"),
    )
    return dashboard_page(request, site, visit, page, place="email_log")


@get(f"{PATH}/{{letter:str}}", **needs(Right.SEE_LOGS))
async def logged_email(
    request: AnyRequest, letter: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """One e-mail of the log."""
    if re.fullmatch(r"mail_[0-9A-Za-z]{1,40}", letter) is None:
        raise NotFoundException
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await mail_log.read(connection, letter)
    if found is None:
        raise NotFoundException
    page = LoggedEmailPage(
        title=found.to,
        back_url=visit.path("email", "log"),
        badge=outcome_badge(found.outcome, visit.locale),
        meaning=outcome_meaning(found, visit.locale),
        answer=found.detail,
        facts=_facts(visit, found),
    )
    return dashboard_page(request, site, visit, page, place="email_log")


def _facts(visit: StaffVisit, letter: LoggedLetter) -> tuple[Fact, ...]:
    locale = visit.locale
    facts = [
        Fact(translate(locale, "About"), purpose_name(letter.purpose, locale)),
        Fact(translate(locale, "Written"), date_time(letter.created, locale)),
        Fact(translate(locale, "Last heard of"), date_time(letter.updated, locale)),
        Fact(translate(locale, "Language"), LOCALE_NAMES.get(letter.language, letter.language)),
        Fact(translate(locale, "From"), letter.sender or translate(locale, "Shared sender")),
        Fact(translate(locale, "Tries"), str(letter.attempts)),
        Fact(translate(locale, "Message-ID"), letter.message_id),
    ]
    if letter.customer is not None:
        customer = Fact(translate(locale, "Customer"), letter.customer, visit.path("customers", letter.customer))
        facts.insert(1, customer)
    return tuple(facts)


def _tabs(visit: StaffVisit, typed: str, show: str) -> tuple[Tab, ...]:
    words = {
        "all": translate(visit.locale, "All"),
        "failed": translate(visit.locale, "Not delivered"),
        "waiting": translate(visit.locale, "Waiting"),
    }
    return tuple(Tab(text=words[key], url=_url(visit, typed, key), current=key == show) for key in OUTCOMES)


def _table(visit: StaffVisit, found: Page[LoggedLetter], typed: str, show: str, which: Which) -> Table:
    locale, items = visit.locale, found.items
    newer = which.older_than is not None or (which.newer_than is not None and found.has_more)
    older = found.has_more or which.newer_than is not None
    return Table(
        caption=translate(locale, "E-mails of the last 30 days, newest first"),
        columns=(
            Column(title=translate(locale, "To")),
            Column(title=translate(locale, "State")),
            Column(title=translate(locale, "What the mail server said"), minor=True),
        ),
        rows=tuple(
            Row(
                url=visit.path("email", "log", each.id),
                cells=(
                    Cell(
                        text=each.to,
                        detail=f"{purpose_name(each.purpose, locale)} · {date_time(each.created, locale)}",
                    ),
                    Cell(badge=outcome_badge(each.outcome, locale)),
                    Cell(detail=each.detail),
                ),
            )
            for each in items
        ),
        newer_url=_url(visit, typed, show, newer=written(items[0].place)) if newer and items else None,
        older_url=_url(visit, typed, show, older=written(items[-1].place)) if older and items else None,
    )


def _url(visit: StaffVisit, typed: str, show: str, **place: str) -> str:
    query = {"q": typed, "show": "" if show == "all" else show, **place}
    kept = urlencode({name: value for name, value in query.items() if value})
    return visit.path("email", "log") + (f"?{kept}" if kept else "")


routes: Sequence[Any] = [email_log, logged_email]
