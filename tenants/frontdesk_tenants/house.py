"""The house: the side of whoever runs this Frontdesk, and of no tenant.

People who sign in to dashboards lie here, because one person may work for several tenants. Row-level security holds
for the house as for any side; it is just not in `firms`, so nothing that walks the tenants comes by.
"""

from uuid import UUID

from frontdesk_tenants.directory import Door

HOUSE = UUID("00000000-0000-4000-8000-00000000f0de")
"""What `tenant_id` says in the house's rows."""

HOUSE_DOOR = Door(tenant_id=HOUSE, firm_id=HOUSE, livemode=True, public_id="house0000000", portal="")
"""Gives the secrets of staff their public id, and passcodes their side."""
