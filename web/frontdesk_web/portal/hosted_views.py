"""The pages before one leaves for a page of the billing backend's own."""

from typing import ClassVar

from msgspec import Struct

from frontdesk_web.messages import _

AWAITED = _("If you added a payment method, it appears here in a moment. Load the page again then.")
"""What somebody reads who came back before we know what they did."""


class AddElsewherePage(Struct, frozen=True, kw_only=True):
    """Says that a payment method is added on a page of the backend's. `back_url` is empty where there is no way;
    `for_plan` says that a change of the plan waits for it, to which it leads back; `notice`, to somebody who came back,
    that nothing is known of it yet."""

    template: ClassVar[str] = "portal/add_elsewhere.html"
    action: str
    csrf: str
    back_url: str
    for_plan: bool = False
    notice: str = ""


class PayElsewherePage(Struct, frozen=True, kw_only=True):
    """Says what is paid on a page of the backend's. `planned` says that a change of the plan waits for it and until
    when, `otherwise` what comes if it is not paid by then; a POST to `undo_action` takes the change back."""

    template: ClassVar[str] = "portal/pay_elsewhere.html"
    action: str
    csrf: str
    back_url: str
    number: str
    amount: str
    planned: str = ""
    otherwise: str = ""
    undo_action: str | None = None


class LeavingOutPage(Struct, frozen=True, kw_only=True):
    """On the way to a page of the backend's, which opens by itself."""

    template: ClassVar[str] = "portal/leaving_out.html"
    url: str
    host: str
