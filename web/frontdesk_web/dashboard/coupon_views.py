"""What the pages of coupons show: the list, the form, and one coupon with its codes."""

from typing import ClassVar

from msgspec import Struct

from frontdesk_web.dashboard.views import Table
from frontdesk_web.portal.views import Badge, Detail, Field, Notice, Option


class CouponsPage(Struct, frozen=True, kw_only=True):
    """The list. `table` None: there is none yet. `new_url` is empty where the role may not add one."""

    template: ClassVar[str] = "dashboard/coupons.html"
    new_url: str
    table: Table | None = None


class CouponFormPage(Struct, frozen=True, kw_only=True):
    """A new coupon."""

    template: ClassVar[str] = "dashboard/coupon_form.html"
    action: str
    csrf: str
    back_url: str
    name: Field
    kinds: tuple[Option, ...]
    worth: Field
    currencies: tuple[Option, ...]
    currency_error: str
    durations: tuple[Option, ...]
    months: Field
    most: Field
    until: Field
    error: str = ""


class CodeRow(Struct, frozen=True, kw_only=True):
    """A promotion code. `switch_action` takes a POST; None where the role may not, or nobody could use it anyway."""

    code: str
    badge: Badge
    used: str
    rules: tuple[str, ...]
    active: bool
    switch_action: str | None = None


class NewCode(Struct, frozen=True, kw_only=True):
    """The form for a code."""

    action: str
    code: Field
    most: Field
    until: Field
    first: bool
    error: str = ""


class CouponPage(Struct, frozen=True, kw_only=True):
    """One coupon. `archive_action` and `new_code` are None where they cannot be done."""

    template: ClassVar[str] = "dashboard/coupon.html"
    csrf: str
    back_url: str
    name: str
    terms: str
    badge: Badge
    facts: tuple[Detail, ...]
    codes: tuple[CodeRow, ...]
    new_code: NewCode | None = None
    archive_action: str | None = None
    notice: Notice | None = None
