"""Every route of the operator."""

from typing import Any

from frontdesk_web.operator import guests, settings, tenant, tenants

routes: list[Any] = [*tenants.routes, *tenant.routes, *guests.routes, *settings.routes]
