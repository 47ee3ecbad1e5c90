"""The parts that pages share, and what a view is: a frozen struct of finished text, prepared by the route.

Views hold strings as the reader sees them (money, dates and prices already formatted in their language), numbers only
where the page counts with them, and addresses. They hold no rules: whether a thing may be done, and why not, was
decided before. A page's own view lies beside what fills it in (`plan_views`, `invoice_views`, …). Every page is drawn
with a `Frame` around it (`frames`): `renderer.page(locale, frame, HomePage(…))`.
"""

from typing import ClassVar, Literal

from msgspec import Struct

Tone = Literal["neutral", "info", "success", "warning", "danger"]


class Notice(Struct, frozen=True, kw_only=True):
    """A sentence above the content. `title` is optional; `request_id` is shown where support may ask for it."""

    tone: Tone
    text: str
    title: str = ""


class Badge(Struct, frozen=True):
    """A status: a word, and a tone for its colour."""

    text: str
    tone: Tone = "neutral"


class Option(Struct, frozen=True, kw_only=True):
    """An entry of a selection."""

    value: str
    text: str
    selected: bool = False


class Detail(Struct, frozen=True, kw_only=True):
    """A label and its value; `copy` offers a button that copies the value."""

    label: str
    value: str
    copy: bool = False


class Line(Struct, frozen=True, kw_only=True):
    """A line of an invoice or a quote. `amount` is the line's, with its sign; `unit` is `10 × €12.00`."""

    description: str
    amount: str
    period: str = ""
    unit: str = ""


class Total(Struct, frozen=True, kw_only=True):
    """A sum under the lines: subtotal, balance used, amount due. The `strong` one is the one that counts."""

    label: str
    amount: str
    strong: bool = False


class Pager(Struct, frozen=True, kw_only=True):
    """Where a list goes on; None where it ends."""

    newer_url: str | None = None
    older_url: str | None = None


class Field(Struct, frozen=True, kw_only=True):
    """A field's value and, after a refused attempt, what is wrong with it in words."""

    value: str = ""
    error: str = ""


class ErrorPage(Struct, frozen=True, kw_only=True):
    """Something went wrong. `status` chooses the words; `sentence` replaces them where a refusal says more.

    `retry_seconds` is that of the Retry-After header, 0 for none. `again_url` asks for the same page once more.
    `for_staff` says that `home_url` is the dashboard's.
    """

    template: ClassVar[str] = "error.html"
    status: int
    request_id: str = ""
    sentence: str = ""
    home_url: str | None = None
    retry_seconds: int = 0
    again_url: str | None = None
    for_staff: bool = False
