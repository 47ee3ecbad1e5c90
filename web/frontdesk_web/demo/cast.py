"""Who plays in the demo: two tenants with what they sell and to whom. All of it is made up."""

from msgspec import Struct


class Plan(Struct, frozen=True, kw_only=True):
    """A product with its prices, in minor units by interval."""

    key: str
    name: str
    description: str
    features: tuple[str, ...]
    month: int
    year: int
    unit_label: str | None = None


class Person(Struct, frozen=True, kw_only=True):
    """A customer with a subscription. It began `since_days` ago; `unpaid` leaves the newest bill open.

    `card` is the test card that pays for it; without one bills are sent. `card_expired` says that it is over by now,
    `card_fails` that its bank has taken to declining what is charged.
    """

    name: str
    email: str
    plan: str
    interval: str = "month"
    quantity: int = 1
    since_days: int = 80
    unpaid: bool = True
    cancels: bool = False
    card: str = ""
    card_expired: bool = False
    card_fails: bool = False
    phone: str | None = None
    address: dict[str, str] = {}


class Company(Struct, frozen=True, kw_only=True):
    """A tenant of the demo."""

    slug: str
    name: str
    currency: str
    locale: str
    country: str
    headline: str
    background: str
    accent: str
    font: str
    radius: str
    support_email: str
    support_phone: str
    website: str
    tax_code: str
    iban: str
    bic: str
    tax_number: str
    street: str
    postal_code: str
    city: str
    quantities: bool
    plans: tuple[Plan, ...]
    people: tuple[Person, ...]


ATLAS = Company(
    slug="atlas",
    name="Atlas Projects",
    currency="eur",
    locale="en",
    country="IE",
    headline="Planning for teams that ship",
    background="#14213d",
    accent="#2459e6",
    font="inter",
    radius="rounded",
    support_email="billing@atlas.example",
    support_phone="+353 1 555 0134",
    website="https://atlas.example",
    tax_code="txcd_10103001",
    iban="IE29AIBK93115212345678",
    bic="AIBKIE2D",
    tax_number="IE6388047V",
    street="12 Harbour Street",
    postal_code="D02 XY45",
    city="Dublin",
    quantities=True,
    plans=(
        Plan(
            key="starter",
            name="Starter",
            description="Boards and timelines for a small team",
            features=("Unlimited boards", "1 GB per seat", "E-mail support"),
            month=700,
            year=7000,
            unit_label="seat",
        ),
        Plan(
            key="team",
            name="Team",
            description="Everything a growing team plans with",
            features=("Everything in Starter", "Workload view", "Guest access"),
            month=1200,
            year=12000,
            unit_label="seat",
        ),
        Plan(
            key="business",
            name="Business",
            description="Portfolios, roles and audit trail",
            features=("Everything in Team", "Portfolios", "Single sign-on", "Priority support"),
            month=2400,
            year=24000,
            unit_label="seat",
        ),
    ),
    people=(
        Person(
            name="Jenny Rosen",
            email="jenny@example.com",
            plan="team",
            quantity=10,
            since_days=143,
            phone="+353 86 555 0190",
            address={"line1": "27 Fredrick Ave", "city": "Cork", "postal_code": "T12 AB34", "country": "IE"},
        ),
        Person(
            name="Halvorsen & Co",
            email="accounts@halvorsen.example",
            plan="business",
            interval="year",
            quantity=25,
            since_days=66,
            unpaid=False,
            address={"line1": "Bryggen 9", "city": "Bergen", "postal_code": "5003", "country": "NO"},
        ),
        Person(name="Lumen Labs", email="studio@lumen.example", plan="starter", quantity=3, since_days=118),
        Person(name="Lumen Studio", email="studio@lumen.example", plan="team", quantity=6, since_days=41, unpaid=False),
        Person(name="Ota Nakamura", email="ota@example.com", plan="starter", quantity=2, since_days=171, cancels=True),
        Person(name="Marlow & Finch", email="marlow@example.com", plan="team", quantity=4, since_days=50, card="amex"),
        Person(
            name="Pixel Foundry",
            email="foundry@example.com",
            plan="business",
            quantity=2,
            since_days=48,
            card="mastercard",
            card_expired=True,
        ),
        Person(
            name="Quarry Sound",
            email="quarry@example.com",
            plan="starter",
            quantity=5,
            since_days=37,
            card="visa",
            card_fails=True,
        ),
    ),
)

NORDWAND = Company(
    slug="nordwand",
    name="Kletterhalle Nordwand",
    currency="chf",
    locale="de",
    country="CH",
    headline="Ihre Mitgliedschaft, jederzeit im Griff",
    background="#fbeee6",
    accent="#b5421c",
    font="nunito",
    radius="pill",
    support_email="empfang@nordwand.example",
    support_phone="+41 44 555 01 34",
    website="https://nordwand.example",
    tax_code="txcd_20030000",
    iban="CH9300762011623852957",
    bic="UBSWCHZH80A",
    tax_number="CHE-123.456.788 MWST",
    street="Seilergasse 4",
    postal_code="8005",
    city="Zürich",
    quantities=False,
    plans=(
        Plan(
            key="basis",
            name="Basis",
            description="Bouldern und Klettern, werktags bis 17 Uhr",
            features=("Werktags bis 17 Uhr", "Duschen und Spind"),
            month=5900,
            year=59000,
        ),
        Plan(
            key="plus",
            name="Plus",
            description="Alle Wände, jeden Tag",
            features=("Jeden Tag", "Kraftraum", "Ein Gasteintritt im Monat"),
            month=7900,
            year=79000,
        ),
        Plan(
            key="familie",
            name="Familie",
            description="Zwei Erwachsene und ihre Kinder",
            features=("Jeden Tag", "Kinderkurse zum halben Preis"),
            month=12900,
            year=129000,
        ),
    ),
    people=(
        Person(
            name="Anna Keller",
            email="anna.keller@example.ch",
            plan="basis",
            since_days=136,
            phone="+41 79 555 01 22",
            address={"line1": "Rosenweg 3", "city": "Winterthur", "postal_code": "8400", "country": "CH"},
        ),
        Person(
            name="Reto Bühler",
            email="reto.buehler@example.ch",
            plan="plus",
            interval="year",
            since_days=24,
            unpaid=False,
        ),
        Person(name="Familie Moser", email="moser@example.ch", plan="familie", since_days=95, cancels=True),
        Person(name="Mia Brunner", email="mia.brunner@example.ch", plan="plus", since_days=33, card="visa"),
    ),
)

COMPANIES = (ATLAS, NORDWAND)
