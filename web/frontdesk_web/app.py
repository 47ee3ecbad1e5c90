"""The web application: every router, and what stands around them. The wiring is all here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Response
from litestar.di import Provide
from litestar.types import ASGIApp

from frontdesk_web import front_page, health, public_files
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.api import openapi
from frontdesk_web.api import router as api
from frontdesk_web.api.errors import api_problem
from frontdesk_web.dashboard import router as dashboard
from frontdesk_web.headers import SecurityHeaders
from frontdesk_web.hosts import KnownHosts
from frontdesk_web.letters import reports
from frontdesk_web.operator import router as operator
from frontdesk_web.pay import bank, checkout
from frontdesk_web.pay import invoice as linked_invoice
from frontdesk_web.pay import paying as paying_by_link
from frontdesk_web.portal import (
    address_change,
    address_objection,
    balance,
    cancel,
    details,
    flow_pages,
    home,
    hosted_pages,
    invoice,
    invoices,
    methods,
    papers,
    pausing,
    paying,
    plan,
    plan_confirming,
    refused,
    session_end,
    session_link,
    sign_in,
    sign_out,
    start_again,
    statement,
    tax_ids,
    transfer_codes,
    upcoming,
    wrong_codes,
)
from frontdesk_web.portal.front_home import FrontHome
from frontdesk_web.problems import error_page
from frontdesk_web.site import Site
from frontdesk_web.time_limit import in_time
from frontdesk_web.webhooks import hearing
from frontdesk_web.without_options import Application

BODY_BYTES = 1024 * 1024
API_PREFIXES = ("/v1/", "/v2/")


def create_litestar(site: Site, extra_routes: tuple[Any, ...] = ()) -> Litestar:
    """The routes. `extra_routes` are those of the demo and the gallery."""

    @asynccontextmanager
    async def life(_: Litestar) -> AsyncIterator[None]:
        await site.open()
        try:
            yield
        finally:
            await site.aclose()

    def problem(request: AnyRequest, error: Exception) -> Response[Any]:
        if f"{request.scope['path']}/".startswith(API_PREFIXES):
            return api_problem(site.config, request, error)
        return error_page(site.renderer, request, error)

    return Application(
        route_handlers=[
            *front_page.routes,
            *health.routes,
            *public_files.routes,
            *reports.routes,
            *hearing.routes,
            *api.routes,
            *openapi.routes,
            *sign_in.routes,
            *session_link.routes,
            *sign_out.routes,
            *session_end.routes,
            *home.routes,
            *plan.routes,
            *plan_confirming.routes,
            *cancel.routes,
            *pausing.routes,
            *methods.routes,
            *hosted_pages.routes,
            *paying.routes,
            *start_again.routes,
            *details.routes,
            *flow_pages.routes,
            *tax_ids.routes,
            *address_change.routes,
            *address_objection.routes,
            *wrong_codes.routes,
            *invoices.routes,
            *invoice.routes,
            *papers.routes,
            *transfer_codes.routes,
            *linked_invoice.routes,
            *paying_by_link.routes,
            *checkout.routes,
            *bank.routes,
            *statement.routes,
            *balance.routes,
            *upcoming.routes,
            *refused.routes,
            *dashboard.routes,
            *operator.routes,
            *extra_routes,
        ],
        dependencies={"site": Provide(lambda: site, sync_to_thread=False)},
        exception_handlers={Exception: problem},
        lifespan=[life],
        middleware=[in_time],
        request_max_body_size=BODY_BYTES,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def create_app(site: Site, extra_routes: tuple[Any, ...] = ()) -> ASGIApp:
    """The application with what stands before it."""
    return guarded(create_litestar(site, extra_routes), site)


def guarded(routes: Litestar, site: Site) -> ASGIApp:
    """What stands before the routes: headers on every answer, known hosts, the home page."""
    return SecurityHeaders(KnownHosts(FrontHome(routes, site), site.config), site.config)
