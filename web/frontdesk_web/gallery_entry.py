"""Samples of the ways in and out: address, code, links and sessions that are over, and pages of errors."""

from collections.abc import Iterator

from msgspec.structs import replace

from frontdesk_web import letter_views
from frontdesk_web.front_page import FrontPage
from frontdesk_web.gallery_brands import CSRF, HERE, Sample
from frontdesk_web.gallery_frames import Exhibit
from frontdesk_web.portal import done_views, sign_in_views, views
from frontdesk_web.portal.other_account import OtherAccountPage
from frontdesk_web.portal.sign_out import SignedOutPage
from frontdesk_web.portal.wrong_codes import WrongCodesPage
from frontdesk_web.site import DemoDoors


def entry_pages(sample: Sample) -> Iterator[Exhibit]:
    """Everything before and after somebody is signed in."""
    say = sample.say
    demo = DemoDoors(portals=((sample.brand.business_name, HERE),), mailbox=HERE)
    yield Exhibit("front", FrontPage(dashboard_url=HERE, sign_up_url=HERE), "anybody")
    yield Exhibit("front-demo", FrontPage(dashboard_url=HERE, demo=demo), "anybody")
    yield Exhibit("sign-in", sign_in_views.SignInPage(action=HERE, csrf=CSRF), "anybody")
    yield Exhibit(
        "sign-in-wrong",
        sign_in_views.SignInPage(
            action=HERE,
            csrf=CSRF,
            email="jenny@",
            error=say("Please enter a complete e-mail address, such as name@example.com."),
        ),
        "anybody",
    )
    yield Exhibit("sign-in-no-way", sign_in_views.SignInPage(action=HERE, csrf=CSRF, no_way=True), "anybody")
    told = say("Once you have signed in, you are back where you were.")
    yield Exhibit(
        "sign-in-back",
        sign_in_views.SignInPage(action=HERE, csrf=CSRF, notice=views.Notice(tone="info", text=told)),
        "anybody",
    )
    yield Exhibit(
        "sign-in-still", sign_in_views.SignInPage(action=HERE, csrf=CSRF, still=sample.email, home_url=HERE), "anybody"
    )
    yield from _codes(sample)
    yield Exhibit("session-expired", sign_in_views.SessionExpiredPage(sign_in_url=HERE), "anybody")
    yield Exhibit("session-expired-kept", sign_in_views.SessionExpiredPage(sign_in_url=HERE, kept=True), "anybody")
    yield Exhibit("session-expired-flow", sign_in_views.SessionExpiredPage(sign_in_url=None), "anybody")
    yield Exhibit("link-inactive", sign_in_views.LinkInactivePage(), "anybody")
    yield Exhibit("link-inactive-sign-in", sign_in_views.LinkInactivePage(sign_in_url=HERE), "anybody")
    wrong_codes = WrongCodesPage(action=HERE, csrf=CSRF, sign_in_url=HERE)
    yield Exhibit("wrong-codes", wrong_codes, "anybody")
    yield Exhibit("wrong-codes-done", replace(wrong_codes, done=True), "anybody")
    yield Exhibit("wrong-codes-over", replace(wrong_codes, over=True), "anybody")
    yield Exhibit("signed-out", SignedOutPage(sign_in_url=HERE), "anybody")
    yield Exhibit("signed-out-api", SignedOutPage(sign_in_url=None), "anybody")
    yield Exhibit("leaving", done_views.LeavingPage(url=HERE), "flow")
    yield Exhibit("other-account", _other_account(sample), "address")


def _other_account(sample: Sample) -> OtherAccountPage:
    return OtherAccountPage(
        name="Sund & Söhne GmbH & Co. KG",
        open_name=sample.customer,
        email=sample.email,
        action=HERE,
        csrf=CSRF,
        customer="cus_1",
        page=HERE,
        home_url=HERE,
    )


def _codes(sample: Sample) -> Iterator[Exhibit]:
    wrong = sample.say("This code is not right, or it does not count any more. Check it, or ask for a new one.")

    def code(**more: object) -> sign_in_views.CodePage:
        return sign_in_views.CodePage(
            action=HERE,
            csrf=CSRF,
            email=sample.email,
            resend_action=HERE,
            other_address_url=HERE,
            **more,  # type: ignore[arg-type]
        )

    yield Exhibit("code", code(), "anybody")
    yield Exhibit("code-wrong", code(error=wrong), "anybody")
    yield Exhibit("code-late", code(mail_late=True, minutes=20), "anybody")
    yield Exhibit("code-resent", code(resent=True, digits=8), "anybody")
    yield Exhibit("code-two-ways", code(next_way="phone"), "anybody")
    yield Exhibit("code-texted", code(by="phone", next_way="email"), "anybody")


def error_pages(sample: Sample) -> Iterator[Exhibit]:
    """A page for each status that somebody may meet, and a refusal with its own sentence."""
    for status in (400, 403, 404, 405, 413, 429, 500, 503):
        page = views.ErrorPage(
            status=status,
            request_id="req_8sKd02LmQ4",
            home_url=HERE,
            retry_seconds=30 if status == 429 else 0,
            again_url=HERE if status >= 500 else None,
        )
        yield Exhibit(f"error-{status}", page, "anybody")
    yield Exhibit("error-staff", views.ErrorPage(status=404, home_url=HERE, for_staff=True), "anybody")
    refused = sample.say("Your plan cannot be changed online. Please contact us.")
    yield Exhibit("refused", views.ErrorPage(status=403, sentence=refused, home_url=HERE), "only customer")


def mailbox(sample: Sample) -> Exhibit:
    """The demo's mailbox."""
    message = letter_views.MailboxMessage(
        to=sample.email, subject="482913 is your code", received="14:05:11", code="482913", text="Enter this code"
    )
    text = letter_views.MailboxMessage(
        to="+353865550190",
        subject="",
        received="14:06:40",
        code="482913",
        by_phone=True,
        text=f"482913 is your sign-in code for {sample.brand.business_name}.\n\n@billing.example.com #482913",
    )
    return Exhibit("mailbox", letter_views.MailboxPage(messages=(text, message)), "anybody")
