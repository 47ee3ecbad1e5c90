"""What the QR code of a transfer says, so that a banking app fills the transfer in (EPC069-12, version 002, SCT).

https://www.europeanpaymentscouncil.eu/document-library/guidance-documents/quick-response-code-guidelines-enable-data-capture-initiation
"""

MOST = 99_999_999_999
"""Cents: 999,999,999.99 euros."""
NAME_LENGTH = 70
REMITTANCE_LENGTH = 140
BYTES = 331
"""Of the whole payload: version 13 of the code, with error correction M."""
CURRENCY = "eur"


def transfer_code(
    *, name: str, iban: str | None, bic: str | None, amount: int, currency: str, reference: str
) -> str | None:
    """The payload of a code for a transfer of `amount` cents to `iban`, saying `reference`.

    None where such a code cannot be: another currency than euros, no IBAN, nobody to name, an amount that no transfer
    has. A name that is longer than banks take is cut.
    """
    if currency != CURRENCY or not iban or not 0 < amount <= MOST:
        return None
    holder, told = _one_line(name, NAME_LENGTH), _one_line(reference, REMITTANCE_LENGTH)
    if not holder:
        return None
    euros, cents = divmod(amount, 100)
    lines = ["BCD", "002", "1", "SCT", bic or "", holder, iban, f"EUR{euros}.{cents:02d}", "", "", told]
    payload = "\n".join(lines)
    return payload if len(payload.encode()) <= BYTES else None


def _one_line(text: str, length: int) -> str:
    if not text.isprintable():
        text = "".join(each if each.isprintable() else " " for each in text)
    return text.strip()[:length].rstrip()
