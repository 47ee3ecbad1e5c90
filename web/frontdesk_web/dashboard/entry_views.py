"""What the pages on the way into the dashboard show."""

from typing import ClassVar

from msgspec import Struct

from frontdesk_web.portal.views import Notice


class StaffSignInPage(Struct, frozen=True, kw_only=True):
    """Asks for the e-mail address; posts `email`. `sign_up_url` is None where nobody can sign up by themselves."""

    template: ClassVar[str] = "dashboard/sign_in.html"
    action: str
    email: str = ""
    error: str = ""
    notice: Notice | None = None
    sign_up_url: str | None = None


class StaffCodePage(Struct, frozen=True, kw_only=True):
    """Asks for the one-time code; posts `code`. The same for everybody, but for those who are signing up."""

    template: ClassVar[str] = "dashboard/code.html"
    action: str
    csrf: str
    email: str
    resend_action: str
    other_address_url: str
    minutes: int
    digits: int
    error: str = ""
    resent: bool = False
    mail_late: bool = False
    signing_up: bool = False


class FactorPage(Struct, frozen=True, kw_only=True):
    """Asks for the authenticator's code or a recovery code; posts `code`. `again` says that this is a step-up."""

    template: ClassVar[str] = "dashboard/factor.html"
    action: str
    csrf: str
    sign_out_action: str
    error: str = ""
    again: bool = False


class EnrolPage(Struct, frozen=True, kw_only=True):
    """Sets up the second factor: a QR code, the same as text, and the first code to try it out; posts `code`."""

    template: ClassVar[str] = "dashboard/enrol.html"
    action: str
    csrf: str
    qr_code: str
    secret: str
    uri: str
    sign_out_action: str
    error: str = ""


class RecoveryCodesPage(Struct, frozen=True, kw_only=True):
    """Shows the recovery codes, once."""

    template: ClassVar[str] = "dashboard/recovery_codes.html"
    codes: tuple[str, ...]
    next_url: str


class Workplace(Struct, frozen=True, kw_only=True):
    """A tenant that somebody works for. `role` is in words."""

    name: str
    role: str
    url: str
    suspended: bool = False


class WorkplacesPage(Struct, frozen=True, kw_only=True):
    """The tenants of somebody who works for several, or for none."""

    template: ClassVar[str] = "dashboard/workplaces.html"
    csrf: str
    address: str
    workplaces: tuple[Workplace, ...]
    sign_out_action: str
    operator_url: str | None = None
    sign_up_url: str | None = None
