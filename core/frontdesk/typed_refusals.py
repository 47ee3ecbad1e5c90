"""Refusals of what somebody typed: too long, missing, not printable, none of a list."""

from frontdesk.errors import Refusal


def email_invalid(text: str) -> Refusal:
    """This is no e-mail address that mail could be sent to."""
    return Refusal(
        code="email_invalid",
        for_customer="Please enter a complete e-mail address, such as name@example.com.",
        for_tenant="Invalid email address: {text}",
        parameters={"text": text[:100]},
        param="email",
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


def text_needed(field: str) -> Refusal:
    """A field that cannot be empty."""
    return Refusal(
        code="text_needed",
        for_customer="Please fill this in.",
        for_tenant="`{field}` cannot be empty.",
        parameters={"field": field},
        param=field,
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
