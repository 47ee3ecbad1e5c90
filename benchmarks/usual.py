"""The same home page written the usual way, for comparison: SQLAlchemy's ORM, Jinja2, and Babel for every amount.

It shows the same data by the same templates; views are prepared by the product's code, so what differs is how rows
become objects and how a template becomes text.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from jinja2 import Environment, FunctionLoader, StrictUndefined
from litestar import Litestar, MediaType, Request, Response, get
from litestar.exceptions import NotAuthorizedException
from seeded import Seeded
from sqlalchemy import JSON, ForeignKey, select, text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload

from frontdesk.book import Customer, Price, Product, Subscription
from frontdesk.plugins import PluginHost
from frontdesk_tenants.home_reads import HomeAnswer, HomeFacts, InvoiceSummary, SideFacts
from frontdesk_tenants.vault import hashed
from frontdesk_web.messages import translate
from frontdesk_web.portal.frames import portal_frame
from frontdesk_web.portal.home_views import home_page, signed_in
from frontdesk_web.rendering import HERE
from frontdesk_web.static_files import StaticFiles
from frontdesk_web.template_messages import translated


class Model(DeclarativeBase):
    pass


class SessionRow(Model):
    __tablename__ = "sessions"
    hash: Mapped[bytes] = mapped_column(primary_key=True)
    id: Mapped[str]
    locale: Mapped[str | None]
    expires_at: Mapped[datetime]
    customer_id: Mapped[str] = mapped_column("customer", ForeignKey("customers.id"))
    configuration_id: Mapped[str] = mapped_column("configuration", ForeignKey("configurations.id"))
    customer: Mapped["CustomerRow"] = relationship()
    configuration: Mapped["ConfigurationRow"] = relationship()


class ConfigurationRow(Model):
    __tablename__ = "configurations"
    id: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[Any] = mapped_column(JSON)


class CustomerRow(Model):
    __tablename__ = "customers"
    id: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[Any] = mapped_column(JSON)
    account_version: Mapped[int]
    subscriptions: Mapped[list["SubscriptionRow"]] = relationship(order_by="SubscriptionRow.created")
    invoices: Mapped[list["InvoiceRow"]] = relationship(order_by="InvoiceRow.created.desc()")


class SubscriptionRow(Model):
    __tablename__ = "subscriptions"
    id: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    created: Mapped[datetime]
    body: Mapped[Any] = mapped_column(JSON)
    customer: Mapped[str] = mapped_column(ForeignKey("customers.id"))


class InvoiceRow(Model):
    __tablename__ = "invoices"
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str | None]
    status: Mapped[str]
    currency: Mapped[str]
    total: Mapped[int]
    created: Mapped[datetime]
    body: Mapped[Any] = mapped_column(JSON)
    customer: Mapped[str] = mapped_column(ForeignKey("customers.id"))


class ProductRow(Model):
    __tablename__ = "products"
    id: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[Any] = mapped_column(JSON)


class PriceRow(Model):
    __tablename__ = "prices"
    id: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[Any] = mapped_column(JSON)
    product_id: Mapped[str] = mapped_column("product", ForeignKey("products.id"))
    product: Mapped[ProductRow] = relationship()


class SideRow(Model):
    __tablename__ = "sides"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    country: Mapped[str | None]
    locale: Mapped[str]
    backend: Mapped[str]
    status: Mapped[str]
    page_version: Mapped[int]
    live_since: Mapped[datetime | None]
    suspension: Mapped[Any | None] = mapped_column(JSON)
    settings: Mapped[Any] = mapped_column(JSON)
    brand: Mapped[Any] = mapped_column(JSON)


SIDE_COLUMNS = tuple(each.key for each in SideRow.__table__.columns if each.key != "tenant_id")


def create(seeded: Seeded) -> Litestar:
    """The application: one route, no middleware."""
    from frontdesk_tenants.database import Database
    from frontdesk_tenants.directory import Directory

    engine = create_async_engine(seeded.database_url.replace("postgresql://", "postgresql+psycopg://"), pool_size=10)
    make_session = async_sessionmaker(engine, expire_on_commit=False)
    directory, plugins, templates = Directory(Database(seeded.database_url)), PluginHost.load(), _templates()

    @get("/p/{portal:str}")
    async def home(request: Request[Any, Any, Any], portal: str) -> Response[str]:
        door = await directory.by_portal(portal)
        assert door is not None
        async with make_session() as session, session.begin():
            await session.execute(
                text("SELECT set_config('frontdesk.tenant_id', :id, true)"), {"id": str(door.tenant_id)}
            )
            visit = await session.scalar(
                select(SessionRow)
                .where(SessionRow.hash == hashed(request.cookies.get(f"fd-{portal}", "")))
                .options(
                    selectinload(SessionRow.configuration),
                    selectinload(SessionRow.customer).selectinload(CustomerRow.subscriptions),
                    selectinload(SessionRow.customer).selectinload(CustomerRow.invoices),
                )
            )
            if visit is None:
                raise NotAuthorizedException
            side = (await session.scalars(select(SideRow))).one()
            prices = (await session.scalars(select(PriceRow).options(selectinload(PriceRow.product)))).all()
            now = (await session.execute(text("SELECT frontdesk_now()"))).scalar_one()
        answer = _answer(visit, side, list(prices), now)
        assert answer.page is not None
        base = f"/p/{portal}"
        frame = portal_frame(
            request,
            answer.page[1].behind(door),
            answer.page[1].configuration,
            "en",
            csrf="x" * 43,
            signed_in=signed_in(answer.page[0], base, "en"),
        )
        page = home_page(answer, plugins, base, "en", csrf="x" * 43)
        return Response(templates.get_template(page.template).render(frame=frame, page=page), media_type=MediaType.HTML)

    return Litestar([home], openapi_config=None, logging_config=None)


def _answer(visit: SessionRow, side: SideRow, prices: list[PriceRow], now: datetime) -> HomeAnswer:
    customer = visit.customer
    catalogue = tuple(msgspec.convert(each.body, Price, strict=False) for each in prices)
    products = tuple(msgspec.convert(each.product.body, Product) for each in prices)
    facts = HomeFacts(
        customer=msgspec.convert(customer.body, Customer),
        account_version=customer.account_version,
        subscriptions=tuple(
            msgspec.convert(each.body, Subscription) for each in customer.subscriptions if each.status != "canceled"
        ),
        prices=catalogue,
        products=products,
        pending_items=(),
        invoices=tuple(_summary(each) for each in customer.invoices[:11]),
        others=(),
    )
    shared = msgspec.convert(
        {name: getattr(side, name) for name in SIDE_COLUMNS}
        | {"configuration": visit.configuration.body, "prices": [], "products": [], "plugins": []},
        SideFacts,
    )
    return HomeAnswer(
        session_id=visit.id,
        source="login_link",
        locale=visit.locale,
        return_url=None,
        now=now,
        page_version="",
        page=(facts, shared),
    )


def _summary(row: InvoiceRow) -> InvoiceSummary:
    due, finalized = row.body.get("due_date"), row.body.get("finalized_at")
    return InvoiceSummary(
        row.id,
        row.number,
        row.status,  # type: ignore[arg-type]
        row.currency,
        row.total,
        datetime.fromisoformat(finalized) if finalized else row.created,
        datetime.fromisoformat(due) if due else None,
    )


def _templates() -> Environment:
    files = StaticFiles()

    def source(name: str) -> str | None:
        path = HERE / name
        return translated(path.read_text(), lambda message: translate("en", message)) if path.is_file() else None

    environment = Environment(
        loader=FunctionLoader(source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(
        static=lambda name: files.url(name),
        locale=lambda: "en",
        direction=lambda: "ltr",
        font_stylesheets=files.fonts(),
    )
    return environment
