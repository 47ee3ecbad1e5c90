"""The home page's one call: functions in PostgreSQL that know the side, the session and the page.

They run with the rights of their caller, so row-level security holds within them as everywhere: the side is set before
anything is read, and sessions are looked up under it. Migrating lays the functions down.

Most of what a call takes is setting statements up. So there is one statement for all pages of a side that are asked for
together; what few pages have is in functions of their own, which cost nothing before they are called; and what is asked
of bodies are columns, copied out of them as they are written (`tables`). JSON is put together as text: PostgreSQL's
functions look the type of each value up, each time.
"""

from frontdesk_tenants.sessions import LIVE, NOTED_AFTER

ENDED_PLANS = 3
"""Ended subscriptions that can be shown, where they can be started again."""
PAGE_INVOICES = 10
"""Invoices in the page's short list."""
UNPAID_INVOICES = 20
"""Unpaid invoices that the page speaks of."""

NOTED_AFTER_SQL = f"interval '{int(NOTED_AFTER.total_seconds())} seconds'"

HOME_STATEMENT = "SELECT told.* FROM frontdesk_homes($1::uuid[], $2::bytea[], $3::text[], $4::text[]) AS told"
"""For several pages at once, the same places of four arrays: side, hash of the secret, and the versions of the page and
of the side's part that the caller knows. Each answers one row; `place` counts them from 1."""

_VISITS = f"""
      FROM unnest(in_tenants) WITH ORDINALITY AS asked(tenant, place)
      LEFT JOIN LATERAL (
        SELECT s.hash, s.id, s.source, s.address, s.customer, s.configuration, s.locale, s.return_url, s.last_seen,
               c.body, c.account_version, g.offered, g.restarts, e.livemode,
               concat_ws(' ', s.configuration, g.version, e.page_version,
                         extract(epoch FROM e.away_since)) AS side_version,
               CASE WHEN s.source = 'login_link' THEN (
                 SELECT string_agg(o.id || '@' || o.account_version, ',')
                   FROM customers o WHERE o.tenant_id = here AND o.address = s.address AND NOT o.deleted) END AS others
          FROM sessions s
          JOIN customers c ON c.tenant_id = s.tenant_id AND c.id = s.customer
          JOIN configurations g ON g.tenant_id = s.tenant_id AND g.id = s.configuration
          JOIN sides e ON e.tenant_id = s.tenant_id
         WHERE s.tenant_id = here AND s.hash = in_hashes[asked.place] AND NOT s.confined AND ({LIVE})
        OFFSET 0
      ) AS v ON true"""  # noqa: S608
"""Who asks, and what their pages are made of; of a session that is none or over, or confined to a flow, nothing."""

_PAGE_VERSION = "concat_ws(' ', v.source, v.customer, v.account_version, v.others, v.side_version)"

_VISIT = f"""asked.place,
      v.id IS NOT NULL AND (v.last_seen > frontdesk_now() - {NOTED_AFTER_SQL} OR frontdesk_note_visit(here, v.hash)),
      frontdesk_now(), v.id, v.source, v.locale, v.return_url,
      CASE WHEN v.id IS NOT NULL THEN {_PAGE_VERSION} END, v.side_version"""

_AT_HAND = "CASE WHEN v.side_version = in_known_sides[asked.place] THEN v.offered ELSE '{}' END"
"""Prices that the caller has: of the same moment as the version by which it says so."""

_PAGE = f"""concat(
        '{{"customer":', v.body, ',"account_version":', v.account_version,
        ',"subscriptions":[', plans.bodies, '],"invoices":[', listed.lines, ']',
        -- Who has more than the page lists may owe some that are not among them.
        CASE WHEN listed.found > {PAGE_INVOICES} THEN concat(',"owed":[', (
          SELECT string_agg(i.summary, ',')
            FROM (
              SELECT i.summary FROM invoices i
               WHERE i.tenant_id = here AND i.customer = v.customer AND i.status = 'open'
                 AND i.amount_due > i.amount_paid
               ORDER BY i.due_date NULLS LAST, i.id LIMIT {UNPAID_INVOICES}) AS i), ']') END,
        CASE WHEN COALESCE(
               (SELECT true FROM pending_items p
                 WHERE p.tenant_id = here AND p.customer = v.customer AND p.invoice IS NULL LIMIT 1),
               (SELECT true FROM intents w
                 WHERE w.tenant_id = here AND w.customer = v.customer AND w.state = 'pending'
                   AND w.waits_since IS NOT NULL LIMIT 1),
               (SELECT true FROM intents w
                 WHERE w.tenant_id = here AND w.customer = v.customer AND w.shown LIMIT 1))
          THEN frontdesk_home_waiting(here, v.customer) END,
        CASE WHEN plans.not_at_hand OR v.restarts OR NOT v.livemode OR position(',' IN v.others) > 0
          THEN frontdesk_home_more(here, v.customer, v.restarts, v.livemode, {_AT_HAND},
                                   CASE WHEN position(',' IN v.others) > 0 THEN v.address END) END,
        '}}')"""  # noqa: S608

HOMES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION frontdesk_homes(
  in_tenants uuid[], in_hashes bytea[], in_known_pages text[], in_known_sides text[]
) RETURNS TABLE (
  place bigint, live boolean, now timestamptz, session_id text, source text, locale text, return_url text,
  page_version text, side_version text, page text, side text
) LANGUAGE plpgsql STABLE SECURITY INVOKER
-- Rows of one customer are found by indexes however few there are: plans are made when an installation is new.
SET enable_seqscan TO off SET enable_hashjoin TO off AS $function$
DECLARE
  some_known boolean := cardinality(array_remove(in_known_pages, NULL)) > 0;
  to_ask uuid[] := in_tenants;
  here uuid;
  left_to_ask integer;
  answered integer;
BEGIN
  -- Stable: all is of one moment, that of the statement that calls it. What is noted is noted by another function.
  WHILE cardinality(to_ask) > 0 LOOP
    -- An assignment is evaluated in place; the statement that a PERFORM is takes ten times as long.
    here := set_config('frontdesk.tenant_id', to_ask[1]::text, true);
    left_to_ask := cardinality(to_ask);
    to_ask := array_remove(to_ask, here);
    left_to_ask := left_to_ask - cardinality(to_ask);
    IF some_known THEN
      RETURN QUERY SELECT {_VISIT}, NULL, NULL {_VISITS}
       WHERE asked.tenant = here AND v.id IS NOT NULL AND {_PAGE_VERSION} = in_known_pages[asked.place];
      GET DIAGNOSTICS answered = ROW_COUNT;
      CONTINUE WHEN answered = left_to_ask;
    END IF;
    RETURN QUERY SELECT {_VISIT},
      CASE WHEN v.id IS NOT NULL THEN {_PAGE} END,
      CASE WHEN v.id IS NOT NULL AND v.side_version IS DISTINCT FROM in_known_sides[asked.place]
        THEN frontdesk_home_side(here, v.configuration) END
      {_VISITS}
      LEFT JOIN LATERAL (
        SELECT string_agg(u.body::text, ',') AS bodies, bool_or(NOT u.prices <@ {_AT_HAND}) AS not_at_hand
          FROM (
            SELECT u.body, u.prices FROM subscriptions u
             WHERE u.tenant_id = here AND u.customer = v.customer
               AND u.status NOT IN ('canceled', 'incomplete_expired')
             ORDER BY u.created, u.id) AS u) AS plans ON true
      LEFT JOIN LATERAL (
        SELECT string_agg(i.summary, ',') AS lines, count(*) AS found
          FROM (
            SELECT i.summary FROM invoices i
             WHERE i.tenant_id = here AND i.customer = v.customer AND i.status <> 'draft'
             ORDER BY i.created DESC, i.id DESC LIMIT {PAGE_INVOICES + 1}) AS i) AS listed ON true
     WHERE asked.tenant = here
       AND (in_known_pages[asked.place] IS NULL OR v.id IS NULL OR {_PAGE_VERSION} <> in_known_pages[asked.place]);
  END LOOP;
END
$function$
"""  # noqa: S608
"""SQL that makes the function. It answers a row for each page.

`live` is false, and everything else but `now` NULL, where the session is none or over, or confined to a flow: the
caller then asks at leisure why.
`page` is JSON, NULL where `page_version` is the one that the caller knows; `side`, likewise, is what all pages of a
side under one configuration share. Prices that `side` has, and their products, are left out of `page` where the caller
knows that `side`.
"""

_MORE_FUNCTION = f"""
CREATE OR REPLACE FUNCTION frontdesk_home_more(
  here uuid, in_customer text, restarts boolean, livemode boolean, at_hand text[], shared_address text
) RETURNS text LANGUAGE plpgsql STABLE SECURITY INVOKER AS $function$
DECLARE
  wanted text[];
  ended json;
  prices json;
  products json;
  others json;
  frozen_time timestamptz;
BEGIN
  SELECT array_agg(sold.price) INTO wanted
    FROM subscriptions u, unnest(u.prices) AS sold(price)
   WHERE u.tenant_id = here AND u.customer = in_customer AND u.status NOT IN ('canceled', 'incomplete_expired')
     AND sold.price <> ALL (at_hand);
  IF restarts THEN
    WITH over AS MATERIALIZED (
      SELECT u.body, u.prices, EXISTS (
               SELECT FROM invoices i
                WHERE i.tenant_id = here AND i.customer = in_customer
                  AND i.subscription = u.id AND i.status IN ('open', 'uncollectible')) AS owed
        FROM subscriptions u
       WHERE u.tenant_id = here AND u.customer = in_customer AND u.status = 'canceled'
       ORDER BY u.created DESC, u.id DESC LIMIT {ENDED_PLANS}
    )
    SELECT json_agg(json_build_array(o.body, o.owed)),
           wanted || ARRAY(SELECT p FROM over AS o, unnest(o.prices) AS p WHERE p <> ALL (at_hand))
      INTO ended, wanted FROM over AS o;
  END IF;
  IF wanted IS NOT NULL THEN
    SELECT json_agg(p.body), json_agg(d.body) INTO prices, products
      FROM prices p JOIN products d ON d.tenant_id = p.tenant_id AND d.id = p.product
     WHERE p.tenant_id = here AND p.id = ANY (wanted);
  END IF;
  IF shared_address IS NOT NULL THEN
    SELECT json_agg(json_build_array(o.id, o.body ->> 'name', (
             SELECT d.body ->> 'name' FROM subscriptions u, products d, prices p
              WHERE u.tenant_id = here AND u.customer = o.id
                AND u.status NOT IN ('canceled', 'incomplete_expired')
                AND p.tenant_id = here AND p.id = u.body #>> '{{items,0,price}}'
                AND d.tenant_id = here AND d.id = p.product
              ORDER BY u.created DESC, u.id DESC LIMIT 1
           )) ORDER BY o.created DESC, o.id DESC)
      INTO others
      FROM customers o WHERE o.tenant_id = here AND o.address = shared_address AND NOT o.deleted;
  END IF;
  IF NOT livemode THEN
    SELECT t.frozen_time INTO frozen_time FROM clock_accounts a
      JOIN test_clocks t ON t.tenant_id = a.tenant_id AND t.id = a.clock
     WHERE a.tenant_id = here AND a.customer = in_customer;
  END IF;
  RETURN concat(',"ended":' || ended::text, ',"prices":' || prices::text, ',"products":' || products::text,
                ',"others":' || others::text, ',"frozen_time":' || to_json(frozen_time)::text);
END
$function$
"""  # noqa: S608
"""What few pages have, as fields of `page`: the prices of plans that the caller has not, plans that have ended where
they can be started again, whom else the proven address belongs to, and in a sandbox the time of a test clock."""

_WAITING_FUNCTION = """
CREATE OR REPLACE FUNCTION frontdesk_home_waiting(here uuid, in_customer text)
RETURNS text LANGUAGE plpgsql STABLE SECURITY INVOKER AS $function$
DECLARE
  items json;
  waiting json;
  refused json;
BEGIN
  SELECT json_agg(p.body ORDER BY p.created, p.id) INTO items
    FROM pending_items p WHERE p.tenant_id = here AND p.customer = in_customer AND p.invoice IS NULL;
  SELECT json_agg(json_build_array(w.id, w.command, w.waits_since) ORDER BY w.number) INTO waiting
    FROM intents w
   WHERE w.tenant_id = here AND w.customer = in_customer AND w.state = 'pending' AND w.waits_since IS NOT NULL;
  SELECT json_agg(json_build_array(w.id, w.command, w.refusal, w.refused_at, w.created) ORDER BY w.number) INTO refused
    FROM intents w WHERE w.tenant_id = here AND w.customer = in_customer AND w.shown;
  RETURN concat(',"pending_items":' || items::text, ',"waiting":' || waiting::text, ',"refused":' || refused::text);
END
$function$
"""
"""What waits for the next invoice, for the backend, or to be noted by the customer, as fields of `page`."""

_SIDE_FUNCTION = """
CREATE OR REPLACE FUNCTION frontdesk_home_side(here uuid, in_configuration text)
RETURNS text LANGUAGE plpgsql STABLE SECURITY INVOKER AS $function$
DECLARE
  side text;
BEGIN
  WITH offered AS (
    SELECT p.body AS price, d.body AS product FROM configurations g
      JOIN prices p ON p.tenant_id = g.tenant_id AND p.id = ANY (g.offered)
      JOIN products d ON d.tenant_id = p.tenant_id AND d.id = p.product
     WHERE g.tenant_id = here AND g.id = in_configuration
  )
  SELECT json_build_object(
    'slug', e.slug, 'name', e.name, 'country', e.country, 'locale', e.locale, 'backend', e.backend,
    'status', e.status, 'settings', e.settings, 'brand', e.brand, 'page_version', e.page_version,
    'live_since', e.live_since, 'away_since', e.away_since, 'suspension', e.suspension,
    'configuration', g.body,
    'prices', COALESCE((SELECT json_agg(price) FROM offered), '[]'),
    'products', COALESCE((SELECT json_agg(product) FROM offered), '[]'),
    'plugins', COALESCE((
      SELECT json_agg(t.plugin) FROM tenant_plugins t WHERE t.tenant_id = here AND t.enabled), '[]')
  )::text INTO side
    FROM sides e, configurations g
   WHERE e.tenant_id = here AND g.tenant_id = here AND g.id = in_configuration;
  RETURN side;
END
$function$
"""

_NOTE_FUNCTION = f"""
CREATE OR REPLACE FUNCTION frontdesk_note_visit(here uuid, in_hash bytea)
RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY INVOKER AS $function$
BEGIN
  -- Whoever holds the row is signing out or noting the same visit: neither is worth waiting for.
  PERFORM FROM sessions s WHERE s.tenant_id = here AND s.hash = in_hash FOR UPDATE SKIP LOCKED;
  IF FOUND THEN
    UPDATE sessions SET last_seen = frontdesk_now()
     WHERE tenant_id = here AND hash = in_hash AND last_seen <= frontdesk_now() - {NOTED_AFTER_SQL};
  END IF;
  RETURN true;
END
$function$
"""  # noqa: S608

HOME_FUNCTIONS = (_NOTE_FUNCTION, _MORE_FUNCTION, _WAITING_FUNCTION, _SIDE_FUNCTION, HOMES_FUNCTION)
"""SQL of each. `frontdesk_home`, which earlier releases ask, stays where one of them laid it down: their servers may
run while an installation is brought up to date."""
