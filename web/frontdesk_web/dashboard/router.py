"""Every route of the dashboard."""

from typing import Any

from frontdesk_web.dashboard import (
    account,
    api_keys,
    email_log,
    email_sender,
    going_live,
    joining,
    overview,
    portal_link,
    portal_settings,
    second_factor,
    seller,
    sign_in,
    sign_in_settings,
    sign_up,
    single_sign_on,
    team,
    workplaces,
)

routes: list[Any] = [
    *sign_in.routes,
    *sign_up.routes,
    *second_factor.routes,
    *workplaces.routes,
    *account.routes,
    *joining.routes,
    *overview.routes,
    *portal_settings.routes,
    *portal_link.routes,
    *going_live.routes,
    *seller.routes,
    *team.routes,
    *sign_in_settings.routes,
    *single_sign_on.routes,
    *api_keys.routes,
    *email_sender.routes,
    *email_log.routes,
]
