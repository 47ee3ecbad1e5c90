"""Telling the owners of a tenant that an endpoint was switched off, because nobody answered there for three days."""

from uuid import UUID

from frontdesk.errors import FrontdeskError
from frontdesk.roles import Role
from frontdesk.webhook_endpoints import WebhookEndpoint
from frontdesk_tenants import people, staff, webhook_endpoints
from frontdesk_tenants.directory import Door
from frontdesk_tenants.house import HOUSE
from frontdesk_web.languages import SOURCE_LOCALE, STAFF_LOCALES, spoken
from frontdesk_web.letters import house_post
from frontdesk_web.letters.house_letters import HouseLetter
from frontdesk_web.messages import translate
from frontdesk_web.site import Site


async def tell_owners(site: Site, tenant_id: UUID, endpoint_id: str) -> None:
    """Write to each owner, unless the endpoint was switched on again or deleted meanwhile.

    Raises:
        Unavailable: the mail server does not take letters now; run the job again later. Whoever was written to already
            gets the same letter, with the same Message-ID.
        Misconfigured: there is no mail server.
    """
    door = await site.tenancy.door(tenant_id)
    # Staff stand under the live side.
    live, _ = await site.tenancy.directory.both(door)
    async with site.tenancy.at(door) as (connection, side):
        endpoint = await webhook_endpoints.find(connection, endpoint_id)
    if endpoint is None or not endpoint.gave_up or endpoint.disabled_at is None:
        return
    async with site.tenancy.database.side(live.tenant_id) as connection:
        owners = [each for each in await staff.members(connection) if each.role is Role.OWNER]
    failed: FrontdeskError | None = None
    for owner in owners:
        async with site.tenancy.database.side(HOUSE) as connection:
            person = await people.read(connection, owner.person)
        locale = (person and person.locale) or spoken(side.locale, STAFF_LOCALES) or SOURCE_LOCALE
        # Switched off a second time is told a second time.
        event_id = f"{endpoint.id}.{int(endpoint.disabled_at.timestamp())}.{owner.id}"
        view = _letter(site, door, endpoint, side.name, locale)
        letter = house_post.write(site, view, to=owner.address, locale=locale, event_id=event_id, purpose="webhooks")
        try:
            await house_post.deliver(site, letter)
        except FrontdeskError as error:
            failed = error
    if failed is not None:
        raise failed


def _letter(site: Site, door: Door, endpoint: WebhookEndpoint, name: str, locale: str) -> HouseLetter:
    return HouseLetter(
        frame=house_post.frame(site, locale),
        heading=translate(locale, "A webhook endpoint of {name} is switched off", name=name),
        sentences=(
            translate(
                locale,
                "{url} has answered none of our calls for three days, so we have stopped making them.",
                url=endpoint.url,
            ),
            translate(
                locale,
                "What happened meanwhile is kept for 30 days. Once the endpoint answers, switch it on again and send"
                " what it missed.",
            ),
        ),
        way_text=translate(locale, "Look at the endpoint"),
        way_url=site.config.url(f"/dashboard/{door.portal}/webhooks/{endpoint.id}"),
    )
