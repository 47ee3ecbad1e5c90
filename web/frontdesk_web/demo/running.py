"""Start the demo: servers, schema, mail, web, worker, data; say where everything is; stop cleanly."""

import asyncio
import contextlib
import fcntl
import os
import signal
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from msgspec.structs import replace

from frontdesk.book import Address, SellerDetails
from frontdesk.branding import Brand, Font, Radius
from frontdesk.errors import Misconfigured
from frontdesk.secret import Secret
from frontdesk_tenants import enabling, provisioning
from frontdesk_tenants.directory import Door
from frontdesk_tenants.migrating import migrate
from frontdesk_tenants.owner_tools import begin_anew, set_clock
from frontdesk_tenants.renewals import advance_due
from frontdesk_web.app import create_app
from frontdesk_web.config import Config, SmsGateway, Smtp, from_environment
from frontdesk_web.dashboard import ways
from frontdesk_web.demo.cast import COMPANIES, Company
from frontdesk_web.demo.mailbox import GATEWAY, PATH, Mailbox, routes_of
from frontdesk_web.demo.seeds import Seeding, seed
from frontdesk_web.demo.staffing import Employee, hire_owner, open_house
from frontdesk_web.links import login_link
from frontdesk_web.local_servers import local_environment
from frontdesk_web.site import DemoDoors, Site
from frontdesk_web.worker import run_worker

TEXTS = "otp_sms"
COUNTRIES = ("IE", "CH", "DE", "AT", "GB", "US", "FR", "ES", "JP")
"""Where the demo's customers have their phones."""


class Tenant(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant of the demo, as the ready file tells it."""

    slug: str
    name: str
    secret_key: str
    publishable_key: str
    login_link: str
    customers: list[dict[str, Any]]
    staff: list[Employee]


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """Where everything is."""

    api_base: str
    mailbox: str
    dashboard: str
    sign_up: str
    operator: Employee
    tenants: list[Tenant]


class Seeded(msgspec.Struct, frozen=True, kw_only=True):
    """What a second start must know of the first: keys are stored nowhere else."""

    tenants: list[dict[str, Any]]
    operator: Employee


def run_demo(port: int, data: Path, ready_file: Path | None) -> None:
    """Serve until interrupted. A second start on the same `data` finds what the first one made.

    Raises:
        Misconfigured: the port is taken, or another demo runs with this data, which must not be made anew beneath it.
    """
    listening = _listen(port)
    data.mkdir(parents=True, exist_ok=True)
    with _alone(data):
        print("Starting PostgreSQL and Valkey …", flush=True)
        _run_alone(listening, data, ready_file)


@contextlib.contextmanager
def _alone(data: Path) -> Iterator[None]:
    with (data / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Misconfigured(
                f"A demo runs already with its data in {data}. Stop it, or choose another folder with --data.", "data"
            ) from error
        yield


def _run_alone(listening: socket.socket, data: Path, ready_file: Path | None) -> None:
    environment = local_environment(data)
    owner_url = environment["DATABASE_OWNER_URL"]
    seeded_file = data / "demo.json"
    if _read(seeded_file) is None:
        # An earlier start may have been cut off before its data was whole, or was one of an older release.
        begin_anew(owner_url)
    migrate(owner_url)
    set_clock(owner_url, timedelta(0))
    base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    config = from_environment({**environment, "FRONTDESK_BASE_URL": base_url})
    mailbox = Mailbox(data / "mailbox.json")
    asyncio.run(_run(listening, config, owner_url, mailbox, seeded_file, ready_file))


async def _run(
    listening: socket.socket,
    config: Config,
    owner_url: str,
    mailbox: Mailbox,
    seeded_file: Path,
    ready_file: Path | None,
) -> None:
    smtp = Smtp(host="127.0.0.1", port=await mailbox.open(), tls="none", sender="billing@frontdesk.example")
    spf = ("include:spf.frontdesk.example",)
    sms = SmsGateway(kind="kannel", url=config.url(GATEWAY), account="demo", secret=Secret("demo"), countries=COUNTRIES)
    config = replace(config, smtp=smtp, sms=sms, mail_spf=spf, demo=True, loopback_servers=True)
    site, working_site = Site(config), Site(config)
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(site, routes_of(mailbox)),
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            access_log=False,
        )
    )
    serving = asyncio.create_task(_serve(server, listening))
    working: asyncio.Task[None] | None = None
    try:
        await _started(server, serving)
        working = asyncio.create_task(run_worker(working_site))
        seeded = _read(seeded_file)
        if seeded is None:
            print("Making up two tenants with some months behind them …", flush=True)
            seeded = await _make_up(site, owner_url)
            await _quiet(site, mailbox)
            _write_private(seeded_file, msgspec.json.encode(seeded))
        ready = _ready(config, seeded)
        links = tuple((each.name, each.login_link) for each in ready.tenants)
        site.demo_doors = DemoDoors(portals=links, mailbox=ready.mailbox)
        _tell(ready)
        if ready_file is not None:
            _write_private(ready_file, msgspec.json.format(msgspec.json.encode(ready), indent=2))
        await _interrupted(serving, working)
    finally:
        server.should_exit = True
        if working is not None:
            working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await working
        await asyncio.gather(serving, return_exceptions=True)
        await mailbox.aclose()


async def _make_up(site: Site, owner_url: str) -> Seeded:
    seedings: list[tuple[provisioning.Keys, Seeding]] = []
    staff: dict[str, list[Employee]] = {}
    for company in COMPANIES:
        live, sandbox = await provisioning.create_tenant(site.tenancy, _new_tenant(company))
        staff[company.slug] = [await hire_owner(site, company, live.door)]
        for door in await site.tenancy.directory.of_firm(company.slug):
            await provisioning.brand_side(site.tenancy, door, _brand(company))
            await _text_codes(site, door)
        seedings.append((sandbox, Seeding(company, site.config.base_url, sandbox.secret_key.reveal())))

    async def set_back(ago: timedelta) -> None:
        await asyncio.to_thread(set_clock, owner_url, -ago)

    async def renew() -> None:
        while await advance_due(site.tenancy, 100):
            pass

    await seed([each for _, each in seedings], datetime.now(UTC), set_back, renew)
    tenants = [
        {
            "slug": seeding.company.slug,
            "name": seeding.company.name,
            "secret_key": keys.secret_key.reveal(),
            "publishable_key": keys.publishable_key,
            "login_link": login_link(site.config, keys.door, keys.login_token).removeprefix(site.config.base_url),
            "customers": [
                {name: each[name] for name in ("email", "id", "subscriptions")} for each in seeding.customers
            ],
            "staff": staff[seeding.company.slug],
        }
        for keys, seeding in seedings
    ]
    return Seeded(tenants=tenants, operator=await open_house(site))


async def _text_codes(site: Site, door: Door) -> None:
    """Let a side text codes through the demo's own gateway, where the plugin for that is installed."""
    if TEXTS not in site.plugins.otp_channels():
        return
    await enabling.enable(site.tenancy, door, TEXTS, {}, provisioning.OPERATOR)


def _new_tenant(company: Company) -> provisioning.NewTenant:
    address = Address(line1=company.street, postal_code=company.postal_code, city=company.city, country=company.country)
    return provisioning.NewTenant(
        slug=company.slug,
        name=company.name,
        currency=company.currency,
        locale=company.locale,
        country=company.country,
        seller=SellerDetails(
            name=company.name,
            email=company.support_email,
            phone=company.support_phone,
            address=address,
            tax_number=company.tax_number,
            bank_account_holder=company.name,
            iban=company.iban,
            bic=company.bic,
        ),
    )


def _brand(company: Company) -> Brand:
    return Brand(
        business_name=company.name,
        headline=company.headline,
        background=company.background,
        accent=company.accent,
        font=Font(company.font),
        radius=Radius(company.radius),
        privacy_url=f"{company.website}/privacy",
        terms_url=f"{company.website}/terms",
        support_email=company.support_email,
        support_phone=company.support_phone,
        support_url=f"{company.website}/help",
        website=company.website,
        refund_url=f"{company.website}/refunds",
        support_address=Address(
            line1=company.street, postal_code=company.postal_code, city=company.city, country=company.country
        ),
    )


async def _quiet(site: Site, mailbox: Mailbox) -> None:
    """Wait until the letters of the made-up past are out, then begin with an empty mailbox."""
    for _ in range(100):
        if await site.tenancy.jobs.waiting() == 0:
            break
        await asyncio.sleep(0.2)
    mailbox.clear()


def _ready(config: Config, seeded: Seeded) -> Ready:
    tenants = [
        msgspec.convert(msgspec.to_builtins(each) | {"login_link": config.url(each["login_link"])}, Tenant)
        for each in seeded.tenants
    ]
    return Ready(
        api_base=config.base_url,
        mailbox=config.url(PATH),
        dashboard=config.url(ways.WORKPLACES),
        sign_up=config.url(ways.SIGN_UP),
        operator=seeded.operator,
        tenants=tenants,
    )


def _tell(ready: Ready) -> None:
    print("\nFrontdesk is ready. Plain http on this machine: cookies are neither Secure nor __Host-.\n")
    print(f"Mailbox   {ready.mailbox}   (passcodes arrive here, text messages too)")
    print(f"Dashboard {ready.dashboard}   (for staff; the second step is what an app makes of the key below)")
    print(f"Sign up   {ready.sign_up}   (a portal of your own, in the demo)")
    print(f"API base  {ready.api_base}")
    print(f"\nOperator\n  sign in as   {ready.operator.email}   key {ready.operator.totp_secret}")
    for tenant in ready.tenants:
        print(f"\n{tenant.name}")
        print(f"  login link   {tenant.login_link}")
        print(f"  secret key   {tenant.secret_key}")
        for each in tenant.staff:
            print(f"  {each.role:<12} {each.email}   key {each.totp_secret}")
        print(f"  customers    {', '.join(dict.fromkeys(each['email'] for each in tenant.customers))}")
    print("\nPress Ctrl+C to stop; the next start finds the same data.", flush=True)


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError as error:
        raise Misconfigured(f"Port {port} cannot be listened on. Choose another with --port.", "port") from error
    return listening


async def _serve(server: uvicorn.Server, listening: socket.socket) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        await server.serve(sockets=[listening])


async def _started(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    while not server.started:
        if serving.done():
            await serving
            raise RuntimeError("the web server did not start")
        await asyncio.sleep(0.05)


async def _interrupted(serving: asyncio.Task[None], working: asyncio.Task[None]) -> None:
    stopped = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stopped.set)
    waiting = asyncio.create_task(stopped.wait())
    await asyncio.wait({waiting, serving, working}, return_when=asyncio.FIRST_COMPLETED)
    if working.done():
        working.result()


def _read(seeded_file: Path) -> Seeded | None:
    try:
        return msgspec.json.decode(seeded_file.read_bytes(), type=Seeded)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _write_private(path: Path, content: bytes) -> None:
    """Write a file that holds keys: whole or not at all, and for its owner alone."""
    unfinished = path.with_name(path.name + ".new")
    with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    unfinished.replace(path)
