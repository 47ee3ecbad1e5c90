"""The operator's list of tenants: a function in PostgreSQL that goes from one side to the next.

It runs with the rights of its caller and enters one side after the other, so row-level security holds within it as
everywhere. The migration makes it.
"""

from frontdesk_tenants.usage import COUNTED

TENANT_LIST_STATEMENT = "SELECT * FROM frontdesk_tenant_list(:words, :after, :state, :months, :count)"
"""Words that all must occur, the portal's name after which to begin, a state or NULL, months to count, rows at most."""

TENANT_LIST_FUNCTION = f"""
CREATE OR REPLACE FUNCTION frontdesk_tenant_list(
  in_words text[], in_after text, in_state text, in_months text[], in_count int
) RETURNS TABLE (
  portal text, name text, state text, since timestamptz, created timestamptz, owner text, usage text
) LANGUAGE plpgsql VOLATILE SECURITY INVOKER AS $function$
DECLARE
  before text := current_setting('frontdesk.tenant_id', true);
  door record;
  found int := 0;
BEGIN
  FOR door IN
    SELECT f.tenant_id, f.portal FROM firms f
     WHERE f.livemode AND f.portal > in_after COLLATE "C" ORDER BY f.portal COLLATE "C"
  LOOP
    EXIT WHEN found >= in_count;
    PERFORM set_config('frontdesk.tenant_id', door.tenant_id::text, true);
    SELECT door.portal, s.name,
           CASE WHEN s.status = 'suspended' THEN 'suspended' WHEN s.live_since IS NULL THEN 'new' ELSE 'live' END,
           CASE WHEN s.status = 'suspended' THEN (s.suspension ->> 'at')::timestamptz ELSE s.live_since END,
           s.created,
           (SELECT m.address FROM staff m
             WHERE m.tenant_id = door.tenant_id AND m.role = 'owner' AND m.removed_at IS NULL
             ORDER BY m.created, m.id LIMIT 1)
      INTO portal, name, state, since, created, owner
      FROM sides s WHERE s.tenant_id = door.tenant_id;
    CONTINUE WHEN in_state IS NOT NULL AND state <> in_state;
    CONTINUE WHEN EXISTS (
      SELECT FROM unnest(in_words) AS word WHERE position(word IN lower(concat_ws(' ', portal, name, owner))) = 0);
    SELECT COALESCE(json_agg(counted), '[]')::text INTO usage FROM (
      {COUNTED.format(side="door.tenant_id", months="in_months")}
    ) AS counted;
    found := found + 1;
    RETURN NEXT;
  END LOOP;
  PERFORM set_config('frontdesk.tenant_id', COALESCE(before, ''), true);
END
$function$
"""  # noqa: S608
