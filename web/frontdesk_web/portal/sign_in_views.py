"""What signing in shows: the address, the code, and where a session or a link is over."""

from typing import ClassVar

from msgspec import Struct

from frontdesk_web.portal.views import Notice


class SignInPage(Struct, frozen=True, kw_only=True):
    """Asks for the e-mail address; posts `email`.

    `still` is the address with which this browser is signed in already, empty if it is not; `home_url` leads on then.
    `no_way` says that no code can be sent to anybody now, so that none is asked for.
    """

    template: ClassVar[str] = "portal/sign_in.html"
    action: str
    csrf: str
    email: str = ""
    error: str = ""
    notice: Notice | None = None
    still: str = ""
    home_url: str = ""
    no_way: bool = False


class CodePage(Struct, frozen=True, kw_only=True):
    """Asks for the one-time code; posts `code`. The same for everybody, customer or not.

    `resend_action` takes a POST; `resent` says that it was just done; `mail_late` that mail is slow at the moment.
    `by` is how the code was asked for, `email` or `phone`; `next_way` the tenant's next, which is posted as `by` to
    `resend_action`, empty where there is none.
    """

    template: ClassVar[str] = "portal/code.html"
    action: str
    csrf: str
    email: str
    resend_action: str
    other_address_url: str
    minutes: int = 10
    digits: int = 6
    error: str = ""
    resent: bool = False
    mail_late: bool = False
    by: str = "email"
    next_way: str = ""


class SessionExpiredPage(Struct, frozen=True, kw_only=True):
    """The session is over. `sign_in_url` is None where only the tenant can open a new one.

    `kept` says that what was typed comes back after signing in.
    """

    template: ClassVar[str] = "portal/session_expired.html"
    sign_in_url: str | None
    kept: bool = False


class LinkInactivePage(Struct, frozen=True, kw_only=True):
    """A login or session link that leads nowhere (any more)."""

    template: ClassVar[str] = "portal/link_inactive.html"
    sign_in_url: str | None = None
