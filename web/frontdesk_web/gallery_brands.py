"""The gallery's two tenants, as different as tenants are: a service sold by the seat, and a membership."""

from msgspec import Struct

from frontdesk.branding import Brand, Font, Radius
from frontdesk_web.formatting import money

GERMAN = {
    "Seats": "Plätze",
    "Renews on": "Verlängert sich am",
    "Ends on": "Endet am",
    "Active": "Aktiv",
    "Ends soon": "Endet bald",
    "Paid": "Bezahlt",
    "Open": "Offen",
    "Past due": "Überfällig",
    "You pay by bank transfer within 14 days of the invoice.": (
        "Sie überweisen innerhalb von 14 Tagen nach Rechnungsdatum."
    ),
    "Account holder": "Empfängerin",
    "Reference": "Verwendungszweck",
    "Bank": "Bank",
    "Unused time on": "Nicht genutzte Zeit:",
    "Remaining time on": "Restliche Zeit:",
    "Subtotal": "Zwischensumme",
    "Total": "Gesamt",
    "Change plan": "Tarif wechseln",
    "Amount due": "Zu zahlen",
    "We send an invoice, payable by 30 November 2026.": "Sie erhalten eine Rechnung, zahlbar bis 30. November 2026.",
    "Due on 1 December 2026": "Fällig am 1. Dezember 2026",
    "then every month": "danach jeden Monat",
    "By confirming you agree to this change; the terms stay the same.": (
        "Mit der Bestätigung stimmen Sie dem Wechsel zu; die Bedingungen bleiben gleich."
    ),
    "Your plan stays as it is until 1 December 2026, then it ends.": (
        "Ihr Tarif läuft unverändert bis zum 1. Dezember 2026 und endet dann."
    ),
    "Nothing more is charged after that.": "Danach wird nichts mehr berechnet.",
    "The open invoice of 1 November 2026 is still to be paid.": (
        "Die offene Rechnung vom 1. November 2026 ist noch zu zahlen."
    ),
    "Your plan is changed": "Ihr Tarif ist gewechselt",
    "Your colleagues can sign in now.": "Ihre Kollegen können sich jetzt anmelden.",
    "Have a good day.": "Einen schönen Tag.",
    "Your plan is cancelled": "Ihr Tarif ist gekündigt",
    "The new plan is yours at once.": "Der neue Tarif gilt ab sofort.",
    "An invoice over": "Rechnungsbetrag",
    "Something else": "Etwas anderes",
    "It's too expensive": "Es ist mir zu teuer",
    "I found an alternative": "Ich habe eine Alternative gefunden",
    "I no longer need it": "Ich brauche es nicht mehr",
    "Other reason": "Anderer Grund",
    "That code is not right. Check the latest e-mail; you have 4 attempts left.": (
        "Dieser Code stimmt nicht. Schauen Sie in die neueste E-Mail; Sie haben noch 4 Versuche."
    ),
    "Enter a whole e-mail address, such as jenny@example.com.": (
        "Geben Sie eine vollständige E-Mail-Adresse ein, etwa marlene@example.com."
    ),
    "Another change was made in the meantime, so the amounts were worked out again.": (
        "Zwischenzeitlich gab es eine andere Änderung, daher wurden die Beträge neu berechnet."
    ),
    "Please transfer the amount by 15 November 2026.": "Bitte überweisen Sie den Betrag bis zum 15. November 2026.",
    "Issued": "Ausgestellt",
    "Due": "Fällig",
    "Your details are saved.": "Ihre Angaben sind gespeichert.",
    "Enter a city.": "Geben Sie einen Ort ein.",
    "Germany": "Deutschland",
    "Austria": "Österreich",
    "There is an open invoice. The plan can be changed once it is paid.": (
        "Es gibt eine offene Rechnung. Sobald sie bezahlt ist, kann der Tarif gewechselt werden."
    ),
}


class Sample(Struct, frozen=True, kw_only=True):
    """A tenant of the gallery, with the words and figures that its pages show."""

    slug: str
    brand: Brand
    locale: str
    currency: str
    customer: str
    email: str
    plans: tuple[tuple[str, str, int], ...]
    unit: str | None
    quantity: int
    words: dict[str, str] = {}

    def text(self, english: str) -> str:
        """The sample's own words in its language."""
        return self.words.get(english, english)

    def amount(self, minor: int) -> str:
        """Money as the sample's reader sees it."""
        return money(minor, self.currency, self.locale)


NORTHBEAM = Sample(
    slug="northbeam",
    brand=Brand(
        business_name="Northbeam",
        headline="Your plan, seats and invoices in one place",
        background="#14213d",
        accent="#2e5fd8",
        font=Font.INTER,
        radius=Radius.ROUNDED,
        terms_url="https://northbeam.example/terms",
        privacy_url="https://northbeam.example/privacy",
        support_email="billing@northbeam.example",
    ),
    locale="en",
    currency="usd",
    customer="Ashford & Lane Architects",
    email="jenny@ashfordlane.example",
    plans=(
        ("Starter", "Shared dashboards for a small team.", 600),
        ("Team", "Unlimited dashboards, alerts and roles.", 1200),
        ("Scale", "Audit log, single sign-on and a named contact.", 2400),
    ),
    unit="seat",
    quantity=10,
)

HEFEHAUS = Sample(
    slug="hefehaus",
    brand=Brand(
        business_name="Hefehaus",
        headline="Ihre Mitgliedschaft in der Backstube",
        background="#f6e3c5",
        accent="#b5481f",
        font=Font.LORA,
        radius=Radius.PILL,
        terms_url="https://hefehaus.example/agb",
        privacy_url="https://hefehaus.example/datenschutz",
        support_email="hallo@hefehaus.example",
        support_phone="+49 30 5550 142",
    ),
    locale="de",
    currency="eur",
    customer="Marlene Osterkamp",
    email="marlene.osterkamp@post.example",
    plans=(
        ("Stammgast", "Jeden Samstag ein Brot nach Wahl.", 1890),
        ("Backfreundin", "Zwei Brote, dazu ein Kurs im Monat.", 3490),
        ("Sauerteigzirkel", "Alles, und der Schlüssel zur Backstube.", 6900),
    ),
    unit=None,
    quantity=1,
    words=GERMAN,
)

SAMPLES = {sample.slug: sample for sample in (NORTHBEAM, HEFEHAUS)}
