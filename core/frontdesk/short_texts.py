"""One text message: what fits into it, and the line by which phones know a code as this site's.

An SMS has 140 bytes: 160 characters of GSM-7 (3GPP TS 23.038), or 70 of UCS-2 as soon as one is outside of that. What
is longer goes as several, each paid for. The last line binds the code to a host (the format of "origin-bound one-time
codes", WICG): browsers offer it on that site and on no other.
"""

GSM_UNITS = 160
UCS_UNITS = 70

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
"""Each of these takes two places."""


def is_gsm(text: str) -> bool:
    """Whether a text can be written in GSM-7."""
    return all(each in _BASIC or each in _EXTENDED for each in text)


def units(text: str) -> int:
    """How many places a text takes: of 160 in GSM-7, of 70 (UTF-16) otherwise."""
    if is_gsm(text):
        return len(text) + sum(each in _EXTENDED for each in text)
    return len(text.encode("utf-16-be", "surrogatepass")) // 2


def fits(text: str) -> bool:
    """Whether a text is one message."""
    return units(text) <= (GSM_UNITS if is_gsm(text) else UCS_UNITS)


def bound_line(host: str, code: str) -> str:
    """The last line of a text with a code for a host, which has no port: `@billing.example.com #123456`."""
    return f"@{host} #{code}"


def one_text(host: str, code: str, *wordings: str) -> str:
    """A text with a code in one message: the first wording that fits above the line for phones, else the code alone.

    `wordings` are finished and hold the code, the best one first. Where not even the line fits, it is left out: a host
    of more than 140 characters.
    """
    tail = bound_line(host, code)
    for wording in (*wordings, code):
        text = f"{wording}\n\n{tail}"
        if fits(text):
            return text
    return code
