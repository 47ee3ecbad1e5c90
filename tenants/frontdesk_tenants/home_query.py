"""The home page's one call: a function in PostgreSQL that knows the side, the session and the page.

It runs with the rights of its caller, so row-level security holds within it as everywhere: it sets the side for itself
before it reads anything, and looks the session up under it. The migration makes the function.

Half of what a call takes is setting statements up and reading JSON, so it has few of both: what it asks of bodies are
columns, copied out of them as they are written (`tables`).
"""

from frontdesk_tenants.sessions import LIVE, NOTED_AFTER

ENDED_PLANS = 3
"""Ended subscriptions that can be shown, where they can be started again."""
PAGE_INVOICES = 10
"""Invoices in the page's short list."""
UNPAID_INVOICES = 20
"""Unpaid invoices that the page speaks of."""

NOTED_AFTER_SQL = f"interval '{int(NOTED_AFTER.total_seconds())} seconds'"

HOME_STATEMENT = """
SELECT asked.place, told.*
  FROM unnest($1::uuid[], $2::bytea[], $3::text[], $4::text[])
       WITH ORDINALITY AS asked(tenant, hash, known_page, known_side, place)
 CROSS JOIN LATERAL frontdesk_home(asked.tenant, asked.hash, asked.known_page, asked.known_side) AS told
"""
"""For several pages at once, the same places of four arrays: side, hash of the secret, and the versions of the page and
of the side's part that the caller knows. Each answers one row; `place` counts them from 1."""

HOME_FUNCTION = f"""
CREATE OR REPLACE FUNCTION frontdesk_home(
  in_tenant uuid, in_hash bytea, in_known_page text, in_known_side text,
  OUT live boolean, OUT now timestamptz, OUT session_id text, OUT source text, OUT locale text, OUT return_url text,
  OUT page_version text, OUT side_version text, OUT page text, OUT side text
) LANGUAGE plpgsql VOLATILE SECURITY INVOKER AS $function$
DECLARE
  visit record;
  at_hand text[] := '{{}}';
  plans json;
  wanted text[];
  ended json;
  prices json;
  products json;
  others json;
  frozen_time timestamptz;
BEGIN
  -- An assignment is evaluated in place; the statement that a PERFORM is takes ten times as long.
  session_id := set_config('frontdesk.tenant_id', in_tenant::text, true);
  session_id := NULL;
  now := frontdesk_now();
  SELECT s.id, s.source, s.address, s.customer, s.configuration, s.locale, s.return_url, s.last_seen,
         c.account_version, g.version AS configuration_version, e.page_version AS side_page_version,
         e.away_since, e.livemode, g.restarts, g.offered,
         CASE WHEN s.source = 'login_link' THEN (
           SELECT string_agg(o.id || '@' || o.account_version, ',' ORDER BY o.id)
             FROM customers o WHERE o.tenant_id = in_tenant AND o.address = s.address AND NOT o.deleted) END AS others
    INTO visit
    FROM sessions s
    JOIN customers c ON c.tenant_id = s.tenant_id AND c.id = s.customer
    JOIN configurations g ON g.tenant_id = s.tenant_id AND g.id = s.configuration
    JOIN sides e ON e.tenant_id = s.tenant_id
   WHERE s.tenant_id = in_tenant AND s.hash = in_hash AND NOT s.confined AND ({LIVE});
  live := FOUND;
  IF NOT live THEN
    RETURN;
  END IF;
  IF visit.last_seen <= now - {NOTED_AFTER_SQL} THEN
    -- Whoever holds the row is signing out or noting the same visit: neither is worth waiting for.
    PERFORM FROM sessions s WHERE s.tenant_id = in_tenant AND s.hash = in_hash FOR UPDATE SKIP LOCKED;
    IF FOUND THEN
      UPDATE sessions SET last_seen = now
       WHERE tenant_id = in_tenant AND hash = in_hash AND last_seen <= now - {NOTED_AFTER_SQL};
    END IF;
  END IF;
  session_id := visit.id;
  source := visit.source;
  locale := visit.locale;
  return_url := visit.return_url;
  side_version := concat_ws(' ', visit.configuration, visit.configuration_version, visit.side_page_version,
                            extract(epoch FROM visit.away_since));
  page_version := concat_ws(' ', visit.source, visit.customer, visit.account_version, visit.others, side_version);
  IF page_version = in_known_page THEN
    RETURN;
  END IF;

  IF side_version = in_known_side THEN
    -- Of the same moment as `side_version`: what the caller knows by it is what was offered then.
    at_hand := visit.offered;
  END IF;
  SELECT COALESCE(json_agg(u.body ORDER BY u.created, u.id) FILTER (WHERE COALESCE(sold.place, 1) = 1), '[]'),
         array_agg(sold.price) FILTER (WHERE sold.price <> ALL (at_hand))
    INTO plans, wanted
    FROM subscriptions u LEFT JOIN LATERAL unnest(u.prices) WITH ORDINALITY AS sold(price, place) ON true
   WHERE u.tenant_id = in_tenant AND u.customer = visit.customer
     AND u.status NOT IN ('canceled', 'incomplete_expired');

  -- What few pages have is asked for by itself: each part of a statement costs before it finds nothing.
  IF visit.restarts THEN
    WITH over AS MATERIALIZED (
      SELECT u.body, u.prices, EXISTS (
               SELECT FROM invoices i
                WHERE i.tenant_id = in_tenant AND i.customer = visit.customer
                  AND i.subscription = u.id AND i.status IN ('open', 'uncollectible')) AS owed
        FROM subscriptions u
       WHERE u.tenant_id = in_tenant AND u.customer = visit.customer AND u.status = 'canceled'
       ORDER BY u.created DESC, u.id DESC LIMIT {ENDED_PLANS}
    )
    SELECT COALESCE(json_agg(json_build_array(o.body, o.owed)), '[]'),
           wanted || ARRAY(SELECT p FROM over AS o, unnest(o.prices) AS p WHERE p <> ALL (at_hand))
      INTO ended, wanted FROM over AS o;
  END IF;
  IF wanted IS NOT NULL THEN
    SELECT json_agg(p.body), json_agg(d.body) INTO prices, products
      FROM prices p JOIN products d ON d.tenant_id = p.tenant_id AND d.id = p.product
     WHERE p.tenant_id = in_tenant AND p.id = ANY (wanted);
  END IF;
  IF position(',' IN visit.others) > 0 THEN
    SELECT json_agg(json_build_array(o.id, o.body ->> 'name', (
             SELECT d.body ->> 'name' FROM subscriptions u, products d, prices p
              WHERE u.tenant_id = in_tenant AND u.customer = o.id
                AND u.status NOT IN ('canceled', 'incomplete_expired')
                AND p.tenant_id = in_tenant AND p.id = u.body #>> '{{items,0,price}}'
                AND d.tenant_id = in_tenant AND d.id = p.product
              ORDER BY u.created DESC, u.id DESC LIMIT 1
           )) ORDER BY o.created DESC, o.id DESC)
      INTO others
      FROM customers o WHERE o.tenant_id = in_tenant AND o.address = visit.address AND NOT o.deleted;
  END IF;
  IF NOT visit.livemode THEN
    SELECT t.frozen_time INTO frozen_time FROM clock_accounts a
      JOIN test_clocks t ON t.tenant_id = a.tenant_id AND t.id = a.clock
     WHERE a.tenant_id = in_tenant AND a.customer = visit.customer;
  END IF;
  SELECT json_build_object(
    'customer', c.body,
    'account_version', c.account_version,
    'frozen_time', frozen_time,
    'subscriptions', plans,
    'ended', COALESCE(ended, '[]'),
    'prices', COALESCE(prices, '[]'),
    'products', COALESCE(products, '[]'),
    'pending_items', COALESCE((
      SELECT json_agg(w.body ORDER BY w.created, w.id) FROM pending_items w
       WHERE w.tenant_id = in_tenant AND w.customer = visit.customer AND w.invoice IS NULL), '[]'),
    'invoices', COALESCE((
      SELECT json_agg(json_build_array(
               l.id, l.number, l.status, l.currency, l.total, l.created, l.finalized_at, l.due_date
             ))
        FROM (
          SELECT i.id, i.number, i.status, i.currency, i.total, i.created, i.finalized_at, i.due_date FROM invoices i
           WHERE i.tenant_id = in_tenant AND i.customer = visit.customer AND i.status <> 'draft'
           ORDER BY i.created DESC, i.id DESC LIMIT {PAGE_INVOICES + 1}) l), '[]'),
    'unpaid', COALESCE((
      SELECT json_agg(json_build_array(n.id, n.number, n.currency, n.left_to_pay, n.due_date, n.statement_descriptor))
        FROM (
          SELECT i.id, i.number, i.currency, i.due_date, i.statement_descriptor,
                 -- What was credited is in `amount_paid` (`book`).
                 i.amount_due - i.amount_paid AS left_to_pay
            FROM invoices i WHERE i.tenant_id = in_tenant AND i.customer = visit.customer AND i.status = 'open'
           ORDER BY i.due_date NULLS LAST, i.id LIMIT {UNPAID_INVOICES}) n
       WHERE n.left_to_pay > 0), '[]'),
    'waiting', COALESCE((
      SELECT json_agg(json_build_array(w.id, w.command, w.waits_since) ORDER BY w.number)
        FROM intents w
       WHERE w.tenant_id = in_tenant AND w.customer = visit.customer AND w.state = 'pending'
         AND w.waits_since IS NOT NULL), '[]'),
    'refused', COALESCE((
      SELECT json_agg(json_build_array(w.id, w.command, w.refusal, w.refused_at, w.created) ORDER BY w.number)
        FROM intents w
       WHERE w.tenant_id = in_tenant AND w.customer = visit.customer AND w.shown), '[]'),
    'others', COALESCE(others, '[]')
  )::text INTO page
    FROM customers c WHERE c.tenant_id = in_tenant AND c.id = visit.customer;

  IF side_version = in_known_side THEN
    RETURN;
  END IF;

  WITH offered AS (
    SELECT p.body AS price, d.body AS product FROM configurations g
      JOIN prices p ON p.tenant_id = g.tenant_id AND p.id = ANY (g.offered)
      JOIN products d ON d.tenant_id = p.tenant_id AND d.id = p.product
     WHERE g.tenant_id = in_tenant AND g.id = visit.configuration
  )
  SELECT json_build_object(
    'slug', e.slug, 'name', e.name, 'country', e.country, 'locale', e.locale, 'backend', e.backend,
    'status', e.status, 'settings', e.settings, 'brand', e.brand, 'page_version', e.page_version,
    'live_since', e.live_since, 'away_since', e.away_since, 'suspension', e.suspension,
    'configuration', g.body,
    'prices', COALESCE((SELECT json_agg(price) FROM offered), '[]'),
    'products', COALESCE((SELECT json_agg(product) FROM offered), '[]'),
    'plugins', COALESCE((
      SELECT json_agg(t.plugin) FROM tenant_plugins t WHERE t.tenant_id = in_tenant AND t.enabled), '[]')
  )::text INTO side
    FROM sides e, configurations g
   WHERE e.tenant_id = in_tenant AND g.tenant_id = in_tenant AND g.id = visit.configuration;
END
$function$
"""  # noqa: S608
"""SQL that makes the function. It answers one row.

`live` is false, and everything else NULL, where the session is none or over, or confined to a flow: the caller then
asks at leisure why.
`page` is JSON, NULL where `page_version` is the one that the caller knows; `side`, likewise, is what all pages of a
side under one configuration share. Prices that `side` has, and their products, are left out of `page` where the caller
knows that `side`.
"""
