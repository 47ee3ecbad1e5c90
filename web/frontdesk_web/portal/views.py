"""What each page of the portal shows: frozen structs of finished text, prepared by the routes.

Views hold strings as the reader sees them (money, dates and prices already formatted in their language), numbers only
where the page counts with them, and addresses. They hold no rules: whether a thing may be done, and why not, was
decided before. Every page is rendered with a `Frame` around it: `renderer.page(locale, frame, HomePage(…))`.
"""

from typing import ClassVar, Literal

from msgspec import Struct

Tone = Literal["neutral", "info", "success", "warning", "danger"]


class Language(Struct, frozen=True, kw_only=True):
    """One entry of the language switch. `url` is this page with `?lang=`."""

    locale: str
    name: str
    url: str
    current: bool


class BrandView(Struct, frozen=True, kw_only=True):
    """The tenant's face. `icon_url` and `logo_url` are addresses of stored images; a logo replaces icon and name.

    `stylesheet_url` is that of the brand's colours, None for our neutral ones (where no tenant is known). `font` is one
    of `branding.Font`. The rest is shown at the foot, as far as there is any; `address` in lines.
    """

    name: str
    headline: str = ""
    font: str = "default"
    stylesheet_url: str | None = None
    icon_url: str | None = None
    logo_url: str | None = None
    privacy_url: str | None = None
    terms_url: str | None = None
    refund_url: str | None = None
    support_email: str | None = None
    support_phone: str | None = None
    support_url: str | None = None
    website: str | None = None
    address: tuple[str, ...] = ()


class SwitcherOption(Struct, frozen=True, kw_only=True):
    """A customer that the proven address may switch to. `detail` tells equal names apart, such as `Team plan`."""

    id: str
    name: str
    detail: str = ""
    current: bool = False


class Switcher(Struct, frozen=True, kw_only=True):
    """The choice between several customers of one address; posts `customer` to `action`."""

    action: str
    current_name: str
    options: tuple[SwitcherOption, ...]


class SignedIn(Struct, frozen=True, kw_only=True):
    """Who is signed in: the proven address and the customer's name. `sign_out_action` takes a POST."""

    email: str
    home_url: str
    sign_out_action: str
    name: str = ""
    switcher: Switcher | None = None


class Frame(Struct, frozen=True, kw_only=True):
    """What surrounds every page. `csrf` guards the frame's own forms (sign out, switch customer).

    `preview` shows a page to look at: nothing on it can be clicked or reached by keyboard. `leaves` says that the way
    back to the tenant is the only one, so that it is written out on phones too. `session_url` is where the page's
    script asks how long the session lasts, None where there is none.
    """

    brand: BrandView
    languages: tuple[Language, ...]
    csrf: str = ""
    signed_in: SignedIn | None = None
    return_url: str | None = None
    sandbox: bool = False
    preview: bool = False
    leaves: bool = False
    session_url: str | None = None


class Notice(Struct, frozen=True, kw_only=True):
    """A sentence above the content. `title` is optional; `request_id` is shown where support may ask for it."""

    tone: Tone
    text: str
    title: str = ""


class Badge(Struct, frozen=True):
    """A status: a word, and a tone for its colour."""

    text: str
    tone: Tone = "neutral"


class Action(Struct, frozen=True, kw_only=True):
    """Something that may be done at `url`, or, where that is None, the sentence that says why not.

    An action that is off in the configuration is None altogether where the view allows it.
    """

    url: str | None = None
    reason: str = ""


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


# Signing in


class SignInPage(Struct, frozen=True, kw_only=True):
    """Asks for the e-mail address; posts `email`."""

    template: ClassVar[str] = "portal/sign_in.html"
    action: str
    csrf: str
    email: str = ""
    error: str = ""
    notice: Notice | None = None


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


# Home


class SubscriptionCard(Struct, frozen=True, kw_only=True):
    """A subscription on the home page.

    `price` is `10 × €12.00 per seat`, `total` is `€120.00 per month`; several items are in `items` as further lines.
    `next_label` and `next_text` say what comes and when: "Renews on" and "1 December 2026, €120.00".
    `keep_action` takes a POST and is offered while a cancellation waits for the period's end. `planned` is a change
    that waits ("Changes to Basic on 1 July 2026"), which a POST to `undo_action` takes back; one that waits for its
    payment is paid at `pay_url`. `image_url` is a small
    picture of the product, empty where there is none.
    """

    name: str
    price: str
    total: str
    image_url: str = ""
    description: str = ""
    items: tuple[str, ...] = ()
    badges: tuple[Badge, ...] = ()
    next_label: str = ""
    next_text: str = ""
    change: Action | None = None
    cancel: Action | None = None
    keep_action: str | None = None
    note: str = ""
    planned: str = ""
    undo_action: str | None = None
    pay_url: str | None = None
    pause: Action | None = None
    resume: Action | None = None
    move_pause: Action | None = None
    start_again: Action | None = None
    """Of one that has ended."""
    discounts: tuple[str, ...] = ()
    """What its next bills have: "25% off until 30 April 2027"."""
    taxes: tuple[str, ...] = ()
    """What comes on top of `total`: "+ VAT 19%"."""


class HowToPay(Struct, frozen=True, kw_only=True):
    """How invoices are paid: a sentence with the terms, and the account to pay to.

    `code` is the address of a QR code's picture that fills the transfer in; empty where there is none.
    """

    sentence: str
    details: tuple[Detail, ...] = ()
    code: str = ""


class BillingDetails(Struct, frozen=True, kw_only=True):
    """The customer's details as they stand on invoices; empty ones are left out. `edit_url` is None if not allowed."""

    name: str
    email: str
    address_lines: tuple[str, ...] = ()
    phone: str = ""
    edit_url: str | None = None
    tax_ids: tuple[Detail, ...] = ()


class InvoiceRow(Struct, frozen=True, kw_only=True):
    """An invoice in the list. `date` is when it was finalised; `left` is what of it is open, if not all of it.

    `pdf_url` is that of its document, where the list leads to it.
    """

    number: str
    date: str
    amount: str
    status: Badge
    url: str
    description: str = ""
    left: str = ""
    pdf_url: str = ""


class Pager(Struct, frozen=True, kw_only=True):
    """Where a list goes on; None where it ends."""

    newer_url: str | None = None
    older_url: str | None = None


class LateInvoice(Struct, frozen=True, kw_only=True):
    """An invoice that is past due; `url` is its page, which says how to pay it, where it has one."""

    sentence: str
    url: str | None


class MethodLine(Struct, frozen=True, kw_only=True):
    """A payment method on the home page. `badge` says that it has expired or is about to."""

    name: str
    detail: str
    is_default: bool
    badge: Badge | None = None


class PaymentSection(Struct, frozen=True, kw_only=True):
    """What is to be paid next and how. `due` is about the invoice that is due first, `due_url` its page.

    `more` says how many others are open, `upcoming` what comes next, `credit` what is carried over; each with the page
    that says more, where there is one.
    """

    how: HowToPay | None = None
    due: str = ""
    due_url: str | None = None
    more: str = ""
    more_url: str | None = None
    upcoming: str = ""
    upcoming_url: str = ""
    credit: tuple[str, ...] = ()
    credit_url: str | None = None
    methods: tuple[MethodLine, ...] = ()
    methods_url: str | None = None
    """Their page, where there can be any."""
    pay_url: str | None = None
    """Where what is due first can be paid."""


class RefusedNotice(Struct, frozen=True, kw_only=True):
    """What waited for the backend and was refused then. Posting to `action` says that it was read."""

    title: str
    text: str
    action: str


class HomePage(Struct, frozen=True, kw_only=True):
    """The customer's page. `invoices` None leaves the section out; `as_of` is set while the backend does not answer.

    `paused` is what a suspended side says on top, `clock` what is said to who lives on a test clock.
    """

    template: ClassVar[str] = "portal/home.html"
    csrf: str
    subscriptions: tuple[SubscriptionCard, ...]
    details: BillingDetails
    payment: PaymentSection | None = None
    invoices: tuple[InvoiceRow, ...] | None = ()
    invoices_url: str | None = None
    statement_url: str | None = None
    notice: Notice | None = None
    paused: Notice | None = None
    clock: Notice | None = None
    late: tuple[LateInvoice, ...] = ()
    as_of: str = ""
    waiting: tuple[str, ...] = ()
    """What was asked for and is done once the backend answers again."""
    refused: tuple[RefusedNotice, ...] = ()


# Changing the plan


class IntervalChoice(Struct, frozen=True, kw_only=True):
    """An entry of the interval switch. `value` is posted as `interval`, such as `month-1`; at most six."""

    value: str
    name: str
    selected: bool = False


class PlanPrice(Struct, frozen=True, kw_only=True):
    """A product's price at one interval: `€12.00`, with `per seat, per month` beneath.

    `total` is what the chosen quantity comes to: `8 seats: €50.00 per month`.
    """

    amount: str
    unit: str
    total: str = ""


class PlanChoice(Struct, frozen=True, kw_only=True):
    """A product to choose. `prices` goes along with the page's intervals, None where it is not sold at one."""

    product: str
    name: str
    prices: tuple[PlanPrice | None, ...]
    description: str = ""
    features: tuple[str, ...] = ()
    image_url: str = ""
    current: bool = False
    selected: bool = False


class QuantityField(Struct, frozen=True, kw_only=True):
    """The number of units, posted as `name`. `label` is the unit in the plural, such as `Seats`."""

    name: str = "quantity"
    label: str
    value: int
    minimum: int = 1
    maximum: int = 999_999
    help: str = ""
    error: str = ""


class CodeField(Struct, frozen=True, kw_only=True):
    """A promotion code, posted as `code`; may be left empty."""

    value: str = ""
    error: str = ""


class PlanPart(Struct, frozen=True, kw_only=True):
    """What can be chosen for one item of a subscription; `title` and `current` name it where there are several.

    The product is posted as `field`; `optional` where the present one is not among those that are offered, so that
    nothing need be chosen. `stays` says that nothing can be.
    """

    plans: tuple[PlanChoice, ...]
    field: str = "product"
    quantity: QuantityField | None = None
    title: str = ""
    current: str = ""
    stays: str = ""
    optional: bool = False


class ChoosePlanPage(Struct, frozen=True, kw_only=True):
    """Choosing a product, an interval and a quantity, and a code for a discount; posts `product`, `interval`,
    `quantity` and `code` to `action`, with several items a product and a quantity for each.

    `notes` say what is to be known before: what is past due, what becomes of a trial. `card_url` is where another card
    is added, after one was declined."""

    template: ClassVar[str] = "portal/choose_plan.html"
    action: str
    csrf: str
    back_url: str
    current: str
    parts: tuple[PlanPart, ...]
    intervals: tuple[IntervalChoice, ...]
    code: CodeField | None = None
    error: str = ""
    card_url: str = ""
    notes: tuple[Notice, ...] = ()
    late: tuple[LateInvoice, ...] = ()


class Side(Struct, frozen=True, kw_only=True):
    """One half of a change: what was, or what will be. `price` is left empty where it says the same as `total`."""

    name: str
    total: str
    price: str = ""


class QuoteView(Struct, frozen=True, kw_only=True):
    """What a change costs, to the cent.

    `due_today` is the amount, `due_today_note` how it is settled ("We send an invoice, payable by …"); `next_label`
    is "On 1 December 2026" and `next_amount` what is due then. `lines` are the lines of today's invoice, or where
    nothing is due today those that wait for the next one. `on_statement` is the line of a payment on a bank
    statement. `old` and `new` have a part for each item; `facts` say what becomes of a trial, and when use is billed.
    """

    old: tuple[Side, ...]
    new: tuple[Side, ...]
    lines: tuple[Line, ...]
    totals: tuple[Total, ...]
    due_today: str
    next_label: str
    next_amount: str
    due_today_note: str = ""
    next_note: str = ""
    lines_title: str = ""
    on_statement: str = ""
    facts: tuple[str, ...] = ()


class TypedCode(Struct, frozen=True, kw_only=True):
    """The promotion code of a quote. Posting `fields` to `action` works the same choice out without it."""

    code: str
    action: str
    fields: tuple[tuple[str, str], ...]


class ConfirmPlanPage(Struct, frozen=True, kw_only=True):
    """The confirmation of a quote; posts `quote` to `action`. `button` names the act ("Pay €24.00", "Change plan").

    `late` is what is past due, which is to be paid first. `card_url` is where another card is added, after one was
    declined; `notice` says what became of that.
    """

    template: ClassVar[str] = "portal/confirm_plan.html"
    action: str
    csrf: str
    quote_id: str
    quote: QuoteView
    button: str
    back_url: str
    terms: str = ""
    error: str = ""
    card_url: str = ""
    notice: Notice | None = None
    code: TypedCode | None = None
    late: tuple[LateInvoice, ...] = ()


class QuoteChangedPage(Struct, frozen=True, kw_only=True):
    """The account moved on since the quote: the new one beside the old. Nothing was changed yet."""

    template: ClassVar[str] = "portal/quote_changed.html"
    action: str
    csrf: str
    quote_id: str
    reason: str
    before: QuoteView
    quote: QuoteView
    button: str
    back_url: str
    terms: str = ""


class StartAgainPage(Struct, frozen=True, kw_only=True):
    """Asks once before a plan that has ended starts again. `plans` are its parts, `quote` has no old and new side."""

    template: ClassVar[str] = "portal/start_again.html"
    action: str
    csrf: str
    back_url: str
    name: str
    plans: tuple[Side, ...]
    quote: QuoteView
    terms: str = ""
    error: str = ""
    late: tuple[LateInvoice, ...] = ()


class OfferView(Struct, frozen=True, kw_only=True):
    """An offer to stay: what it is, what exactly it does, and the button that takes it by a POST to `action`."""

    title: str
    facts: tuple[str, ...]
    button: str
    action: str


class CancelPage(Struct, frozen=True, kw_only=True):
    """Asks once before cancelling. `sentences` say what ends when and what is still to be paid.

    `at_once` is True if service stops now; `ends` is the date of the end in words. Where there is an `offer`, its
    button and the one that cancels look the same.
    """

    template: ClassVar[str] = "portal/cancel.html"
    action: str
    csrf: str
    name: str
    price: str
    ends: str
    sentences: tuple[str, ...]
    back_url: str
    at_once: bool = False
    offer: OfferView | None = None
    error: str = ""


class PauseChoice(Struct, frozen=True, kw_only=True):
    """A pause to choose: `value` is posted as `quote`; `title` says until when, `detail` what comes then."""

    value: str
    title: str
    detail: str
    selected: bool = False


class PausePage(Struct, frozen=True, kw_only=True):
    """Asks for how long a plan is to rest, which is also the confirmation; posts `quote`. `choices` is never empty."""

    template: ClassVar[str] = "portal/pause.html"
    action: str
    csrf: str
    name: str
    price: str
    facts: tuple[str, ...]
    choices: tuple[PauseChoice, ...]
    back_url: str
    error: str = ""


class MovePausePage(Struct, frozen=True, kw_only=True):
    """Asks when a pause that runs is to be over, which is also the confirmation; posts `quote`. `choices` is never
    empty, and `present` is the end that the pause has now, in words."""

    template: ClassVar[str] = "portal/move_pause.html"
    action: str
    csrf: str
    name: str
    price: str
    present: str
    facts: tuple[str, ...]
    choices: tuple[PauseChoice, ...]
    back_url: str
    error: str = ""


class ResumePage(Struct, frozen=True, kw_only=True):
    """Asks once before a paused plan goes on; posts `quote`. Amounts and dates are as those of a `QuoteView`."""

    template: ClassVar[str] = "portal/resume.html"
    action: str
    csrf: str
    quote_id: str
    name: str
    price: str
    due_today: str
    due_today_note: str
    next_label: str
    next_amount: str
    facts: tuple[str, ...]
    back_url: str
    error: str = ""


class ReasonForm(Struct, frozen=True, kw_only=True):
    """The optional question after cancelling; posts `feedback` and `comment`. `thanked` once it was answered."""

    action: str
    csrf: str
    options: tuple[Option, ...]
    thanked: bool = False
    comment: str = ""


class DonePage(Struct, frozen=True, kw_only=True):
    """What came of it: a title, sentences with dates and amounts, and the ways on.

    `home_text` is what the button to `home_url` says, where it does not lead to the billing page; without an address
    there is no button. `own_words` are the tenant's, line by line.
    """

    template: ClassVar[str] = "portal/done.html"
    title: str
    sentences: tuple[str, ...]
    home_url: str
    details: tuple[Detail, ...] = ()
    invoice_url: str | None = None
    keep_action: str | None = None
    csrf: str = ""
    reason: ReasonForm | None = None
    home_text: str = ""
    own_words: tuple[str, ...] = ()
    offer: OfferView | None = None


class LeavingPage(Struct, frozen=True, kw_only=True):
    """On the way to a page of the tenant's own, which opens by itself."""

    template: ClassVar[str] = "portal/leaving.html"
    url: str


# Billing details and invoices


class Field(Struct, frozen=True, kw_only=True):
    """A field's value and, after a refused attempt, what is wrong with it in words."""

    value: str = ""
    error: str = ""


class TaxIdLine(Struct, frozen=True, kw_only=True):
    """A tax id of the customer: its kind, its number, what is known of it."""

    value: str
    kind: str
    badge: Badge | None
    remove_action: str


class TaxIdsForm(Struct, frozen=True, kw_only=True):
    """The customer's tax ids, and the form that adds one: posts `type` and `value`, `with_details` or by itself."""

    action: str
    rows: tuple[TaxIdLine, ...]
    types: tuple[Option, ...]
    value: Field
    with_details: bool = False


class AddressField(Struct, frozen=True, kw_only=True):
    """A part of an address, posted as `name`."""

    name: str
    label: str
    value: str
    autocomplete: str
    maxlength: int
    error: str = ""


class AddressFields(Struct, frozen=True, kw_only=True):
    """An address as its country writes it, row by row; posts `{prefix}country` and the rows' fields."""

    prefix: str
    section: str
    rows: tuple[tuple[AddressField, ...], ...]
    countries: tuple[Option, ...]
    country_error: str = ""


class ShippingFields(Struct, frozen=True, kw_only=True):
    """Where goods go: posts `shipping_name`, `shipping_phone` and the address."""

    name: Field
    phone: Field
    address: AddressFields


class DetailsPage(Struct, frozen=True, kw_only=True):
    """Editing name, e-mail, phone, postal and shipping address, each as far as it is open.

    Posts `name`, `phone`, `email` where `email_editable`, and the addresses' fields; `adapt` asks for the form again
    in the order of the countries that are chosen. A part that may not be edited is None, and its `…_text` or lines are
    shown instead; `some_fixed` says that there is one.
    """

    template: ClassVar[str] = "portal/details.html"
    action: str
    csrf: str
    back_url: str
    email: Field
    email_editable: bool = False
    email_help: str = ""
    name: Field | None = None
    name_text: str = ""
    phone: Field | None = None
    phone_text: str = ""
    address: AddressFields | None = None
    address_lines: tuple[str, ...] = ()
    shipping: ShippingFields | None = None
    shipping_lines: tuple[str, ...] = ()
    some_fixed: bool = False
    error: str = ""
    notice: Notice | None = None
    tax_ids: TaxIdsForm | None = None
    tax_id_texts: tuple[Detail, ...] = ()


class NewAddressPage(Struct, frozen=True, kw_only=True):
    """Asks for the code that was sent to a new address; posts `code`. `former` is the address that counts till then."""

    template: ClassVar[str] = "portal/new_address.html"
    action: str
    csrf: str
    email: str
    former: str
    resend_action: str
    back_url: str
    minutes: int = 10
    digits: int = 6
    error: str = ""
    resent: bool = False
    mail_late: bool = False


class ObjectionPage(Struct, frozen=True, kw_only=True):
    """What somebody sees who was told that their address was changed: posts to `action` to take that back.

    `problem` says why that cannot be, `done` that it was.
    """

    template: ClassVar[str] = "portal/objection.html"
    action: str
    csrf: str
    former: str
    new: str
    problem: str = ""
    done: bool = False
    sign_in_url: str | None = None


class InvoicesPage(Struct, frozen=True, kw_only=True):
    """All invoices, or those of a year or in a state: asks `action` for `year` and `status`.

    `owed` says in sentences what is to be paid, `counted` how many invoices the choice holds. `bundle_url` downloads
    them all, None where that cannot be; `bundle_note` says what is in it, or why it cannot be. `empty` says why there
    are none, `all_url` leads out of a choice.
    """

    template: ClassVar[str] = "portal/invoices.html"
    action: str
    back_url: str
    years: tuple[Option, ...]
    states: tuple[Option, ...]
    rows: tuple[InvoiceRow, ...]
    pager: Pager
    owed: tuple[str, ...] = ()
    late_url: str | None = None
    counted: str = ""
    bundle_url: str | None = None
    bundle_note: str = ""
    statement_url: str = ""
    all_url: str | None = None
    empty: str = ""


class UpcomingBill(Struct, frozen=True, kw_only=True):
    """An invoice that is to come. `title` says when, `notes` what it depends on."""

    title: str
    about: str
    amount: str
    lines: tuple[Line, ...]
    totals: tuple[Total, ...]
    notes: tuple[str, ...] = ()


class UpcomingPage(Struct, frozen=True, kw_only=True):
    """The invoices that come next, the soonest first."""

    template: ClassVar[str] = "portal/upcoming.html"
    back_url: str
    bills: tuple[UpcomingBill, ...]


class BalanceRow(Struct, frozen=True, kw_only=True):
    """A movement of the balance: the day, what happened, by how much more credit there is, and what there is then."""

    day: str
    text: str
    amount: str
    credit: str
    url: str | None = None


class BalancePage(Struct, frozen=True, kw_only=True):
    """What is carried to the next invoices, in a sentence for each currency, and how it came about, newest first."""

    template: ClassVar[str] = "portal/balance.html"
    back_url: str
    sentences: tuple[str, ...]
    rows: tuple[BalanceRow, ...]
    pager: Pager


class Paper(Struct, frozen=True, kw_only=True):
    """A document to download: a credit note, a receipt."""

    name: str
    detail: str
    amount: str
    url: str
    badge: Badge | None = None


class StatementRow(Struct, frozen=True, kw_only=True):
    """A line: the day, what happened, by how much more is owed, and what is owed then. `strong` are the balances."""

    day: str
    text: str
    amount: str
    owed: str
    strong: bool = False


class StatementTable(Struct, frozen=True, kw_only=True):
    """One currency of a statement of account. `closing` says what it comes to, in a sentence."""

    currency: str
    rows: tuple[StatementRow, ...]
    closing: str


class InvoicePage(Struct, frozen=True, kw_only=True):
    """One invoice. `sentence` says what is to be done, if anything ("Please transfer €120.00 by …").

    `notes` are what the tenant wrote on it. For whoever came by a link there is no way back but a `sign_in_url`.
    """

    template: ClassVar[str] = "portal/invoice.html"
    number: str
    status: Badge
    amount: str
    sentence: str
    pdf_url: str
    back_url: str
    facts: tuple[Detail, ...]
    billed_to: tuple[str, ...]
    billed_by: tuple[str, ...]
    lines: tuple[Line, ...]
    totals: tuple[Total, ...]
    how_to_pay: HowToPay | None = None
    papers: tuple[Paper, ...] = ()
    pay_url: str | None = None
    """Where it can be paid by a payment method."""
    notes: tuple[str, ...] = ()
    sign_in_url: str | None = None
    notice: Notice | None = None


class InvoiceLinkOverPage(Struct, frozen=True, kw_only=True):
    """The link to an invoice has run out: posts to `action` for a fresh one, which goes to the customer's address.

    `sent` and `too_often` say what came of that.
    """

    template: ClassVar[str] = "portal/invoice_link_over.html"
    action: str
    csrf: str
    sign_in_url: str | None = None
    sent: bool = False
    too_often: bool = False


class StatementPage(Struct, frozen=True, kw_only=True):
    """A statement of account: a span of time to choose, and what happened in it, by currency."""

    template: ClassVar[str] = "portal/statement.html"
    action: str
    back_url: str
    first: str
    last: str
    error: str
    tables: tuple[StatementTable, ...]
    pdf_url: str | None


class ErrorPage(Struct, frozen=True, kw_only=True):
    """Something went wrong. `status` chooses the words; `sentence` replaces them where a refusal says more.

    `retry_seconds` is that of the Retry-After header, 0 for none.
    """

    template: ClassVar[str] = "error.html"
    status: int
    request_id: str = ""
    sentence: str = ""
    home_url: str | None = None
    retry_seconds: int = 0
