"""What "No code came?" shows of an address: the one best step first, then everything that is known."""

from typing import ClassVar
from urllib.parse import quote

from msgspec import Struct

from frontdesk.near_misses import NearMiss
from frontdesk.no_code import CodeDelivery, CodeMail, Finding, SignInState, findings
from frontdesk.roles import Right
from frontdesk.sign_in import Candidate, why_opened
from frontdesk_web.dashboard.customers.no_code_words import kind_of, sentence_for, title_of, why
from frontdesk_web.dashboard.customers.places import customers_path
from frontdesk_web.dashboard.email_words import outcome_badge
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import date_short, date_time
from frontdesk_web.messages import translate, translate_plural
from frontdesk_web.portal.views import Badge


class NextStep(Struct, frozen=True, kw_only=True):
    """The step that helps: a way, or an action that takes a POST."""

    text: str
    url: str | None = None
    action: str | None = None


class FindingView(Struct, frozen=True, kw_only=True):
    """One thing that was found."""

    title: str
    text: str
    good: bool = False
    step: NextStep | None = None


class MatchRow(Struct, frozen=True, kw_only=True):
    """A customer with the address, or nearly. `url` is its page, `correct_url` fills the entered address in."""

    name: str
    url: str
    detail: str
    badges: tuple[Badge, ...] = ()
    correct_url: str | None = None


class CodeRow(Struct, frozen=True, kw_only=True):
    """A code that was asked for: when, what became of its letter, whether it was used. Never the code.

    `by` says that it went by text message, and to which number.
    """

    asked: str
    delivery: Badge
    outcome: str
    detail: str = ""
    by: str = ""


class NoCodePage(Struct, frozen=True, kw_only=True):
    """The page. `best` is None before an address is entered."""

    template: ClassVar[str] = "dashboard/customers/no_code.html"
    action: str
    list_url: str
    csrf: str
    asked: str
    best: FindingView | None = None
    others: tuple[FindingView, ...] = ()
    opens: str = ""
    matches: tuple[MatchRow, ...] = ()
    near: tuple[MatchRow, ...] = ()
    near_asked: tuple[str, ...] = ()
    codes: tuple[CodeRow, ...] = ()


def no_code_page(state: SignInState, near_customers: dict[str, tuple[Candidate, ...]], visit: StaffVisit) -> NoCodePage:
    """All that is known of an address. `near_customers` are those at the addresses that are nearly it."""
    best, *others = (_finding(each, state, near_customers, visit) for each in findings(state))
    opened, reason = state.opens, why_opened(state.candidates)
    opens = ""
    if opened is not None and reason is not None:
        name = opened.name or translate(visit.locale, "Without a name")
        opens = translate(visit.locale, "Sign-in opens {name}.", name=name) + " " + why(reason, visit.locale)
        rest = sum(not each.deleted for each in state.candidates) - 1
        if rest:
            opens += " " + translate_plural(
                visit.locale,
                "The other one is in the switcher.",
                "The other {number} are in the switcher.",
                rest,
            )
    return NoCodePage(
        action=customers_path(visit, "no-code"),
        list_url=customers_path(visit),
        csrf=visit.csrf,
        asked=state.given,
        best=best,
        others=tuple(others),
        opens=opens,
        matches=tuple(_match(each, state, visit) for each in state.candidates),
        near=tuple(_near(each, one, state, visit) for each in state.near for one in near_customers[each.address]),
        near_asked=tuple(f"{each.address}: {kind_of(each, visit.locale)}" for each in state.near_asked),
        codes=tuple(_code(each, state, visit.locale) for each in state.codes),
    )


def _finding(
    finding: Finding, state: SignInState, near_customers: dict[str, tuple[Candidate, ...]], visit: StaffVisit
) -> FindingView:
    return FindingView(
        title=title_of(finding, visit.locale),
        text=sentence_for(finding, state, visit.locale),
        good=finding.cause in ("delivered", "signed_in", "text_delivered"),
        step=_step(finding, state, near_customers, visit),
    )


def _step(
    finding: Finding, state: SignInState, near_customers: dict[str, tuple[Candidate, ...]], visit: StaffVisit
) -> NextStep | None:
    """The way to what helps; None where nothing is to be done, or the role may not do it."""
    locale, opened = visit.locale, state.opens
    helps = visit.may(Right.HELP_CUSTOMERS)
    match finding.step:
        case "open_link" if visit.may(Right.EDIT_PORTAL):
            return NextStep(text=translate(locale, "Go to the link"), url=visit.path("portal", "link"))
        case "look_up" if finding.near is not None:
            text = translate(locale, "Look at {address}", address=finding.near.address)
            return NextStep(text=text, url=_no_code_url(visit, finding.near.address))
        case "correct_address" if helps and finding.near is not None:
            (owner, *_) = near_customers[finding.near.address]
            return NextStep(text=translate(locale, "Correct the address"), url=_correct_url(visit, owner, state))
        case "correct_address" if helps and opened is not None:
            url = customers_path(visit, opened.customer, "details")
            return NextStep(text=translate(locale, "Correct the address"), url=url)
        case "create_customer" if helps:
            url = f"{customers_path(visit, 'new')}?email={quote(state.address or '', safe='')}"
            return NextStep(text=translate(locale, "Create customer"), url=url)
        case "send_link" | "look_in_spam" if helps and opened is not None and state.link_open:
            action = customers_path(visit, opened.customer, "send-link")
            return NextStep(text=translate(locale, "Send the link by e-mail"), action=action)
        case "begin_anew" if helps and opened is not None:
            action = customers_path(visit, opened.customer, "forget-wrong-codes")
            return NextStep(text=translate(locale, "Forget the wrong codes"), action=action)
        case "look_at_phone" if helps and opened is not None:
            url = customers_path(visit, opened.customer, "details")
            return NextStep(text=translate(locale, "Look at the phone number"), url=url)
        case "see_texts":
            return NextStep(text=translate(locale, "Look at the text messages"), url=visit.path("portal", "codes"))
    return None


def _match(candidate: Candidate, state: SignInState, visit: StaffVisit) -> MatchRow:
    locale = visit.locale
    badges = []
    if state.opens is not None and candidate.customer == state.opens.customer:
        badges.append(Badge(translate(locale, "Sign-in opens this one"), "success"))
    if candidate.deleted:
        badges.append(Badge(translate(locale, "Closed")))
    elif candidate.active:
        badges.append(Badge(translate(locale, "With a plan"), "info"))
    return MatchRow(
        name=candidate.name or translate(locale, "Without a name"),
        url=customers_path(visit, candidate.customer),
        detail=translate(locale, "Created on {date}", date=date_short(candidate.created, locale)),
        badges=tuple(badges),
    )


def _near(near: NearMiss, candidate: Candidate, state: SignInState, visit: StaffVisit) -> MatchRow:
    correctable = visit.may(Right.HELP_CUSTOMERS) and state.address is not None
    return MatchRow(
        name=candidate.name or translate(visit.locale, "Without a name"),
        url=customers_path(visit, candidate.customer),
        detail=f"{near.address}: {kind_of(near, visit.locale)}",
        correct_url=_correct_url(visit, candidate, state) if correctable else None,
    )


def _correct_url(visit: StaffVisit, candidate: Candidate, state: SignInState) -> str:
    return f"{customers_path(visit, candidate.customer, 'details')}?email={quote(state.address or '', safe='')}"


def _no_code_url(visit: StaffVisit, address: str) -> str:
    return f"{customers_path(visit, 'no-code')}?q={quote(address, safe='')}"


def _code(code: CodeMail, state: SignInState, locale: str) -> CodeRow:
    if code.used:
        outcome = translate(locale, "Used to sign in")
    elif code.wrong_tries:
        outcome = translate_plural(locale, "{number} wrong try", "{number} wrong tries", code.wrong_tries)
    elif code.delivery in ("dropped", "not_sent", "bounced", "rejected", "expired"):
        outcome = translate(locale, "Nothing arrived")
    elif state.now < code.open_until:
        outcome = translate(locale, "Not used yet, good until {when}", when=date_time(code.open_until, locale))
    else:
        outcome = translate(locale, "Not used, and over")
    return CodeRow(
        asked=date_time(code.asked, locale),
        delivery=_delivery(code.delivery, locale),
        outcome=outcome,
        # A gateway says more than that it took a text: whether the phone has it.
        detail="" if code.delivery == "accepted" and not code.texted_to else code.detail,
        by=translate(locale, "Text to {number}", number=code.texted_to) if code.texted_to else "",
    )


def _delivery(delivery: CodeDelivery, locale: str) -> Badge:
    if delivery == "dropped":
        return Badge(translate(locale, "Not sent"))
    if delivery == "not_sent":
        return Badge(translate(locale, "Held back"), "warning")
    return outcome_badge(delivery, locale)
