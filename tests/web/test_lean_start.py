"""What a web process does not load at start: each of these was once in every process, or would be by one import."""

import json
import subprocess
import sys

from sides import MASTER_KEY
from spots import litestar_routes

from frontdesk_web.api.router import ENDPOINTS

WITH_A_REASON_TO_STAY_AWAY = {
    "PIL": "4 MB: pictures are looked at when somebody uploads one",
    "aiosmtplib": "letters are sent by the worker",
    "alembic": "`frontdesk migrate` alone",
    "authlib": "tenants' identity providers, when somebody signs in there",
    "babel": "4 MB, and one more for each language: what pages write of CLDR is in `locale_data`",
    "difflib": "misspelt hooks of plugins",
    "dns": "records of senders' domains, when they are looked up",
    "frontdesk.testing": "authors of plugins alone",
    "frontdesk_stripe.reading": "1 MB: of the plugin for Stripe, what answers questions is loaded with the first",
    "frontdesk_tenants.embedded": "where no DATABASE_URL is set",
    "frontdesk_web.demo": "`frontdesk demo` alone",
    "frontdesk_web.message_extraction": "translators alone",
    "httpx": "5 MB: Stripe's SDK looks for it",
    "httpx2": "4 MB: servers outside are asked late, and mostly by the worker",
    "joserfc": "as authlib",
    "phonenumbers": "numbers of text messages",
    "pytest": "tests alone",
    "redis": "6 MB: where no REDIS_URL is set",
    "requests": "5 MB: Stripe's SDK looks for it",
    "segno": "QR codes, when the first is drawn",
    "sqlalchemy.orm": "7 MB: sessions, which nothing here uses (`without_orm`)",
    "stripe": "10 MB with what it looks for: the SDK is loaded when Stripe is asked",
    "typst": "documents, when the first is set",
}
START = """
import json, sys
from frontdesk.secret import Secret
from frontdesk_web.app import create_app
from frontdesk_web.config import Config
from frontdesk_web.site import Site

keys = (Secret(sys.argv[1]),)
site = Site(Config(database_url="postgresql://nobody/nowhere", base_url="https://b.test", master_keys=keys))
create_app(site)
json.dump({"backends": sorted(site.plugins.billing_backends()), "modules": sorted(sys.modules)}, sys.stdout)
"""


def test_a_web_process_starts_without_what_few_acts_need() -> None:
    started = subprocess.run(
        [sys.executable, "-c", START, MASTER_KEY.reveal()], capture_output=True, text=True, check=True, timeout=120
    )
    told = json.loads(started.stdout)
    assert "stripe" in told["backends"], "all plugins are there"
    loaded = WITH_A_REASON_TO_STAY_AWAY.keys() & set(told["modules"])
    assert not loaded, {each: WITH_A_REASON_TO_STAY_AWAY[each] for each in loaded}


def test_whoever_brings_sessions_of_sqlalchemy_finds_them() -> None:
    """In a process of its own: which of the package's modules are loaded already is what it is about."""
    brings = (
        "import frontdesk_tenants.database, sys\n"
        "assert 'sqlalchemy.orm' not in sys.modules\n"
        "from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker, create_async_engine\n"
        "import sqlalchemy.ext.asyncio.engine, sqlalchemy.orm\n"
        "assert AsyncConnection is sqlalchemy.ext.asyncio.engine.AsyncConnection\n"
        "session = async_sessionmaker(create_async_engine('postgresql+psycopg://nobody/nowhere'))()\n"
        "assert isinstance(session, AsyncSession) and issubclass(type(session.sync_session), sqlalchemy.orm.Session)\n"
    )
    subprocess.run([sys.executable, "-c", brings], check=True, timeout=120)


def test_litestar_has_little_to_keep_of_a_route() -> None:
    """3 MB: of each handler it keeps a signature, a model of it, and each type that stands in it."""
    routes = litestar_routes()
    of_api = {id(each) for route in routes if route.path.startswith(("/v1/", "/v2/")) for each in route.route_handlers}
    assert len(of_api) == len({each.method for each in ENDPOINTS}), "the API's routes of a method share a handler"
    requests = [
        (each.handler_name, each.parsed_fn_signature.parameters.get("request"))
        for route in routes
        for each in route.route_handlers
    ]
    described = [name for name, request in requests if request is not None and request.inner_types]
    assert not described, "a request is `AnyRequest`"
