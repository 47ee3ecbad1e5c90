"""Why no code came, in plain words: a sentence for each finding, with the step that helps."""

from collections.abc import Mapping
from datetime import datetime

from frontdesk.near_misses import NearMiss, NearMissKind
from frontdesk.no_code import Cause, Finding, SignInState
from frontdesk.sign_in import WhyOpened
from frontdesk_web.formatting import date_time
from frontdesk_web.messages import _, translate

_TITLES: Mapping[Cause, str] = {
    "link_off": _("The link to the portal is switched off"),
    "no_address": _("This is not a complete e-mail address"),
    "near_miss": _("Nobody has this address, but somebody has nearly the same"),
    "closed": _("The account with this address is closed"),
    "unknown": _("No customer has this address"),
    "bounced": _("E-mails to this address bounce"),
    "rejected": _("The mail server refused the e-mail"),
    "mail_waits": _("The e-mail is not out yet"),
    "too_late": _("The e-mail could not be sent in time"),
    "limited": _("Too many codes were asked for"),
    "wrong_codes": _("The code arrived, but wrong codes were typed"),
    "delivered": _("The code was delivered"),
    "signed_in": _("The last code was used: they signed in"),
    "asked_elsewhere": _("A code was asked for with nearly this address"),
    "never_asked": _("Nobody asked for a code with this address"),
    "longer_codes": _("Codes for this address are longer at the moment"),
    "must_wait": _("Codes are not looked at for a while"),
    "text_bounced": _("The text did not reach the phone"),
    "text_rejected": _("The gateway refused the text"),
    "text_waits": _("The text is not out yet"),
    "text_delivered": _("The code went out by text message"),
    "no_phone": _("There is no phone number for texts"),
    "phone_untrusted": _("No texts go to this customer's number"),
    "phones_differ": _("The accounts with this address have different phone numbers"),
    "phone_unreachable": _("No texts go to numbers of this kind or country"),
    "texts_closed": _("Texts to this country are stopped for a day"),
    "texts_capped": _("No more texts may go at the moment"),
}
_SENTENCES: Mapping[Cause, str] = {
    "link_off": _("Nobody can sign in, whatever their address. Activate the link to let customers in again."),
    "no_address": _("Sign-in refuses it too. Ask the customer for the whole address, such as name@example.com."),
    "near_miss": _(
        "{near} is on record. If the customer's address is the one you entered, correct it; codes go to the"
        " corrected address from then on."
    ),
    "closed": _("Nobody can sign in to a closed account. If they are a customer again, create a new one."),
    "unknown": _(
        "The sign-in page says the same to everybody, so it sends nothing and does not say why. Ask which address"
        " your e-mails and invoices go to, or create the customer."
    ),
    "bounced": _("Since {at}, the mail server there takes no e-mail for it. Ask the customer for the right address."),
    "rejected": _("On {at} it was refused, though the address may be right. The answer stands below."),
    "mail_waits": _("It was asked for on {at}. The mail server does not take it at the moment; it is tried again."),
    "too_late": _("It was asked for on {at} and dropped. Let the customer ask for a new code, by the link."),
    "limited": _("No further code goes to a new browser before {at}. The last one that arrived still counts."),
    "wrong_codes": _(
        "{number} wrong codes were typed for the one of {at}. Let the customer ask for a new code and copy it from"
        " the newest message."
    ),
    "delivered": _(
        "The mail server of the address took it on {at}. It lies in the mailbox, most likely among spam or in another"
        " folder."
    ),
    "signed_in": _("The code that was asked for on {at} was typed correctly. Nothing is wrong with this address."),
    "asked_elsewhere": _(
        "{near} was typed on the sign-in page, which no customer has. The link with the right address filled in"
        " avoids that."
    ),
    "never_asked": _(
        "Not within the last seven days. They may be on another page, or not have pressed the button. Send them the"
        " link with the address filled in."
    ),
    "longer_codes": _(
        "Somebody tried wrong codes, so new ones have {number} digits until the customer signs in. That is no fault"
        " of the customer's."
    ),
    "must_wait": _("Too many wrong codes were typed. It ends by itself; a right code before that is not accepted."),
    "text_bounced": _(
        "The gateway says that the text of {at} to {phone} could not be delivered. Compare the number with the"
        " customer; a code by e-mail is one click away on the sign-in page."
    ),
    "text_rejected": _(
        "On {at} it took no text to {phone}. Its answer stands below; the settings of your gateway may be wrong."
    ),
    "text_waits": _("It was asked for on {at}. The gateway does not take the text to {phone} at the moment."),
    "text_delivered": _(
        "The gateway took it on {at}, to {phone}. If that is not the customer's phone, correct the number on their"
        " details."
    ),
    "no_phone": _(
        "A text was asked for, but no number is on record, so the code went by e-mail. Enter the customer's mobile"
        " number on their details."
    ),
    "phone_untrusted": _(
        "The customer changed it themselves, so codes go by e-mail. If you know that it is theirs, say so on their"
        " details."
    ),
    "phones_differ": _(
        "A code opens all of them, so it is texted only to a number that they all have. Codes go by e-mail."
    ),
    "phone_unreachable": _(
        "It is no mobile number, or its country is not among those that texts may go to. Codes go by e-mail."
    ),
    "texts_closed": _(
        "Hardly any of the codes that went there were used, which looks like misuse. Codes go by e-mail."
    ),
    "texts_capped": _(
        "The number has had its share of today, or all texts of this hour or day are used up. Codes go by e-mail."
    ),
}
_KINDS: Mapping[NearMissKind, str] = {
    "spaces": _("differs by signs that belong in no address"),
    "look_alike": _("differs by characters that look alike"),
    "plus": _("differs by what stands behind the plus"),
    "dots": _("differs by dots"),
    "ending": _("differs by the ending"),
    "domain": _("differs behind the @"),
    "typing": _("differs by a typing error"),
}
_WHY: Mapping[WhyOpened, str] = {
    "only": _("It is the only open account with this address."),
    "only_active": _("It is the only one with an active plan."),
    "newest_active": _("It is the newest one with an active plan."),
    "newest": _("None has an active plan, and it is the newest."),
}
_AT_ONCE = {"limited": _("A new code may go now: the customer can ask once more.")}


def title_of(finding: Finding, locale: str) -> str:
    """A finding in a few words."""
    return translate(locale, _TITLES[finding.cause])


def sentence_for(finding: Finding, state: SignInState, locale: str) -> str:
    """What it means and what helps."""
    sentence = _SENTENCES[finding.cause]
    if finding.at is None and finding.cause in _AT_ONCE:
        sentence = _AT_ONCE[finding.cause]
    return translate(
        locale,
        sentence,
        at=_moment(finding.at or state.now, locale),
        number=finding.number,
        near="" if finding.near is None else finding.near.address,
        phone=finding.phone,
    )


def kind_of(near: NearMiss, locale: str) -> str:
    """What tells a near miss apart."""
    return translate(locale, _KINDS[near.kind])


def why(reason: WhyOpened, locale: str) -> str:
    """Why sign-in opens the customer that it opens."""
    return translate(locale, _WHY[reason])


def _moment(at: datetime, locale: str) -> str:
    return date_time(at, locale)
