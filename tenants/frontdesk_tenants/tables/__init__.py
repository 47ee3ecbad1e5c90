"""Every table. `tenant_id` names one side and stands first in every key, foreign key and unique index.

A snapshot row is: keys, version, the columns that are searched, summed or constrained, and `body`, JSON that msgspec
writes and reads. Tables without row-level security hold ids and hashes only: `UNSCOPED` lists them. This page lists all
by their areas: whoever imports one has the whole metadata.
"""

from frontdesk_tenants.tables.accounts import (
    active_items,
    clock_accounts,
    customer_words,
    customers,
    subscription_items,
    subscriptions,
    test_clocks,
)
from frontdesk_tenants.tables.acts import audit, events, idempotency_keys, intents, quotes, request_log
from frontdesk_tenants.tables.catalogue import (
    coupons,
    feedback_options,
    meter_events,
    meters,
    prices,
    product_words,
    products,
    promotion_codes,
    tax_rates,
)
from frontdesk_tenants.tables.columns import Body, metadata
from frontdesk_tenants.tables.house import house_settings, lasting_keys, sign_up_invitations, sign_ups
from frontdesk_tenants.tables.invoicing import (
    billed_periods,
    credit_notes,
    documents,
    invoice_counters,
    invoices,
    ledger_entries,
    ledger_transactions,
    pending_items,
    reminders,
)
from frontdesk_tenants.tables.letters import mail_log, sender_domains
from frontdesk_tenants.tables.mirroring import mirror_inbox, mirrors
from frontdesk_tenants.tables.payments import (
    charges,
    checkout_sessions,
    payment_intents,
    payment_methods,
    refunds,
    setup_intents,
)
from frontdesk_tenants.tables.side import api_keys, brand_drafts, brand_versions, configurations, sides, tenant_plugins
from frontdesk_tenants.tables.signing_in import (
    address_changes,
    address_tallies,
    challenges,
    known_browsers,
    sessions,
    side_counters,
)
from frontdesk_tenants.tables.stored_files import file_links, files, uploaded_files
from frontdesk_tenants.tables.team import (
    identity_providers,
    people,
    recovery_codes,
    staff,
    staff_identities,
    staff_invitations,
    staff_sessions,
)
from frontdesk_tenants.tables.unscoped import (
    UNSCOPED,
    due,
    firms,
    instance_counters,
    master_keys,
    mirror_due,
    operators,
    staff_directory,
    untold,
    webhooks_due,
)
from frontdesk_tenants.tables.webhooks import (
    happening_bodies,
    happenings,
    webhook_attempts,
    webhook_deliveries,
    webhook_endpoints,
)

INSERT_ONLY = (
    *("audit", "events", "billed_periods", "brand_versions"),
    *("ledger_transactions", "ledger_entries", "documents"),
)
"""Tables whose rows the application may add and read, never change or delete."""
