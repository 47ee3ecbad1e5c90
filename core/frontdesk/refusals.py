"""Every refusal of the use cases, by name: the one place where their sentences are read and corrected.

`for_customer` is a message id of the catalogue. `for_tenant` is Stripe's text word for word where clients are known
to match on it (portal_spec.md §A.8).
"""

from msgspec.structs import replace

from frontdesk.errors import Refusal
from frontdesk.sentences import _

# -- what is asked for does not exist ---------------------------------------------------------------------------------


def no_such(kind: str, id: str, param: str | None = None) -> Refusal:
    """Nothing with this id: `kind` in the API's words ("subscription item")."""
    return Refusal(
        code="no_such_" + kind.replace(" ", "_"),
        for_customer="We cannot find this any more. It may have ended or been replaced.",
        for_tenant="No such {kind}: '{id}'",
        parameters={"kind": kind, "id": id},
        param=param,
        api_code="resource_missing",
        missing=True,
    )


def quote_unknown(id: str) -> Refusal:
    """No quote with this id for this customer."""
    return Refusal(
        code="quote_unknown",
        for_customer="We cannot find what you wanted to confirm. Please start again; nothing was changed.",
        for_tenant="No such quote: '{id}'",
        parameters={"id": id},
        missing=True,
    )


def quote_consumed(id: str) -> Refusal:
    """A quote is confirmed once."""
    return Refusal(
        code="quote_consumed",
        for_customer="You have confirmed this already. Your subscription is as shown on the overview.",
        for_tenant="The quote '{id}' was confirmed before.",
        parameters={"id": id},
    )


def quote_expired(id: str) -> Refusal:
    """A quote can be confirmed for 15 minutes."""
    return Refusal(
        code="quote_expired",
        for_customer="The amounts shown were valid for 15 minutes. Please look at them afresh; nothing was changed.",
        for_tenant="The quote '{id}' has expired.",
        parameters={"id": id},
    )


def quote_changed(id: str) -> Refusal:
    """The account or the portal's settings moved on since the quote."""
    return Refusal(
        code="quote_changed",
        for_customer="Something changed since you saw these amounts. Please compare the new ones and confirm again.",
        for_tenant="The quote '{id}' no longer holds, because the account or the configuration has changed since.",
        parameters={"id": id},
    )


# -- flows ------------------------------------------------------------------------------------------------------------


def flow_needs_payment_methods() -> Refusal:
    """The backend collects by invoice: there is nothing that a payment could be taken from."""
    return Refusal(
        code="flow_needs_payment_methods",
        for_customer="You pay by invoice, so there is no payment method to change. How to pay is on each invoice.",
        for_tenant="The flow `payment_method_update` is not supported: the billing backend collects by invoice and"
        " stores no payment methods.",
        param="flow_data[type]",
    )


# -- changing a plan --------------------------------------------------------------------------------------------------


def update_disabled() -> Refusal:
    """The feature is off."""
    return Refusal(
        code="subscription_update_disabled",
        for_customer="Your plan cannot be changed online. Please contact us.",
        for_tenant="This subscription cannot be updated because the subscription update feature in the portal"
        " configuration is disabled.",
    )


def no_changes(subscription: str) -> Refusal:
    """What was asked for is what there is."""
    return Refusal(
        code="no_changes",
        for_customer="This is your present plan. Choose another plan or quantity.",
        for_tenant="Cannot update the subscription `{subscription}` because there are no changes to confirm."
        " Provide a different `price` or `quantity`.",
        parameters={"subscription": subscription},
    )


def items_stay() -> Refusal:
    """A customer changes items that there are, each once; none is added or removed."""
    return Refusal(
        code="items_stay",
        for_customer="Only the present plan can be changed here.",
        for_tenant="In the portal existing items can be changed, each once; items cannot be added or removed.",
        param="items",
    )


def product_taken(product: str) -> Refusal:
    """Another item of the subscription has this product."""
    return Refusal(
        code="product_taken",
        for_customer="This plan is part of your subscription already.",
        for_tenant="Another item of the subscription has the product `{product}`; customers cannot choose it twice.",
        parameters={"product": product},
    )


def set_to_cancel(subscription: str) -> Refusal:
    """A subscription that is going to end is kept first, then changed."""
    return Refusal(
        code="set_to_cancel",
        for_customer="This subscription is already cancelled. Keep it first if you want to change it.",
        for_tenant="The subscription `{subscription}` is already set to be canceled at period end.",
        parameters={"subscription": subscription},
    )


def status_forbids(status: str) -> Refusal:
    """The subscription is in a state in which a plan cannot be changed; of one that is not paid, that it is first."""
    owed = status in ("unpaid", "incomplete")
    return Refusal(
        code="status_forbids",
        for_customer="Something is still to be paid for this plan. Once it is paid, the plan can be changed here."
        if owed
        else "This subscription is not active now and cannot be changed. Please contact us.",
        for_tenant="A subscription with the status `{status}` cannot be updated in the portal.",
        parameters={"status": status},
    )


def is_paused(subscription: str) -> Refusal:
    """What rests is not changed."""
    return Refusal(
        code="subscription_paused",
        for_customer="This plan is paused. It can be changed once it goes on.",
        for_tenant="The subscription `{subscription}` is paused. Resume it first.",
        parameters={"subscription": subscription},
    )


def not_paused(subscription: str, status: str) -> Refusal:
    """Only what rests goes on."""
    return Refusal(
        code="subscription_not_paused",
        for_customer="This plan is not paused, so there is nothing to resume.",
        for_tenant="The subscription `{subscription}` cannot be resumed because its status is `{status}`. Only"
        " subscriptions with the status `paused` can be resumed.",
        parameters={"subscription": subscription, "status": status},
    )


def cannot_be_paused(subscription: str, status: str) -> Refusal:
    """Only what is active rests: there is nothing to stop in a trial."""
    return Refusal(
        code="status_forbids_pause",
        for_customer="This plan cannot be paused at the moment.",
        for_tenant="The subscription `{subscription}` cannot be paused because its status is `{status}`.",
        parameters={"subscription": subscription, "status": status},
    )


def trial_not_paused(subscription: str) -> Refusal:
    """There is nothing to stop in a trial."""
    return replace(
        cannot_be_paused(subscription, "trialing"),
        for_customer="A plan can be paused once its trial is over.",
    )


def pause_disabled() -> Refusal:
    """The feature is off."""
    return Refusal(
        code="subscription_pause_disabled",
        for_customer="Your plan cannot be paused online. Please contact us.",
        for_tenant="This subscription cannot be paused because the subscription pause feature in the portal"
        " configuration is disabled.",
    )


def pause_needs_flexible(subscription: str) -> Refusal:
    """Stripe's rule (portal_spec.md §C.7)."""
    return Refusal(
        code="pause_needs_flexible",
        for_customer="This plan cannot be paused online. Please contact us.",
        for_tenant="The subscription `{subscription}` cannot be paused: pausing needs the billing mode `flexible`.",
        parameters={"subscription": subscription},
    )


def nothing_put_off(subscription: str) -> Refusal:
    """Only a change that waits can be taken back."""
    return Refusal(
        code="nothing_put_off",
        for_customer="No change of this plan is waiting, so there is nothing to take back.",
        for_tenant="The subscription `{subscription}` has no change that waits for the end of its period.",
        parameters={"subscription": subscription},
    )


def price_not_adjustable() -> Refusal:
    """Only the quantity may change."""
    return Refusal(
        code="price_not_adjustable",
        for_customer="You can change the quantity here, but not the plan. Please contact us.",
        for_tenant="The portal configuration does not allow customers to change the `price`.",
    )


def quantity_not_adjustable() -> Refusal:
    """Only the price may change."""
    return Refusal(
        code="quantity_not_adjustable",
        for_customer="The quantity cannot be changed online. Please contact us.",
        for_tenant="The portal configuration does not allow customers to change the `quantity` of this product.",
    )


def quantity_out_of_bounds(minimum: int, maximum: int | None) -> Refusal:
    """The quantity is outside of what the configuration allows."""
    if maximum is None:
        return Refusal(
            code="quantity_too_small",
            for_customer="Please choose a quantity of at least {minimum}.",
            for_tenant="The `quantity` must be at least {minimum}.",
            parameters={"minimum": minimum},
        )
    return Refusal(
        code="quantity_out_of_bounds",
        for_customer="Please choose a quantity from {minimum} to {maximum}.",
        for_tenant="The `quantity` must be from {minimum} to {maximum}.",
        parameters={"minimum": minimum, "maximum": maximum},
    )


def price_not_offered(price: str) -> Refusal:
    """The price is not among those of the configuration."""
    return Refusal(
        code="price_not_offered",
        for_customer="This plan is not offered here. Please choose one of the plans shown.",
        for_tenant="The price `{price}` is not in `features.subscription_update.products` of the configuration.",
        parameters={"price": price},
    )


def nothing_else_offered() -> Refusal:
    """There is no other plan and no other quantity to choose."""
    return Refusal(
        code="nothing_else_offered",
        for_customer="There is no other plan that you could change to online. Please contact us.",
        for_tenant="The portal configuration offers nothing that this subscription could be changed to: look at its"
        " products, at their currencies and at the tax behavior of their prices.",
    )


def price_inactive(price: str, param: str | None = None) -> Refusal:
    """The price, or its product, is not sold any more."""
    return Refusal(
        code="price_inactive",
        for_customer="This plan is no longer sold. Please choose another one.",
        for_tenant="The price specified is inactive: `{price}`. This field only accepts active prices of active"
        " products.",
        parameters={"price": price},
        param=param,
    )


def price_not_recurring(price: str, param: str | None = None) -> Refusal:
    """A subscription needs recurring prices."""
    return Refusal(
        code="price_not_recurring",
        for_customer="This cannot be subscribed to.",
        for_tenant="The price specified is set to `type=one_time` but this field only accepts prices with"
        " `type=recurring`: `{price}`.",
        parameters={"price": price},
        param=param,
    )


def currencies_differ(price: str, sold_in: str, currency: str, param: str | None = None) -> Refusal:
    """A subscription has one currency for its whole life. `sold_in` is the price's own."""
    return Refusal(
        code="currencies_differ",
        for_customer="This plan is sold in another currency than yours. Please contact us.",
        for_tenant="The price specified only supports `{sold_in}`."
        " This doesn't match the expected currency: `{currency}`.",
        parameters={"price": price, "sold_in": sold_in, "currency": currency},
        param=param,
    )


def intervals_differ() -> Refusal:
    """All items of a subscription are billed at the same interval."""
    return Refusal(
        code="intervals_differ",
        for_customer="These plans are billed at different intervals and cannot be combined.",
        for_tenant="All prices of a subscription must have the same `recurring.interval` and"
        " `recurring.interval_count`.",
        param="items",
    )


def tax_behavior_differs(price: str) -> Refusal:
    """One price includes tax and the other does not, so that the amounts shown could not be compared."""
    return Refusal(
        code="tax_behavior_differs",
        for_customer="This plan is taxed in another way than yours and cannot be chosen online. Please contact us.",
        for_tenant="The price `{price}` does not have the `tax_behavior` of the present price, so customers cannot"
        " change to it in the portal.",
        parameters={"price": price},
    )


def no_items() -> Refusal:
    """A subscription keeps at least one item."""
    return Refusal(
        code="no_items",
        for_customer="A subscription needs at least one plan. You can cancel it instead.",
        for_tenant="A subscription must have at least one active item. Cancel it instead of deleting its last item.",
        param="items",
    )


def duplicate_price(price: str) -> Refusal:
    """One price stands in a subscription once; its quantity says how often."""
    return Refusal(
        code="duplicate_price",
        for_customer="This plan is part of your subscription already.",
        for_tenant="Cannot add multiple subscription items with the same price: `{price}`. Use `quantity` instead.",
        parameters={"price": price},
        param="items",
    )


def quantity_impossible(maximum: int, param: str | None = None) -> Refusal:
    """Nobody orders a negative quantity, or more than can be reckoned with."""
    return Refusal(
        code="quantity_impossible",
        for_customer="Please enter a whole number up to {maximum}.",
        for_tenant="The `quantity` must be an integer from 0 to {maximum}.",
        parameters={"maximum": maximum},
        param=param,
        api_code="parameter_invalid_integer",
    )


def amount_impossible(maximum: int, param: str | None = None) -> Refusal:
    """A quantity whose price is larger than can be billed. `maximum` is in minor units."""
    return Refusal(
        code="amount_impossible",
        for_customer="Please choose a smaller quantity. This one costs more than can be billed at once.",
        for_tenant="The amount of one item must be no more than {maximum} in the smallest unit of its currency.",
        parameters={"maximum": maximum},
        param=param,
        api_code="amount_too_large",
    )


def event_twice(identifier: str) -> Refusal:
    """A report is counted once, however often it is sent."""
    return Refusal(
        code="event_twice",
        for_customer="This cannot be done now.",
        for_tenant="An event already exists with identifier {identifier}.",
        parameters={"identifier": identifier},
        param="identifier",
        api_code="duplicate_meter_event",
    )


def event_name_taken(name: str) -> Refusal:
    """Of the meters that take events, one counts those of a name."""
    return Refusal(
        code="event_name_taken",
        for_customer="This cannot be done now.",
        for_tenant="There is already an active meter with the event name `{name}`.",
        parameters={"name": name},
        param="event_name",
    )


def use_already_billed(identifier: str, param: str = "timestamp") -> Refusal:
    """What was used in a period can be reported until that period is billed."""
    return Refusal(
        code="use_already_billed",
        for_customer="This cannot be done now.",
        for_tenant="The event `{identifier}` lies in a period that was billed already, so that it cannot be counted.",
        parameters={"identifier": identifier},
        param=param,
    )


def metered_cannot_wait() -> Refusal:
    """What was used is billed by the price that it was used at, so such a price changes at once."""
    return Refusal(
        code="metered_cannot_wait",
        for_customer="This plan cannot be changed at the end of the period. Please contact us.",
        for_tenant="A change to or from a price with `usage_type` `metered` cannot be put off.",
    )


def billed_by_use(price: str) -> Refusal:
    """Among several items, what is billed by use does not change places with what is not."""
    return Refusal(
        code="billed_by_use",
        for_customer="This plan is billed in another way than this part of your subscription. Choose another one.",
        for_tenant="The price `{price}` is billed by use and the present one is not, or the other way round: customers"
        " can change between the two only where a subscription has one item.",
        parameters={"price": price},
    )


# -- starting again ---------------------------------------------------------------------------------------------------


def restart_disabled() -> Refusal:
    """The setting is off."""
    return Refusal(
        code="restart_disabled",
        for_customer="This plan cannot be started again online. Please contact us.",
        for_tenant="Customers cannot start a subscription again: `frontdesk[restart][enabled]` of the portal"
        " configuration is false.",
    )


def not_ended(subscription: str, status: str) -> Refusal:
    """Only what has ended can start again."""
    return Refusal(
        code="not_ended",
        for_customer="This plan has not ended.",
        for_tenant="The subscription `{subscription}` cannot be started again: its status is `{status}`.",
        parameters={"subscription": subscription, "status": status},
    )


def no_longer_sold(price: str) -> Refusal:
    """A price of what ended is not sold any more."""
    return Refusal(
        code="no_longer_sold",
        for_customer="This plan is no longer sold. Please contact us.",
        for_tenant="The subscription cannot be started again: its price `{price}`, or the product of it, is inactive.",
        parameters={"price": price},
    )


def had_already(subscription: str) -> Refusal:
    """Another subscription has one of its products."""
    return Refusal(
        code="had_already",
        for_customer="You have this plan already.",
        for_tenant="Customers cannot start `{subscription}` again: another subscription of theirs has one of its"
        " products.",
        parameters={"subscription": subscription},
    )


def owed_for(subscription: str) -> Refusal:
    """What was billed for it is not paid."""
    return Refusal(
        code="owed_for",
        for_customer="An invoice of this plan is still open. Once it is paid, you can start the plan again here.",
        for_tenant="Customers cannot start `{subscription}` again before its invoices are paid.",
        parameters={"subscription": subscription},
    )


# -- ending a subscription --------------------------------------------------------------------------------------------


def cancel_disabled() -> Refusal:
    """The feature is off."""
    return Refusal(
        code="subscription_cancel_disabled",
        for_customer="This subscription cannot be cancelled online. Please contact us.",
        for_tenant="This subscription cannot be canceled because the subscription cancel feature in the portal"
        " configuration is disabled.",
    )


def already_set_to_cancel(subscription: str) -> Refusal:
    """It is going to end anyway."""
    return Refusal(
        code="already_set_to_cancel",
        for_customer="This subscription is already cancelled.",
        for_tenant="The subscription `{subscription}` is already set to be canceled at period end.",
        parameters={"subscription": subscription},
        param="flow_data[subscription_cancel][subscription]",
    )


def not_set_to_cancel(subscription: str) -> Refusal:
    """There is nothing to take back."""
    return Refusal(
        code="not_set_to_cancel",
        for_customer="This subscription is not cancelled, so there is nothing to take back.",
        for_tenant="The subscription `{subscription}` is not set to be canceled.",
        parameters={"subscription": subscription},
    )


def offer_taken(subscription: str) -> Refusal:
    """Nobody is paid again and again for threatening to leave."""
    return Refusal(
        code="offer_taken",
        for_customer="You have already used this offer. Your subscription is as shown on the overview.",
        for_tenant="An offer to stay was already taken for the subscription `{subscription}`.",
        parameters={"subscription": subscription},
    )


def offer_over() -> Refusal:
    """What was offered is not to be had any more."""
    return Refusal(
        code="offer_over",
        for_customer="This offer is no longer available. Nothing was changed.",
        for_tenant="The offer to stay cannot be made to this subscription any more.",
    )


def reason_not_asked() -> Refusal:
    """The configuration does not ask for reasons."""
    return Refusal(
        code="reason_not_asked",
        for_customer="There is no need to give a reason.",
        for_tenant="Cancellation reasons are disabled in the portal configuration.",
    )


def reason_unknown(reason: str) -> Refusal:
    """The feedback is none of those that can be chosen."""
    return Refusal(
        code="reason_unknown",
        for_customer="Please choose one of the reasons shown, or leave the question open.",
        for_tenant="The cancellation feedback '{reason}' is not one of those that can be chosen.",
        parameters={"reason": reason},
        param="cancellation_details[feedback]",
    )


# -- billing details --------------------------------------------------------------------------------------------------


def details_disabled() -> Refusal:
    """The feature is off."""
    return Refusal(
        code="customer_update_disabled",
        for_customer="Your billing details cannot be changed online. Please contact us.",
        for_tenant="Billing details cannot be changed because the customer update feature in the portal configuration"
        " is disabled.",
    )


def detail_not_allowed(field: str) -> Refusal:
    """The configuration does not list this field."""
    return Refusal(
        code="detail_not_allowed",
        for_customer="This cannot be changed online. Please contact us.",
        for_tenant="`{field}` is not in `features.customer_update.allowed_updates` of the portal configuration.",
        parameters={"field": field},
        param=field,
    )


def email_unproven() -> Refusal:
    """Whoever can type an address need not be who reads its mail."""
    return Refusal(
        code="email_unproven",
        for_customer="The new address counts once you have entered the code that we send to it.",
        for_tenant="A customer changes their e-mail address by a code that was sent to the new one.",
        param="email",
    )


def new_address_often() -> Refusal:
    """Codes to new addresses are letters to people who may be strangers."""
    return Refusal(
        code="new_address_often",
        for_customer="You have asked for many codes within a short time. Please try again in an hour; the address you"
        " have now stays as it is.",
        for_tenant="The customer has asked for codes to new addresses too often.",
        param="email",
        for_now=True,
    )


def email_fixed() -> Refusal:
    """Who came in by an e-mail address cannot put another one in its place, whatever the configuration says."""
    return Refusal(
        code="email_fixed",
        for_customer="You signed in with this e-mail address, so it cannot be changed here. Please contact us.",
        for_tenant="The e-mail address cannot be changed in a session that was begun by login link.",
        param="email",
    )


def email_invalid(text: str, param: str | None = "email") -> Refusal:
    """This is no e-mail address that mail could be sent to."""
    return Refusal(
        code="email_invalid",
        for_customer="Please enter a complete e-mail address, such as name@example.com.",
        for_tenant="Invalid email address: {text}",
        parameters={"text": text[:100]},
        param=param,
        api_code="email_invalid",
    )


def text_too_long(maximum: int, param: str) -> Refusal:
    """A text is longer than its field."""
    return Refusal(
        code="text_too_long",
        for_customer="Please use at most {maximum} characters.",
        for_tenant="Invalid string: `{param}` must be at most {maximum} characters.",
        parameters={"maximum": maximum, "param": param},
        param=param,
        api_code="parameter_invalid_string",
    )


def text_unprintable(param: str) -> Refusal:
    """A text has control characters (such as line ends), which would break letters and documents."""
    return Refusal(
        code="text_unprintable",
        for_customer="Please use letters, digits and punctuation only, on one line.",
        for_tenant="Invalid string: `{param}` must not contain control characters.",
        parameters={"param": param},
        param=param,
        api_code="parameter_invalid_string",
    )


def text_unstorable() -> Refusal:
    """A text has a NUL, which no keyboard types and PostgreSQL does not keep."""
    return Refusal(
        code="text_unstorable",
        for_customer="Something that you entered has characters that cannot be kept. Please enter it again.",
        for_tenant="Invalid string: the null character (U+0000) cannot be kept.",
        api_code="parameter_invalid_string",
    )


def country_unknown(country: str, param: str) -> Refusal:
    """Countries are ISO 3166-1 alpha-2 codes."""
    return Refusal(
        code="country_unknown",
        for_customer="Please choose a country from the list.",
        for_tenant="Country '{country}' is unknown. Try using a 2-character alphanumeric country code instead, such as"
        " 'US', 'EG', or 'GB'.",
        parameters={"country": country[:20]},
        param=param,
    )


# -- invoices ---------------------------------------------------------------------------------------------------------


def invoice_already_paid() -> Refusal:
    """There is nothing left to pay."""
    return Refusal(
        code="invoice_already_paid",
        for_customer="This invoice is already paid.",
        for_tenant="Invoice is already paid",
    )


def invoice_not_payable(status: str) -> Refusal:
    """Drafts and void invoices are not paid."""
    return Refusal(
        code="invoice_not_payable",
        for_customer="This invoice cannot be paid.",
        for_tenant="You can only pay an open invoice; this one is `{status}`.",
        parameters={"status": status},
        api_code="invoice_not_editable",
    )


def invoice_not_open() -> Refusal:
    """Only what is still asked for can be taken back or given up."""
    return Refusal(
        code="invoice_not_open",
        for_customer="This invoice is not open any more.",
        for_tenant="You can only pass in open invoices. This invoice isn't open.",
    )


def invoice_has_payments() -> Refusal:
    """What was paid for is corrected by a credit note, never taken back."""
    return Refusal(
        code="invoice_has_payments",
        for_customer="This invoice has been paid, at least in part.",
        for_tenant="Invoices with `paid` payments cannot be voided.",
    )


def not_for_invoice(code: str, sentence: str, param: str | None = None, api_code: str | None = None) -> Refusal:
    """Something about an invoice by hand, which no customer ever does."""
    return Refusal(
        code=code,
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=sentence,
        param=param,
        api_code=api_code,
    )


def invoice_currencies_differ(asked: str, currency: str) -> Refusal:
    """One invoice is in one currency."""
    return Refusal(
        code="invoice_currencies_differ",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant="Everything on an invoice is in one currency: `{asked}` cannot be billed in `{currency}`.",
        parameters={"asked": asked, "currency": currency},
        param="currency",
    )


def payment_reversed() -> Refusal:
    """A payment is undone once."""
    return not_for_invoice("payment_reversed", "This payment was reversed already.", "payment")


def payment_amount(maximum: int) -> Refusal:
    """What came in is more than nothing."""
    return replace(
        not_for_invoice("payment_amount", "The amount must be from 1 to {maximum}.", "amount"),
        parameters={"maximum": maximum},
    )


def payment_day() -> Refusal:
    """Nothing comes in tomorrow."""
    return not_for_invoice(
        "payment_day", "The day of a payment must not lie in the future, nor before 2000.", "received"
    )


def already_uncollectible() -> Refusal:
    """It is marked once."""
    return Refusal(
        code="already_uncollectible",
        for_customer="This invoice is not open any more.",
        for_tenant="This invoice has already been marked uncollectible.",
    )


# -- setting up -------------------------------------------------------------------------------------------------------


def seller_incomplete(missing: str) -> Refusal:
    """Invoices cannot be issued without these of the seller's details: `missing` is a list of field names."""
    return Refusal(
        code="seller_incomplete",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=_("The details for invoices are not complete. Enter them first."),
        parameters={"missing": missing},
    )


def not_live_yet() -> Refusal:
    """A live portal is opened by going live, once what it needs is there."""
    return Refusal(
        code="not_live_yet",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=_("This portal has not gone live yet. Go live in the dashboard; then its link can be switched on."),
        param="login_page[enabled]",
    )


def already_live() -> Refusal:
    """A side goes live once."""
    return Refusal(
        code="already_live",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=_("This portal is live already."),
    )


def by_invitation_only() -> Refusal:
    """The operator lets nobody sign up who was not invited."""
    return Refusal(
        code="by_invitation_only",
        for_customer="A portal is set up by invitation here.",
        for_tenant=_("A portal is set up by invitation here."),
        forbidden=True,
    )


def signed_up_often(most: int) -> Refusal:
    """One person sets up only so many portals a day."""
    return Refusal(
        code="signed_up_often",
        for_customer="You have set up {most} portals within a day. Please go on tomorrow.",
        for_tenant="At most {most} portals can be set up within a day.",
        parameters={"most": most},
    )


def invitation_over() -> Refusal:
    """An invitation counts once, and only for so long."""
    return Refusal(
        code="invitation_over",
        for_customer="This invitation does not count any more. Please ask for a new one.",
        for_tenant=_("This invitation was used or withdrawn, or it is too old."),
    )


def request_decided() -> Refusal:
    """A request is answered once."""
    return Refusal(
        code="request_decided",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=_("This request was answered already."),
    )


def text_needed(field: str) -> Refusal:
    """A field that cannot be empty."""
    return Refusal(
        code="text_needed",
        for_customer="Please fill this in.",
        for_tenant="`{field}` cannot be empty.",
        parameters={"field": field},
        param=field,
    )


def slug_invalid() -> Refusal:
    """A slug is a part of addresses."""
    return Refusal(
        code="slug_invalid",
        for_customer="Please use 3 to 40 small letters, digits and dashes, and begin with a letter: acme-tools.",
        for_tenant="A slug has 3 to 40 lower-case letters, digits and dashes and begins with a letter.",
        param="slug",
    )


def slug_taken(slug: str) -> Refusal:
    """Another portal has this address, or it is a word of our own."""
    return Refusal(
        code="slug_taken",
        for_customer="This address is taken. Please choose another one.",
        for_tenant=_("The address {slug} is taken."),
        parameters={"slug": slug[:60]},
        param="slug",
    )


def currency_unknown(currency: str) -> Refusal:
    """Currencies are ISO 4217 codes."""
    return Refusal(
        code="currency_unknown",
        for_customer="Please choose a currency from the list.",
        for_tenant="Unknown currency: {currency}",
        parameters={"currency": currency[:20]},
        param="currency",
    )


def backend_unknown(backend: str) -> Refusal:
    """Only what is installed can be chosen."""
    return Refusal(
        code="backend_unknown",
        for_customer="Please choose one of these.",
        for_tenant="No billing backend `{backend}` is installed.",
        parameters={"backend": backend[:60]},
        param="backend",
    )


def seller_field_needed(field: str) -> Refusal:
    """A field of the seller's details without which no invoice may be issued."""
    return Refusal(
        code="seller_field_needed",
        for_customer="Please fill this in: invoices need it.",
        for_tenant="`{field}` is needed on invoices.",
        parameters={"field": field},
        param=field,
    )


def iban_invalid() -> Refusal:
    """Country, length or check digits of an IBAN are wrong."""
    return Refusal(
        code="iban_invalid",
        for_customer="This IBAN is not right. Please compare it with your bank statement.",
        for_tenant="Invalid IBAN.",
        param="iban",
    )


def bic_invalid() -> Refusal:
    """A BIC has eight or eleven characters."""
    return Refusal(
        code="bic_invalid",
        for_customer="A BIC has 8 or 11 letters and digits, such as COBADEFFXXX. It may be left out.",
        for_tenant="Invalid BIC.",
        param="bic",
    )


def prefix_invalid(shortest: int, longest: int) -> Refusal:
    """Invoice numbers begin with letters and digits alone, so that no two series look alike."""
    return Refusal(
        code="prefix_invalid",
        for_customer="Please use {shortest} to {longest} letters and digits, without spaces or dashes.",
        for_tenant="An invoice prefix has {shortest} to {longest} capital letters and digits.",
        parameters={"shortest": shortest, "longest": longest},
        param="invoice_prefix",
    )


def prefix_taken(prefix: str) -> Refusal:
    """Invoices from elsewhere carry numbers of this series, which the counter knows nothing of."""
    return Refusal(
        code="prefix_taken",
        for_customer="There are invoices whose numbers begin like this already. Please choose another beginning.",
        for_tenant="The invoice prefix `{prefix}` is taken.",
        parameters={"prefix": prefix},
        param="invoice_prefix",
    )


# -- who and what in general ------------------------------------------------------------------------------------------


def side_suspended() -> Refusal:
    """The operator has suspended the tenant."""
    return Refusal(
        code="side_suspended",
        for_customer="Changes are paused at the moment. You can see everything, download your invoices and cancel.",
        for_tenant=_(
            "This account is suspended, so nothing can be changed. Reading still works. Please contact the operator of"
            " this service."
        ),
        api_code="account_suspended",
        forbidden=True,
    )


def already_suspended() -> Refusal:
    """A tenant is suspended once."""
    return Refusal(
        code="already_suspended",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=_("This tenant is suspended already."),
    )


def not_suspended() -> Refusal:
    """There is nothing to lift."""
    return Refusal(
        code="not_suspended",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=_("This tenant is not suspended."),
    )


def reason_needed() -> Refusal:
    """Whoever is suspended must be able to read why."""
    return Refusal(
        code="reason_needed",
        for_customer="Please enter a reason. The tenant's staff read it.",
        for_tenant="A reason is needed.",
        param="reason",
    )


def not_for_customers(act: str) -> Refusal:
    """Only the tenant may do this."""
    return Refusal(
        code="not_for_customers",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant="Customers cannot do this by themselves: {act}.",
        parameters={"act": act},
    )


def cannot(capability: str) -> Refusal:
    """The billing backend lacks a capability."""
    return Refusal(
        code="not_supported",
        for_customer="This cannot be done online. Please contact us.",
        for_tenant="The billing backend cannot do this: {capability}.",
        parameters={"capability": capability},
    )


def collection_method_unavailable(method: str, available: str) -> Refusal:
    """The backend does not collect in this way."""
    return Refusal(
        code="collection_method_unavailable",
        for_customer="This way of paying is not available. Please contact us.",
        for_tenant="The billing backend does not support `collection_method={method}`. Leave it out, or use"
        " {available}.",
        parameters={"method": method, "available": available},
        param="collection_method",
    )


def days_until_due_invalid(maximum: int) -> Refusal:
    """Days until due count forwards, up to two years."""
    return Refusal(
        code="days_until_due_invalid",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant="`days_until_due` must be an integer from 0 to {maximum}.",
        parameters={"maximum": maximum},
        param="days_until_due",
        api_code="parameter_invalid_integer",
    )


def reminder_days(maximum: int, param: str) -> Refusal:
    """Days after the due date count forwards, up to a year."""
    return setting_invalid("reminder_days", "Enter a number of days, up to {maximum}.", param, maximum=maximum)


def reminder_order(param: str) -> Refusal:
    """Reminders go one after the other."""
    return setting_invalid("reminder_order", "This has to come later than the reminder before it.", param)


def reminder_text_empty(param: str) -> Refusal:
    """A letter says something."""
    return setting_invalid("reminder_text_empty", "Write something here, or go back to our text.", param)


def reminder_placeholder(name: str, param: str) -> Refusal:
    """A text names what we know of an invoice, and nothing else."""
    return setting_invalid("reminder_placeholder", "We have nothing to put in for {name}.", param, name=name)


def setting_invalid(code: str, sentence: str, param: str | None, **parameters: str | int) -> Refusal:
    """A portal configuration cannot be as asked. `sentence` stands beside its rule."""
    return Refusal(
        code=code,
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=sentence,
        parameters=parameters,
        param=param,
    )


def invoices_hidden() -> Refusal:
    """The feature is off."""
    return Refusal(
        code="invoice_history_disabled",
        for_customer="Your invoices are not shown here. Please contact us if you need one.",
        for_tenant="Invoices are not shown because the invoice history feature in the portal configuration is"
        " disabled.",
    )


def paid_by_transfer() -> Refusal:
    """There is nothing to pay with on the page: what is owed comes by bank transfer."""
    return Refusal(
        code="paid_by_transfer",
        for_customer="Invoices are paid by bank transfer. Each one says how.",
        for_tenant="The billing backend collects by invoice: customers pay by bank transfer, and staff or your program"
        " record the payment.",
    )


def no_payment_methods() -> Refusal:
    """The backend keeps none."""
    return Refusal(
        code="no_payment_methods",
        for_customer="You pay by invoice, so there is no payment method to look after.",
        for_tenant="The billing backend collects by invoice and keeps no payment methods.",
    )


def payment_methods_disabled() -> Refusal:
    """The feature is off."""
    return Refusal(
        code="payment_method_update_disabled",
        for_customer="Your payment methods cannot be changed online. Please contact us.",
        for_tenant="Payment methods cannot be changed because the payment method update feature in the portal"
        " configuration is disabled.",
    )


def default_configuration_stays(id: str, done: str) -> Refusal:
    """There is always a default configuration, and it is on. `done` is what was to be done with it, in a participle."""
    sentences = {
        "deactivated": _(
            "The default configuration cannot be deactivated. Make another configuration the default first."
        ),
        "deleted": _("The default configuration cannot be deleted. Make another configuration the default first."),
        "replaced by none": _(
            "There is always one default configuration. Make another one the default, and this one stops being it."
        ),
    }
    return Refusal(
        code="default_configuration",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=sentences[done],
        parameters={"configuration": id},
        param={"deactivated": "active", "replaced by none": "is_default"}.get(done),
    )


def inactive_configuration(id: str) -> Refusal:
    """What is off cannot be what counts where nothing is named."""
    return Refusal(
        code="inactive_configuration",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=_("The configuration `{configuration}` is inactive. Activate it, then make it the default."),
        parameters={"configuration": id},
        param="is_default",
    )


# -- helping to sign in -----------------------------------------------------------------------------------------------


def customer_without_address() -> Refusal:
    """Nothing can be sent to a customer without an e-mail address."""
    return Refusal(
        code="customer_without_address",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=_("This customer has no e-mail address. Add one to the details first."),
    )


def login_link_off() -> Refusal:
    """There is no login link that works."""
    return Refusal(
        code="login_link_off",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=_(
            "The link to the portal is switched off, so it would lead nowhere. Activate it first, under Link."
        ),
    )


def link_sent_often(count: int) -> Refusal:
    """A mailbox is not to be flooded."""
    return Refusal(
        code="link_sent_often",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=_(
            "The link was sent {count} times within the last hour. Give the customer the link itself, or wait."
        ),
        parameters={"count": count},
    )


def bundled_often() -> Refusal:
    """A download of many documents sets each of them."""
    return Refusal(
        code="bundled_often",
        for_customer="You have downloaded many files within a short time. Please try again in an hour.",
        for_tenant="The customer has downloaded many files of invoices within the last hour.",
        for_now=True,
    )


# -- test clocks ------------------------------------------------------------------------------------------------------


def sandbox_only() -> Refusal:
    """Test clocks are for sandboxes (Stripe's sentence)."""
    return Refusal(
        code="sandbox_only",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant="This endpoint is only available in testmode. Try using your test keys instead.",
    )


def clock_advancing(clock: str) -> Refusal:
    """A test clock is on its way (Stripe's sentence)."""
    return Refusal(
        code="clock_advancing",
        for_customer="This account is just being moved on in time. Please try again in a moment.",
        for_tenant="Test clock advancement underway - cannot perform modifications: {clock}",
        parameters={"clock": clock},
        for_now=True,
    )


def clock_failed(clock: str) -> Refusal:
    """Something went wrong while a test clock was moved on."""
    return Refusal(
        code="clock_failed",
        for_customer="Something went wrong while this account was moved on in time. It is kept as it was then.",
        for_tenant="The test clock {clock} was stopped by an internal failure. It can still be read and deleted.",
        parameters={"clock": clock},
    )


def clock_time_impossible() -> Refusal:
    """Billing periods must be countable from there."""
    return Refusal(
        code="clock_time_impossible",
        for_customer="Please choose a date between 1 January 2000 and 31 December 2099.",
        for_tenant="`frozen_time` must lie between the years 2000 and 2099.",
        param="frozen_time",
    )


def clock_goes_forward() -> Refusal:
    """Time does not go back."""
    return Refusal(
        code="clock_goes_forward",
        for_customer="The clock only goes forward. Please choose a later date.",
        for_tenant="Must be after the test clock's current frozen time.",
        param="frozen_time",
    )


def clock_too_far(furthest: int) -> Refusal:
    """One move is bounded. `furthest` is in seconds since 1970."""
    return Refusal(
        code="clock_too_far",
        for_customer="The clock can be moved on by two years at most at a time. Please choose an earlier date.",
        for_tenant="Cannot be more than two years in the future of the test clock's current frozen time: at most"
        " {furthest}.",
        parameters={"furthest": furthest},
        param="frozen_time",
    )


def clock_full(most: int) -> Refusal:
    """A clock's customers are moved on, and deleted, together."""
    return Refusal(
        code="clock_full",
        for_customer="There are {most} customers on this clock already. Please create another clock.",
        for_tenant="A test clock has at most {most} customers. Create another one.",
        parameters={"most": most},
        param="test_clock",
    )
