"""What staff read beside the fields of a gateway for text messages.

The fields are the plugin's (`frontdesk.settings.form_fields`), in English. Those of our own plugin stand here too, so
that they are translated, with a sentence for what is wrong with each.
"""

from collections.abc import Mapping

from frontdesk_web.messages import _

TITLES = (
    _("Kind of gateway"),
    _("Address"),
    _("User name"),
    _("Password"),
    _("Countries"),
    _("Texts come from"),
    _("Home country"),
    _("Texts an hour"),
    _("Texts a day"),
)
HELP = (
    _("Whose interface it speaks. Many providers speak one of the two."),
    _(
        "For Kannel the whole address, such as https://sms.example.com/cgi-bin/sendsms; for Twilio"
        " https://api.twilio.com."
    ),
    _("For Twilio the account SID."),
    _("For Twilio the auth token."),
    _("Codes such as DE, one a line. Numbers of all others get no texts."),
    _(
        "A number such as +491751234567, or at most 11 letters and digits; for Twilio a messaging service (MG…) too."
        " Empty for the gateway's own."
    ),
    _("Numbers without a country code are read as of this country. Empty: they get no texts."),
    _("For all customers together."),
)
FAULTS: Mapping[str, str] = {
    "kind": _("Choose one of the two."),
    "url": _(
        "Enter the address of a gateway on the internet. It begins with https:// and holds no password and nothing"
        " after a question mark."
    ),
    "account": _("Enter the name that the gateway knows you by, without spaces."),
    "secret": _("Enter the password or token. It has no spaces and no letters with accents."),
    "countries": _("Enter the codes of countries, such as DE, one a line."),
    "originator": _("Enter a number, at most 11 letters and digits, or nothing."),
    "home_country": _("Enter the code of one country, such as DE, or nothing."),
    "per_hour": _("Enter a number from 1 to 50."),
    "per_day": _("Enter a number from 1 to 1200."),
}
REFUSED: Mapping[str, str] = {
    "url": _("There is no gateway at this address, or its certificate is not trusted."),
    "secret": _("The gateway refused the user name or the password."),
    "originator": _("The gateway does not let texts come from this sender."),
    "countries": _("The gateway's account may not send to one of these countries."),
}
"""What a gateway that was asked found wrong with a field."""
OUTCOMES: Mapping[str, str] = {
    "sent": _("The gateway has taken a text to {number}. It should arrive within a minute."),
    "no_number": _("No text goes to this number: it is no mobile number of one of your countries."),
    "often": _("Enough tests for now: at most five an hour and ten a day. Codes to customers go on."),
    "capped": _("The number of texts that you allow is used up, or this number had its share of today."),
    "refused": _("The gateway did not take the text to {number}: {reason}"),
    "unavailable": _("The text to {number} could not be handed over: {reason}"),
}
"""What became of a text to oneself."""
