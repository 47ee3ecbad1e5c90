"""What staff read about e-mails: what one was about, what became of it, and what that means."""

from frontdesk_tenants.mail_log import LoggedLetter, Outcome
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Badge, Tone


def purpose_name(purpose: str, locale: str) -> str:
    """What an e-mail was about, in a few words; a purpose that has no words of its own as it is called."""
    names = {
        "passcode": translate(locale, "Sign-in code"),
        "address_code": translate(locale, "Code for a new address"),
        "address_changed": translate(locale, "Address changed"),
        "wrong_codes": translate(locale, "Many wrong codes"),
        "invoice_finalized": translate(locale, "Invoice"),
        "invoice_sent": translate(locale, "Invoice, sent again"),
        "invoice_paid": translate(locale, "Receipt"),
        "payment_failed": translate(locale, "Payment failed"),
        "refund_made": translate(locale, "Refund"),
        "credit_note_issued": translate(locale, "Credit note"),
        "plan_changed": translate(locale, "Plan changed"),
        "cancellation_scheduled": translate(locale, "Cancellation"),
        "subscription_canceled": translate(locale, "Plan ended"),
        "invoice_reminded": translate(locale, "Reminder"),
        "trial_will_end": translate(locale, "Trial ends soon"),
        "subscription_paused": translate(locale, "Plan paused"),
        "resumption_moved": translate(locale, "End of a pause changed"),
        "offer_taken": translate(locale, "Offer to stay taken"),
        "subscription_resumed": translate(locale, "Plan goes on"),
        "link_sent": translate(locale, "Link to the portal"),
        "invoice_link_asked": translate(locale, "Fresh link to an invoice"),
        "waiting_act_refused": translate(locale, "Refused after waiting"),
        "invitation": translate(locale, "Invitation to the team"),
        "test": translate(locale, "Test e-mail"),
        "webhooks": translate(locale, "Webhook endpoint switched off"),
    }
    return names.get(purpose) or purpose.replace("_", " ").capitalize()


def outcome_badge(outcome: Outcome, locale: str) -> Badge:
    """What became of an e-mail, as a badge."""
    words: dict[Outcome, tuple[str, Tone]] = {
        "queued": (translate(locale, "Queued"), "neutral"),
        "waiting": (translate(locale, "Waiting"), "warning"),
        "accepted": (translate(locale, "Accepted"), "success"),
        "bounced": (translate(locale, "Bounced"), "danger"),
        "rejected": (translate(locale, "Rejected"), "danger"),
        "expired": (translate(locale, "Given up"), "warning"),
    }
    return Badge(*words[outcome])


def outcome_meaning(letter: LoggedLetter, locale: str) -> str:
    """What became of an e-mail and what to do about it, as a sentence or two."""
    match letter.outcome:
        case "queued":
            return translate(locale, "It is about to be handed to the mail server.")
        case "waiting":
            return translate(locale, "It was not taken yet and is tried again by itself, later and later.")
        case "accepted":
            return translate(
                locale,
                "The mail server took it. If it is not in the inbox, it may be in the spam folder or still on its way.",
            )
        case "bounced":
            return translate(
                locale,
                "The mail server says that this address takes no e-mail. Look for a typing error, or ask the customer"
                " for another address.",
            )
        case "rejected":
            return translate(
                locale,
                "The mail server refused this e-mail, not the address. Its answer says why; another one may pass.",
            )
        case "expired":
            return translate(
                locale, "It was not taken in time, and its code does not count any more. A new one can be asked for."
            )
