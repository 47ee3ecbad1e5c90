"""Why no code came: what is found, in which order, and the step that helps."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from frontdesk.near_misses import NearMiss
from frontdesk.no_code import CodeDelivery, CodeMail, SignInState, findings
from frontdesk.risk_budget import Demand
from frontdesk.sign_in import Candidate

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
JENNY = Candidate(customer="cus_jenny", created=NOW)
NEAR = NearMiss(address="jenny@exmaple.com", kind="domain", errors=1)
KNOWN = SignInState(
    given="jenny@example.com", address="jenny@example.com", now=NOW, link_open=True, candidates=(JENNY,)
)


def code(delivery: CodeDelivery = "accepted", minutes_ago: int = 3, **more: Any) -> CodeMail:
    asked = NOW - timedelta(minutes=minutes_ago)
    return CodeMail(asked=asked, open_until=asked + timedelta(minutes=10), delivery=delivery, **more)


TABLE: list[tuple[str, SignInState, list[tuple[str, str]]]] = [
    ("nobody asked", KNOWN, [("never_asked", "send_link")]),
    ("asked with a slip", replace(KNOWN, near_asked=(NEAR,)), [("asked_elsewhere", "send_link")]),
    ("it arrived", replace(KNOWN, codes=(code(),)), [("delivered", "look_in_spam")]),
    ("it arrived long ago", replace(KNOWN, codes=(code(minutes_ago=60),)), [("delivered", "send_link")]),
    ("it was used", replace(KNOWN, codes=(code(used=True),)), [("signed_in", "none")]),
    ("wrong codes", replace(KNOWN, codes=(code(wrong_tries=3),)), [("wrong_codes", "send_link")]),
    ("the code bounced", replace(KNOWN, codes=(code("bounced"),)), [("bounced", "correct_address")]),
    ("another letter bounced", replace(KNOWN, bounced_at=NOW), [("bounced", "correct_address")]),
    (
        "a letter bounced before a code arrived",
        replace(KNOWN, bounced_at=NOW - timedelta(hours=1), codes=(code(),)),
        [("delivered", "look_in_spam")],
    ),
    ("refused", replace(KNOWN, codes=(code("rejected"),)), [("rejected", "see_mail")]),
    ("on its way", replace(KNOWN, codes=(code("queued"),)), [("mail_waits", "wait")]),
    ("mail is late", replace(KNOWN, codes=(code("queued"),), mail_late=True), [("mail_waits", "see_mail")]),
    ("not taken yet", replace(KNOWN, codes=(code("waiting"),)), [("mail_waits", "see_mail")]),
    ("too late", replace(KNOWN, codes=(code("expired"),)), [("too_late", "send_link")]),
    ("dropped", replace(KNOWN, codes=(code("dropped"),)), [("too_late", "send_link")]),
    (
        "held back after one that arrived",
        replace(KNOWN, codes=(code("not_sent", 1), code()), next_letter=NOW + timedelta(minutes=2)),
        [("delivered", "look_in_spam"), ("limited", "wait")],
    ),
    ("held back, and free again", replace(KNOWN, codes=(code("not_sent"),)), [("limited", "send_link")]),
    (
        "longer codes, and a wait",
        replace(KNOWN, demand=Demand(digits=8, not_before=NOW + timedelta(minutes=1))),
        [("never_asked", "send_link"), ("longer_codes", "none"), ("must_wait", "wait")],
    ),
    (
        "longer codes by its own wrong ones",
        replace(KNOWN, held_up=True, demand=Demand(digits=10, not_before=NOW + timedelta(hours=1))),
        [("never_asked", "send_link"), ("longer_codes", "begin_anew"), ("must_wait", "wait")],
    ),
    (
        "a wait by its own wrong ones",
        replace(KNOWN, held_up=True, demand=Demand(digits=6, not_before=NOW + timedelta(minutes=1))),
        [("never_asked", "send_link"), ("must_wait", "begin_anew")],
    ),
    ("too many guesses", replace(KNOWN, guesses_limited=True), [("never_asked", "send_link"), ("must_wait", "wait")]),
    (
        "the link is off",
        replace(KNOWN, link_open=False, codes=(code("dropped"),)),
        [("link_off", "open_link"), ("too_late", "send_link")],
    ),
    (
        "texted, and the phone has it",
        replace(KNOWN, codes=(code(texted_to="+49 ••••• 12", text_wanted=True),)),
        [("text_delivered", "look_at_phone")],
    ),
    (
        "texted long ago",
        replace(KNOWN, codes=(code(minutes_ago=60, texted_to="+49 ••••• 12"),)),
        [("text_delivered", "send_link")],
    ),
    (
        "texted, and the phone is off",
        replace(KNOWN, codes=(code("bounced", texted_to="+49 ••••• 12"),)),
        [("text_bounced", "look_at_phone")],
    ),
    (
        "the gateway takes none",
        replace(KNOWN, codes=(code("rejected", texted_to="+49 ••••• 12"),)),
        [("text_rejected", "see_texts")],
    ),
    (
        "the gateway is away",
        replace(KNOWN, codes=(code("waiting", texted_to="+49 ••••• 12"),)),
        [("text_waits", "see_texts")],
    ),
    (
        "texted, and typed wrongly",
        replace(KNOWN, codes=(code(wrong_tries=2, texted_to="+49 ••••• 12"),)),
        [("wrong_codes", "send_link")],
    ),
    (
        "a number of the customer's own making",
        replace(KNOWN, codes=(code(),), no_text="phone_untrusted"),
        [("delivered", "look_in_spam"), ("phone_untrusted", "look_at_phone")],
    ),
    (
        "no number, and nobody misses it",
        replace(KNOWN, codes=(code(),), no_text="no_phone"),
        [("delivered", "look_in_spam")],
    ),
    (
        "no number, though a text was asked for",
        replace(KNOWN, codes=(code(text_wanted=True),), no_text="no_phone"),
        [("delivered", "look_in_spam"), ("no_phone", "look_at_phone")],
    ),
    (
        "no text any more today",
        replace(KNOWN, codes=(code(text_wanted=True),), no_text="texts_capped"),
        [("delivered", "look_in_spam"), ("texts_capped", "see_texts")],
    ),
    ("in by now", replace(KNOWN, codes=(code(used=True),), no_text="texts_capped"), [("signed_in", "none")]),
    ("nobody has it", replace(KNOWN, candidates=()), [("unknown", "create_customer")]),
    ("nearly somebody's", replace(KNOWN, candidates=(), near=(NEAR,)), [("near_miss", "correct_address")]),
    (
        "closed",
        replace(KNOWN, candidates=(replace(JENNY, deleted=True),), codes=(code("dropped"),)),
        [("closed", "create_customer")],
    ),
    ("no address", replace(KNOWN, address=None, candidates=()), [("no_address", "none")]),
    (
        "no address, nearly one",
        replace(KNOWN, address=None, candidates=(), near=(NEAR,)),
        [("near_miss", "look_up")],
    ),
]


@pytest.mark.parametrize(("state", "wanted"), [each[1:] for each in TABLE], ids=[each[0] for each in TABLE])
def test_findings(state: SignInState, wanted: list[tuple[str, str]]) -> None:
    assert [(each.cause, each.step) for each in findings(state)] == wanted


codes = st.builds(
    code,
    st.sampled_from(get_args(CodeDelivery)),
    st.integers(0, 10_000),
    used=st.booleans(),
    wrong_tries=st.integers(0, 5),
)
states = st.builds(
    SignInState,
    given=st.just("x"),
    address=st.sampled_from(["x@example.com", None]),
    now=st.just(NOW),
    link_open=st.booleans(),
    candidates=st.sampled_from([(), (JENNY,), (replace(JENNY, deleted=True),)]),
    codes=st.lists(codes, max_size=3).map(tuple),
    near=st.sampled_from([(), (NEAR,)]),
    near_asked=st.sampled_from([(), (NEAR,)]),
    bounced_at=st.sampled_from([None, NOW, NOW - timedelta(days=3)]),
    mail_late=st.booleans(),
    next_letter=st.sampled_from([None, NOW, NOW + timedelta(minutes=1)]),
    guesses_limited=st.booleans(),
)


@given(states)
def test_something_is_always_found(state: SignInState) -> None:
    found = findings(state)
    assert found
    assert len({each.cause for each in found}) == len(found)
    if not state.link_open:
        assert found[0].cause == "link_off"
