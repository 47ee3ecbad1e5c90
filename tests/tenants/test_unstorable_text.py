"""A NUL in a text is refused like other bad input: PostgreSQL keeps none, in columns or in what it reads from JSON."""

import pytest
from sides import new_tenant
from sqlalchemy import text

from frontdesk.errors import Refused
from frontdesk_tenants.tenancy import Tenancy


@pytest.mark.parametrize(
    ("statement", "value"),
    [("SELECT cast(:value AS text)", "a\0b"), ("SELECT cast(:value AS json) ->> 'a'", '{"a": "\\u0000"}')],
    ids=["a parameter", "a field of JSON"],
)
async def test_it_is_refused(tenancy: Tenancy, statement: str, value: str) -> None:
    tenant = await new_tenant(tenancy)
    with pytest.raises(Refused) as refused:
        async with tenancy.database.side(tenant.door.tenant_id) as connection:
            await connection.execute(text(statement), {"value": value})
    assert refused.value.refusal.code == "text_unstorable"
