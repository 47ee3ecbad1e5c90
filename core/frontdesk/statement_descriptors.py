"""Statement descriptors: what a customer reads on the statement of a card or an account (portal_spec.md §D.1).

A tenant has a full one, and a shortened one that a product's own words are put behind: `ACME* TEAM PLAN`. A product's
words stand in the full one's place, and only for payments that recur. Banks print 22 characters in capitals, and Latin
letters only.
"""

from collections.abc import Iterable

LENGTH = 22
SHORTEST = 5
PREFIX_LENGTH = 10
PREFIX_SHORTEST = 2
FORBIDDEN = "<>\\'\"*"
FORBIDDEN_IN_PRODUCTS = "<>\\'\""
_SEPARATOR = "* "
_REMITTANCE = frozenset("/-?:().,'+ ")
"""What a SEPA transfer carries beside letters and digits (EPC217-08, the Latin characters that every bank takes)."""


def _(message: str) -> str:
    """Marks a sentence for the message catalogue."""
    return message


def full_problem(text: str | None) -> str | None:
    """Why a tenant's full descriptor cannot be used (a message id), or None. None and good ones have no problem."""
    if text is None:
        return None
    if not SHORTEST <= len(text) <= LENGTH:
        return _("Enter 5 to 22 characters.")
    return _characters(text)


def short_problem(text: str | None) -> str | None:
    """Why a tenant's shortened descriptor cannot be used (a message id), or None."""
    if text is None:
        return None
    if not PREFIX_SHORTEST <= len(text) <= PREFIX_LENGTH:
        return _("Enter 2 to 10 characters.")
    return _characters(text)


def product_problem(text: str | None) -> str | None:
    """Why a product's descriptor cannot be used (a message id), or None. What banks do not print is left out, so that
    only what is left of it counts."""
    if text is None:
        return None
    if len(text) > LENGTH:
        return _("Enter at most 22 characters.")
    if any(each in FORBIDDEN_IN_PRODUCTS for each in text):
        return _("Leave out quotation marks, backslashes and angle brackets: banks do not print them.")
    if not any(each.isalpha() for each in printed(text)):
        return _("Use at least one letter from A to Z.")
    return None


def printed(text: str) -> str:
    """A product's descriptor as banks print it: in capitals, and without what is not a Latin letter, digit or mark."""
    return "".join(each for each in text if each.isascii() and each.isprintable()).strip().upper()


def on_statement(full: str | None, short: str | None, product: str | None = None) -> str | None:
    """The line as banks print it, None where nobody has a descriptor. `product` is the product's own words: they come
    behind the shortened descriptor, or stand alone where there is none."""
    if product:
        line = f"{short}{_SEPARATOR}{printed(product)}" if short else printed(product)
        return line[:LENGTH].rstrip().upper()
    line = full or short or ""
    return line.upper() or None


def on_statement_of(full: str | None, short: str | None, recurring: Iterable[str | None]) -> str | None:
    """The line of a payment. `recurring` are the words of the products that it pays again and again, in the order of
    the bill: the first that has any counts. A payment for what is paid once has only the tenant's own."""
    return on_statement(full, short, next((each for each in recurring if each), None))


def transfer_reference(number: str, line: str | None) -> str:
    """What a customer writes into a transfer: the invoice's number, by which it is found, and whose it is, in letters
    that a SEPA transfer carries."""
    if not line:
        return number
    told = "".join(each for each in line if each.isascii() and (each.isalnum() or each in _REMITTANCE))
    return " ".join((number, *told.split()))


def _characters(text: str) -> str | None:
    if not text.isascii() or not text.isprintable():
        return _("Use Latin letters without accents, digits and punctuation: banks print nothing else.")
    if any(each in FORBIDDEN for each in text):
        return _("Leave out quotation marks, asterisks, backslashes and angle brackets: banks do not print them.")
    if not any(each.isalpha() for each in text):
        return _("Use at least one letter.")
    return None
