"""Every address of the API. Each is a route of its own, so that the table of routes tells all of them; the routes of a
method share a handler."""

from litestar import HttpMethod, Response, route
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler

from frontdesk_web.any_request import AnyRequest
from frontdesk_web.api import (
    accounts,
    balance_transactions,
    charges,
    checkout_sessions,
    clocks,
    configurations,
    coupons,
    credit_notes,
    customers,
    discounts,
    error_codes,
    events,
    feedback_options,
    file_links,
    files,
    invoice_items,
    invoice_lines,
    invoice_payments,
    invoice_previews,
    invoice_writing,
    invoices,
    meters,
    nested_lists,
    own_account,
    payment_intents,
    payment_methods,
    payments,
    permissions,
    prices,
    products,
    promotion_codes,
    refunds,
    schedule_phases,
    schedules,
    search,
    sessions,
    setup_intents,
    subscription_items,
    subscriptions,
    tax_codes,
    tax_ids,
    tax_rates,
    tax_settings,
    webhook_endpoints,
)
from frontdesk_web.api.calls import Endpoint
from frontdesk_web.api.documented_answers import open_path
from frontdesk_web.api.serving import serve
from frontdesk_web.site import Site

ENDPOINTS: tuple[Endpoint, ...] = (
    *search.endpoints,
    *products.endpoints,
    *prices.endpoints,
    *customers.endpoints,
    *payment_methods.endpoints,
    *setup_intents.endpoints,
    *payment_intents.endpoints,
    *charges.endpoints,
    *refunds.endpoints,
    *nested_lists.endpoints,
    *invoice_payments.endpoints,
    *checkout_sessions.endpoints,
    *subscriptions.endpoints,
    *subscription_items.endpoints,
    *schedules.endpoints,
    *schedule_phases.endpoints,
    *balance_transactions.endpoints,
    *credit_notes.endpoints,
    *invoice_previews.endpoints,
    *invoice_lines.endpoints,
    *invoices.endpoints,
    *payments.endpoints,
    *invoice_writing.endpoints,
    *invoice_items.endpoints,
    *configurations.endpoints,
    *sessions.endpoints,
    *permissions.endpoints,
    *tax_codes.endpoints,
    *tax_rates.endpoints,
    *tax_settings.endpoints,
    *tax_ids.endpoints,
    *clocks.endpoints,
    *coupons.endpoints,
    *promotion_codes.endpoints,
    *discounts.endpoints,
    *feedback_options.endpoints,
    *meters.endpoints,
    *accounts.endpoints,
    *own_account.endpoints,
    *files.endpoints,
    *file_links.endpoints,
    *events.endpoints,
    *webhook_endpoints.endpoints,
)


def _handler(method: str) -> HTTPRouteHandler:
    """All that is asked with one method: a handler for each endpoint would keep four times what this does."""
    served = {open_path(each.path): each for each in ENDPOINTS if each.method == method}

    # The status is said because Litestar's own for DELETE has no body.
    @route(
        [each.path for each in served.values()],
        http_method=HttpMethod(method),
        name=f"api {method}",
        status_code=200,
    )
    async def answer(request: AnyRequest, site: NamedDependency[Site]) -> Response[bytes]:
        return await serve(site, request, served[request.scope["path_template"]])

    return answer


routes = [*(_handler(each) for each in sorted({each.method for each in ENDPOINTS})), error_codes.explain]
