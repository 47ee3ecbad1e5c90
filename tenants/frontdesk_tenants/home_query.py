"""The home page's one call: a function in PostgreSQL that knows the side, the session and the page.

It runs with the rights of its caller, so row-level security holds within it as everywhere: the side that the secret
names is set for this call alone, and the session is looked up under it. The migration makes the function.
"""

from frontdesk_tenants.sessions import LIVE, NOTED_AFTER

ENDED_PLANS = 3
"""Ended subscriptions that can be shown, where they can be started again."""
PAGE_INVOICES = 10
"""Invoices in the page's short list."""
UNPAID_INVOICES = 20
"""Unpaid invoices that the page speaks of."""

NOTED_AFTER_SQL = f"interval '{int(NOTED_AFTER.total_seconds())} seconds'"

HOME_STATEMENT = "SELECT * FROM frontdesk_home($1, $2, $3, $4)"
"""Side, hash of the secret, and the versions of the page and of the side's part that the caller knows."""

HOME_FUNCTION = f"""
CREATE OR REPLACE FUNCTION frontdesk_home(
  in_tenant uuid, in_hash bytea, in_known_page text, in_known_side text,
  OUT live boolean, OUT now timestamptz, OUT session_id text, OUT source text, OUT locale text, OUT return_url text,
  OUT page_version text, OUT side_version text, OUT page text, OUT side text
) LANGUAGE plpgsql VOLATILE SECURITY INVOKER AS $function$
DECLARE
  visit record;
  others text;
BEGIN
  PERFORM set_config('frontdesk.tenant_id', in_tenant::text, true);
  now := frontdesk_now();
  SELECT s.id, s.source, s.address, s.customer, s.configuration, s.locale, s.return_url, s.last_seen,
         c.account_version, g.version AS configuration_version, e.page_version AS side_page_version,
         e.away_since,
         COALESCE(g.body #>> '{{frontdesk,restart,enabled}}', 'false') = 'true' AS restarts,
         COALESCE(g.body #> '{{features,subscription_update,products}}', '[]') AS offers
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
  IF visit.source = 'login_link' THEN
    SELECT string_agg(c.id || '@' || c.account_version, ',' ORDER BY c.id) INTO others
      FROM customers c WHERE c.tenant_id = in_tenant AND c.address = visit.address AND NOT c.deleted;
  END IF;
  side_version := concat_ws(' ', visit.configuration, visit.configuration_version, visit.side_page_version,
                            extract(epoch FROM visit.away_since));
  page_version := concat_ws(' ', visit.source, visit.customer, visit.account_version, others, side_version);
  IF page_version = in_known_page THEN
    RETURN;
  END IF;

  WITH plans AS MATERIALIZED (
    SELECT u.body, u.created, u.id FROM subscriptions u
     WHERE u.tenant_id = in_tenant AND u.customer = visit.customer
       AND u.status NOT IN ('canceled', 'incomplete_expired')
  ), over AS MATERIALIZED (
    SELECT u.body, u.created, u.id FROM subscriptions u
     WHERE visit.restarts AND u.tenant_id = in_tenant AND u.customer = visit.customer AND u.status = 'canceled'
     ORDER BY u.created DESC, u.id DESC LIMIT {ENDED_PLANS}
  ), at_hand AS MATERIALIZED (
    -- Of the same moment as `side_version`: what the caller knows by it is what they named then.
    SELECT named FROM json_array_elements(visit.offers) AS o, json_array_elements_text(o -> 'prices') AS named
     WHERE side_version = in_known_side
  ), priced AS (
    SELECT p.body AS price, d.body AS product FROM prices p
      JOIN products d ON d.tenant_id = p.tenant_id AND d.id = p.product
     WHERE p.tenant_id = in_tenant
       AND p.id IN (SELECT item ->> 'price' FROM plans, json_array_elements(plans.body -> 'items') AS item
                    UNION ALL
                    SELECT item ->> 'price' FROM over, json_array_elements(over.body -> 'items') AS item
                    UNION ALL
                    SELECT item ->> 'price' FROM plans,
                           json_array_elements(plans.body #> '{{put_off,items}}') AS item
                     WHERE json_typeof(plans.body -> 'put_off') = 'object')
       AND p.id NOT IN (SELECT named FROM at_hand)
  ), listed AS (
    SELECT i.id, i.number, i.status, i.currency, i.total, i.created, i.finalized_at, i.due_date FROM invoices i
     WHERE i.tenant_id = in_tenant AND i.customer = visit.customer AND i.status <> 'draft'
     ORDER BY i.created DESC, i.id DESC LIMIT {PAGE_INVOICES + 1}
  ), unpaid AS (
    SELECT i.id, i.number, i.currency, i.due_date, i.body ->> 'statement_descriptor' AS descriptor,
           -- What was credited is in `amount_paid` (`book`).
           i.amount_due - i.amount_paid AS left_to_pay
      FROM invoices i WHERE i.tenant_id = in_tenant AND i.customer = visit.customer AND i.status = 'open'
     ORDER BY i.due_date NULLS LAST, i.id LIMIT {UNPAID_INVOICES}
  )
  SELECT json_build_object(
    'customer', c.body,
    'account_version', c.account_version,
    'frozen_time', (
      SELECT t.frozen_time FROM clock_accounts a
        JOIN test_clocks t ON t.tenant_id = a.tenant_id AND t.id = a.clock
       WHERE a.tenant_id = in_tenant AND a.customer = visit.customer),
    'subscriptions', COALESCE((SELECT json_agg(plans.body ORDER BY plans.created, plans.id) FROM plans), '[]'),
    'ended', COALESCE((
      SELECT json_agg(json_build_array(over.body, EXISTS (
               SELECT FROM invoices i
                WHERE i.tenant_id = in_tenant AND i.customer = visit.customer
                  AND i.subscription = over.id AND i.status IN ('open', 'uncollectible')
             )) ORDER BY over.created DESC, over.id DESC) FROM over), '[]'),
    'prices', COALESCE((SELECT json_agg(price) FROM priced), '[]'),
    'products', COALESCE((SELECT json_agg(product) FROM priced), '[]'),
    'pending_items', COALESCE((
      SELECT json_agg(w.body ORDER BY w.created, w.id) FROM pending_items w
       WHERE w.tenant_id = in_tenant AND w.customer = visit.customer AND w.invoice IS NULL), '[]'),
    'invoices', COALESCE((
      SELECT json_agg(json_build_array(
               l.id, l.number, l.status, l.currency, l.total, l.created, l.finalized_at, l.due_date
             ) ORDER BY l.created DESC, l.id DESC)
        FROM listed l), '[]'),
    'unpaid', COALESCE((
      SELECT json_agg(json_build_array(n.id, n.number, n.currency, n.left_to_pay, n.due_date, n.descriptor)
               ORDER BY n.due_date NULLS LAST, n.id)
        FROM unpaid n WHERE n.left_to_pay > 0), '[]'),
    'waiting', COALESCE((
      SELECT json_agg(json_build_array(w.id, w.command, w.waits_since) ORDER BY w.number)
        FROM intents w
       WHERE w.tenant_id = in_tenant AND w.customer = visit.customer AND w.state = 'pending'
         AND w.waits_since IS NOT NULL), '[]'),
    'refused', COALESCE((
      SELECT json_agg(json_build_array(w.id, w.command, w.refusal, w.refused_at, w.created) ORDER BY w.number)
        FROM intents w
       WHERE w.tenant_id = in_tenant AND w.customer = visit.customer AND w.shown), '[]'),
    'others', COALESCE((
      SELECT json_agg(json_build_array(o.id, o.body ->> 'name', (
               SELECT d.body ->> 'name' FROM subscriptions u, products d, prices p
                WHERE u.tenant_id = in_tenant AND u.customer = o.id
                  AND u.status NOT IN ('canceled', 'incomplete_expired')
                  AND p.tenant_id = in_tenant AND p.id = u.body #>> '{{items,0,price}}'
                  AND d.tenant_id = in_tenant AND d.id = p.product
                ORDER BY u.created DESC, u.id DESC LIMIT 1
             )) ORDER BY o.created DESC, o.id DESC)
        FROM customers o
       WHERE position(',' IN others) > 0
         AND o.tenant_id = in_tenant AND o.address = visit.address AND NOT o.deleted), '[]')
  )::text INTO page
    FROM customers c WHERE c.tenant_id = in_tenant AND c.id = visit.customer;

  IF side_version = in_known_side THEN
    RETURN;
  END IF;

  WITH offered AS (
    SELECT p.body AS price, d.body AS product FROM configurations g,
           json_array_elements(COALESCE(g.body #> '{{features,subscription_update,products}}', '[]')) AS o,
           json_array_elements_text(o -> 'prices') AS named
      JOIN prices p ON p.tenant_id = in_tenant AND p.id = named
      JOIN products d ON d.tenant_id = in_tenant AND d.id = p.product
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
