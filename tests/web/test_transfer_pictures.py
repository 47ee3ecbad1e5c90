"""QR codes for paying: what the pictures hold is the payload, in the form that EPC069-12 asks for."""

import io

import segno
from msgspec.structs import replace
from paid_invoices import NOON, invoice, paid
from PIL import Image

from frontdesk.book import BillingSettings, SellerDetails
from frontdesk.transfer_codes import transfer_code
from frontdesk_web.invoice_words import how_to_pay, payment_code
from frontdesk_web.portal.invoice_views import invoice_page
from frontdesk_web.portal.transfer_marks import mark_of, transfer_mark
from frontdesk_web.qr_codes import transfer_file, transfer_png

PAYLOAD = "BCD\n002\n1\nSCT\n\nNordlicht Ö GmbH\nDE02120300000000202051\nEUR70.00\n\n\nINV-0001 ACME PRO"
"""With a letter of two bytes in it."""


def modules(picture: bytes) -> list[list[bool]]:
    """The dark modules of a picture, without its margin of four."""
    drawn = Image.open(io.BytesIO(picture)).convert("L")
    size = drawn.width // 4 - 8
    return [[drawn.getpixel(((x + 4) * 4 + 1, (y + 4) * 4 + 1)) == 0 for x in range(size)] for y in range(size)]


def test_the_picture_is_the_payload() -> None:
    made = segno.make_qr(PAYLOAD, error="m", boost_error=False, mode="byte", encoding="utf-8")
    assert made.error == "M"
    assert int(made.version) <= 13
    assert modules(transfer_png(PAYLOAD)) == [[bool(each) for each in row] for row in made.matrix]
    svg = io.BytesIO()
    made.save(svg, kind="svg", border=4, light="#ffffff", xmldecl=False)
    assert transfer_file(PAYLOAD) == svg.getvalue()


def test_the_largest_payload_fits() -> None:
    longest = transfer_code(
        name="N" * 70, iban="MT84MALT011000012345MTLCAST001S", bic="MALTMTMTXXX", amount=99_999_999_999,
        currency="eur", reference="R" * 140,
    )  # fmt: skip
    assert longest is not None
    assert int(segno.make_qr(longest, error="m", boost_error=False, mode="byte", encoding="utf-8").version) <= 13


def test_an_invoice_asks_for_what_is_left_by_its_own_reference() -> None:
    seller = SellerDetails(name="Nordlicht Ö GmbH", iban="DE02120300000000202051")
    settings = BillingSettings(currency="eur", seller=seller)
    bill = invoice(paid("a", 3000, 1), descriptor="ACME* PRO")
    assert payment_code(settings, bill, bill.amount_remaining) == PAYLOAD
    page = invoice_page(bill, settings, "/p/x", NOON, "en", "/the/code")
    assert page.how_to_pay is not None
    assert page.how_to_pay.code == "/the/code"
    assert page.how_to_pay.details[-1].value == "INV-0001 ACME PRO"
    # The business has another name since: page and picture name the holder of the account that they name.
    renamed = replace(settings, seller=replace(seller, name="Polaris GmbH"))
    bill = replace(bill, seller=replace(bill.seller, name=seller.name))
    shown = invoice_page(bill, renamed, "/p/x", NOON, "en").how_to_pay
    assert shown is not None
    details = {each.label: each.value for each in shown.details}
    assert details["Account holder"] == dict(how_to_pay(renamed, bill, "en"))["Account holder"] == "Polaris GmbH"
    picture = payment_code(renamed, bill, bill.amount_remaining)
    assert picture is not None
    assert "Polaris GmbH" in picture.splitlines()
    settled = invoice(paid("a", 10_000, 1))
    assert invoice_page(settled, settings, "/p/x", NOON, "en", "/the/code").how_to_pay is None


def test_a_picture_has_another_name_as_soon_as_anything_in_it_changes() -> None:
    seller = SellerDetails(bank_account_holder="Nordlicht", iban="DE02120300000000202051", bic="BYLADEM1001")
    settings, bill = BillingSettings(currency="eur", seller=seller), invoice(paid("a", 3000, 1))
    others = (
        (replace(settings, seller=replace(seller, bank_account_holder="Other")), bill),
        (replace(settings, seller=replace(seller, iban="DE02500105170137075030")), bill),
        (replace(settings, seller=replace(seller, bic=None)), bill),
        (settings, invoice(paid("a", 2999, 1))),
        (settings, replace(bill, number="INV-2")),
        (settings, invoice(paid("a", 3000, 1), descriptor="ACME* PRO")),
    )
    names = {mark_of(*each) for each in ((settings, bill), *others)}
    assert len(names) == 1 + len(others)
    payload = payment_code(settings, bill, bill.amount_remaining)
    assert payload is not None
    assert mark_of(settings, bill) == transfer_mark(payload)
    assert mark_of(settings, invoice(paid("a", 10_000, 1))) is None, "nothing is to be paid"
    assert mark_of(replace(settings, seller=replace(seller, iban=None)), bill) is None
