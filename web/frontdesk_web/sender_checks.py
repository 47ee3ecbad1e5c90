"""The job that looks at a tenant's own domain in the DNS: letters come from it only as long as they are believed."""

from uuid import UUID

from frontdesk_tenants import sender_domains
from frontdesk_web.site import Site


async def check_sender(site: Site, tenant_id: UUID, id_: str) -> None:
    """Look at a domain again and keep what was found. Where the operator offers no own domains it does nothing."""
    if site.config.mail_spf:
        await sender_domains.check(site.tenancy, tenant_id, id_, site.names, site.config.mail_spf)
