"""Why a customer cannot change billing details, or the address that they sign in with."""

from frontdesk.errors import Refusal


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


def new_address_often(seconds: int) -> Refusal:
    """Codes to new addresses are letters to people who may be strangers. `seconds` is how long to wait."""
    return Refusal(
        code="new_address_often",
        for_customer="You have asked for many codes within a short time. Please try again in an hour; the address you"
        " have now stays as it is.",
        for_tenant="The customer has asked for codes to new addresses too often.",
        param="email",
        for_now=True,
        retry_after=seconds,
    )


def email_fixed() -> Refusal:
    """Who came in by an e-mail address cannot put another one in its place, whatever the configuration says."""
    return Refusal(
        code="email_fixed",
        for_customer="You signed in with this e-mail address, so it cannot be changed here. Please contact us.",
        for_tenant="The e-mail address cannot be changed in a session that was begun by login link.",
        param="email",
    )
