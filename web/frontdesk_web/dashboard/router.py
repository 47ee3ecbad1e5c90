"""Every route of the dashboard."""

from typing import Any

from frontdesk_web.dashboard import overview, portal_link, portal_settings, second_factor, sign_in, workplaces

routes: list[Any] = [
    *sign_in.routes,
    *second_factor.routes,
    *workplaces.routes,
    *overview.routes,
    *portal_settings.routes,
    *portal_link.routes,
]
