"""The gallery's two tenants, as different as tenants are: a service sold by the seat, and a membership."""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from frontdesk.book import Address
from frontdesk.branding import Brand, Font, Radius
from frontdesk_web.formatting import date_long, interval_phrase, money, price_phrase, unit_price
from frontdesk_web.messages import translate, translate_plural

HERE = "#"
CSRF = "gallery"
SHOP = "https://northbeam.example"
RENEWAL, TODAY, LAST, DUE = date(2026, 12, 1), date(2026, 11, 16), date(2026, 11, 1), date(2026, 11, 30)

GERMAN = {
    "Seats": "Plätze",
    "Your colleagues can sign in now.": "Ihre Kollegen können sich jetzt anmelden.",
    "Have a good day.": "Einen schönen Tag.",
    "Another supplier bakes closer to me": "Eine andere Bäckerei liegt näher",
    "New this month": "Neu in diesem Monat",
    "Dashboards can be shared with people outside your company.": "Samstags gibt es jetzt auch Brötchen aus Urkorn.",
    "You find it under Share in every dashboard.": "Sie liegen rechts neben der Theke.",
    "Read how": "Mehr lesen",
    "All that is new": "Alles Neue",
    "Everything of Starter": "Alles wie Stammgast",
    "A named contact": "Eine feste Ansprechpartnerin",
}


class Sample(Struct, frozen=True, kw_only=True):
    """A tenant of the gallery, with the words and figures that its pages show. `prefix` begins its invoice numbers."""

    slug: str
    brand: Brand
    locale: str
    currency: str
    customer: str
    email: str
    plans: tuple[tuple[str, str, int], ...]
    unit: str | None
    quantity: int
    prefix: str = "NB"
    words: dict[str, str] = {}

    def text(self, english: str) -> str:
        """What the tenant itself has written, in its language."""
        return self.words.get(english, english)

    def say(self, message: str, **parameters: object) -> str:
        """A sentence of the portal's own, from the catalogue."""
        return translate(self.locale, message, **parameters)

    def count(self, singular: str, plural: str, number: int, **parameters: object) -> str:
        """A sentence of the portal's own that counts something."""
        return translate_plural(self.locale, singular, plural, number, **parameters)

    def amount(self, minor: int) -> str:
        """Money as the sample's reader sees it."""
        return money(minor, self.currency, self.locale)

    def day(self, day: date) -> str:
        """A day in words."""
        return date_long(day, self.locale)

    def number(self, place: int) -> str:
        """The number of an invoice."""
        return f"{self.prefix}-2026-{place:04}"

    def monthly(self, minor: int) -> str:
        """What is paid each month."""
        return f"{self.amount(minor)} {interval_phrase('month', 1, self.locale)}"

    def price(self, minor: int) -> str:
        """A price times its quantity; empty where that says no more than the sum."""
        each = unit_price(Decimal(minor), self.currency, self.locale)
        return price_phrase(each, self.unit, self.locale, self.quantity) if self.unit else ""


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
        support_url="https://hefehaus.example/hilfe",
        support_address=Address(line1="Weidenweg 18", postal_code="10249", city="Berlin", country="DE"),
        website="https://hefehaus.example",
        refund_url="https://hefehaus.example/erstattungen",
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
