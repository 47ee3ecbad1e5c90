"""Statement descriptors: what a customer reads on the statement of a card or an account (portal_spec.md §D.1).

A tenant has a full one, and a shortened one that a product's own words are put behind: `ACME* TEAM PLAN`. Banks print
22 characters in capitals, and Latin letters only.
"""

LENGTH = 22
SHORTEST = 5
PREFIX_LENGTH = 10
PREFIX_SHORTEST = 2
FORBIDDEN = "<>\\'\"*"
FORBIDDEN_IN_PRODUCTS = "<>\\'\""
_SEPARATOR = "* "


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
    """The line as banks print it, None where the tenant has no descriptor. `product` is the product's own words."""
    if product and short:
        return f"{short}{_SEPARATOR}{printed(product)}"[:LENGTH].rstrip().upper()
    line = full or short
    return line.upper() if line else None


def _characters(text: str) -> str | None:
    if not text.isascii() or not text.isprintable():
        return _("Use Latin letters without accents, digits and punctuation: banks print nothing else.")
    if any(each in FORBIDDEN for each in text):
        return _("Leave out quotation marks, asterisks, backslashes and angle brackets: banks do not print them.")
    if not any(each.isalpha() for each in text):
        return _("Use at least one letter.")
    return None
