"""Why no code came: what is known of an address, and what of it keeps its customer from signing in.

A sign-in page says the same to everybody, so only the tenant's staff can tell a customer what is wrong. They see it
all here, the worst first, each with the one step that helps; the code itself nobody sees.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from frontdesk.near_misses import NearMiss
from frontdesk.no_text import WhyNoText
from frontdesk.passcodes import LEAST_DIGITS
from frontdesk.risk_budget import Demand
from frontdesk.sign_in import Candidate, choose_customer

CodeDelivery = Literal["queued", "waiting", "accepted", "bounced", "rejected", "dropped", "expired", "not_sent"]
"""What became of a code's letter. `queued`: not handed over yet. `waiting`: not taken yet, tried again. `accepted`,
`bounced`, `rejected`: see `frontdesk.Delivery`. `dropped`: nobody had the address, or the code was over. `expired`: not
taken in time. `not_sent`: limits allowed no further letter."""
Cause = Literal[
    "link_off", "no_address", "near_miss", "closed", "unknown", "bounced", "rejected", "mail_waits", "too_late",
    "limited", "wrong_codes", "delivered", "signed_in", "asked_elsewhere", "never_asked", "longer_codes", "must_wait",
    "text_bounced", "text_rejected", "text_waits", "text_delivered", "no_phone", "phone_untrusted", "phones_differ",
    "phone_unreachable", "texts_closed", "texts_capped",
]  # fmt: skip
Step = Literal[
    "open_link",
    "look_up",
    "correct_address",
    "create_customer",
    "see_mail",
    "send_link",
    "look_in_spam",
    "look_at_phone",
    "see_texts",
    "begin_anew",
    "wait",
    "none",
]


class CodeMail(Struct, frozen=True, kw_only=True):
    """A code that somebody asked for. `detail` is the answer of the mail server or gateway; `wrong_tries` are codes
    typed that were not this one. `open_until` is when it stops counting.

    `texted_to` is the masked number that it went to by text message, empty where it went by e-mail; `text_wanted` says
    that its customer asked for a text.
    """

    asked: datetime
    open_until: datetime
    delivery: CodeDelivery
    used: bool = False
    wrong_tries: int = 0
    detail: str = ""
    texted_to: str = ""
    text_wanted: bool = False


class SignInState(Struct, frozen=True, kw_only=True):
    """What is known of an address. `address` is folded, None where `given` is none that sign-in would take.

    `candidates` are all customers with it, closed ones among them; `codes` the codes asked for with it, newest first;
    `near` addresses of customers that are nearly it, `near_asked` addresses nearly it that codes were asked for and
    nobody has. `bounced_at` is when a letter to it came back, unless one arrived since. No letter goes to browsers
    that are new to the address before `next_letter`; no code that they type is looked at while `guesses_limited`.
    `held_up` says that wrong codes for this address alone make codes longer or guesses wait, which staff can take back.
    `no_text` is why no code would go by text, None where one would, or where the side sends no texts.
    """

    given: str
    address: str | None
    now: datetime
    link_open: bool
    candidates: tuple[Candidate, ...] = ()
    codes: tuple[CodeMail, ...] = ()
    near: tuple[NearMiss, ...] = ()
    near_asked: tuple[NearMiss, ...] = ()
    bounced_at: datetime | None = None
    mail_late: bool = False
    demand: Demand = Demand(digits=LEAST_DIGITS)
    next_letter: datetime | None = None
    guesses_limited: bool = False
    held_up: bool = False
    no_text: WhyNoText | None = None

    @property
    def opens(self) -> Candidate | None:
        """The customer that sign-in would open."""
        return choose_customer(self.candidates)


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that was found, and the step that helps. `at` is when it happened or until when it lasts; `number` is
    of wrong codes or of digits; `near` is the address that it is about, `phone` the masked number."""

    cause: Cause
    step: Step
    at: datetime | None = None
    number: int = 0
    near: NearMiss | None = None
    phone: str = ""


def findings(state: SignInState) -> tuple[Finding, ...]:
    """What keeps the customer from signing in, the worst first; what only makes it slower comes last. Never empty."""
    return tuple(_findings(state))


def _findings(state: SignInState) -> Iterator[Finding]:
    if not state.link_open:
        yield Finding(cause="link_off", step="open_link")
    if state.opens is None:
        yield _nobody(state)
        return
    yield from _letters(state)
    yield from _texts(state)
    longer, delays = state.demand.digits > LEAST_DIGITS, state.demand.delays(state.now)
    if longer:
        yield Finding(cause="longer_codes", step="begin_anew" if state.held_up else "none", number=state.demand.digits)
    if state.guesses_limited or delays:
        anew = state.held_up and delays and not longer
        yield Finding(cause="must_wait", step="begin_anew" if anew else "wait", at=state.demand.not_before)


def _nobody(state: SignInState) -> Finding:
    """There is no customer that sign-in could open."""
    if state.near:
        step: Step = "correct_address" if state.address is not None else "look_up"
        return Finding(cause="near_miss", step=step, near=state.near[0])
    if state.address is None:
        return Finding(cause="no_address", step="none")
    return Finding(cause="closed" if state.candidates else "unknown", step="create_customer")


def _letters(state: SignInState) -> Iterator[Finding]:
    sent = next((each for each in state.codes if each.delivery != "not_sent"), None)
    if state.bounced_at is not None and (sent is None or sent.delivery != "accepted" or sent.asked < state.bounced_at):
        yield Finding(cause="bounced", step="correct_address", at=state.bounced_at)
    elif sent is not None:
        yield _of_letter(sent, state)
    elif state.near_asked and not state.codes:
        yield Finding(cause="asked_elsewhere", step="send_link", near=state.near_asked[0])
    elif not state.codes:
        yield Finding(cause="never_asked", step="send_link")
    held_back = bool(state.codes) and state.codes[0].delivery == "not_sent"
    if held_back and state.next_letter is not None and state.next_letter > state.now:
        yield Finding(cause="limited", step="wait", at=state.next_letter)
    elif held_back and sent is None:
        yield Finding(cause="limited", step="send_link")


def _texts(state: SignInState) -> Iterator[Finding]:
    """Why no text goes. That there is no number matters to those alone who asked for a text."""
    why, wanted = state.no_text, any(each.text_wanted for each in state.codes)
    if why is None or (why == "no_phone" and not wanted) or (state.codes and state.codes[0].used):
        return
    steps: Mapping[WhyNoText, Step] = {"texts_closed": "see_texts", "texts_capped": "see_texts"}
    yield Finding(cause=why, step=steps.get(why, "look_at_phone"))


def _of_text(code: CodeMail, state: SignInState) -> Finding:
    match code.delivery:
        case "bounced":
            return Finding(cause="text_bounced", step="look_at_phone", at=code.asked, phone=code.texted_to)
        case "rejected":
            return Finding(cause="text_rejected", step="see_texts", at=code.asked, phone=code.texted_to)
        case "queued" | "waiting":
            return Finding(cause="text_waits", step="see_texts", at=code.asked, phone=code.texted_to)
    step: Step = "look_at_phone" if state.now < code.open_until else "send_link"
    return Finding(cause="text_delivered", step=step, at=code.asked, phone=code.texted_to)


def _of_letter(code: CodeMail, state: SignInState) -> Finding:
    if code.used:
        return Finding(cause="signed_in", step="none", at=code.asked)
    if code.texted_to and not code.wrong_tries and code.delivery not in ("dropped", "expired"):
        return _of_text(code, state)
    match code.delivery:
        case "bounced":
            return Finding(cause="bounced", step="correct_address", at=code.asked)
        case "rejected":
            return Finding(cause="rejected", step="see_mail", at=code.asked)
        case "queued" | "waiting":
            stuck = state.mail_late or code.delivery == "waiting"
            return Finding(cause="mail_waits", step="see_mail" if stuck else "wait", at=code.asked)
        case "dropped" | "expired":
            return Finding(cause="too_late", step="send_link", at=code.asked)
    if code.wrong_tries:
        return Finding(cause="wrong_codes", step="send_link", at=code.asked, number=code.wrong_tries)
    still_counts = state.now < code.open_until
    return Finding(cause="delivered", step="look_in_spam" if still_counts else "send_link", at=code.asked)
