"""The pages before one leaves for a page of the billing backend's own."""

from typing import ClassVar

from msgspec import Struct


class AddElsewherePage(Struct, frozen=True, kw_only=True):
    """Says that a payment method is added on a page of the backend's. `back_url` is empty where there is no way."""

    template: ClassVar[str] = "portal/add_elsewhere.html"
    action: str
    csrf: str
    back_url: str


class PayElsewherePage(Struct, frozen=True, kw_only=True):
    """Says what is paid on a page of the backend's, and with `for_plan` that the plan changes once it is."""

    template: ClassVar[str] = "portal/pay_elsewhere.html"
    action: str
    csrf: str
    back_url: str
    number: str
    amount: str
    for_plan: bool = False


class LeavingOutPage(Struct, frozen=True, kw_only=True):
    """On the way to a page of the backend's, which opens by itself."""

    template: ClassVar[str] = "portal/leaving_out.html"
    url: str
    host: str
