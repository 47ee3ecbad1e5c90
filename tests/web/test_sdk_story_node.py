"""The official Node SDK, only host, port and protocol changed: the same story as in Python."""

import asyncio
import json

import httpx
from api_server import ApiServer
from node_runtime import run_node
from sides import Tenant
from stripe_openapi import object_faults

SDK = "stripe@23.1.0"
STORY = """
import Stripe from "stripe";
import { strict as assert } from "node:assert";

const { HOST, PORT, KEY } = process.env;
const stripe = new Stripe(KEY, { host: HOST, port: PORT, protocol: "http", telemetry: false });

const product = await stripe.products.create({ name: "Team", unit_label: "seat", metadata: { plan: "team" } });
const [month, year] = await Promise.all([[1200, "month"], [12000, "year"]].map(([unit_amount, interval]) =>
  stripe.prices.create({ product: product.id, currency: "eur", unit_amount, recurring: { interval } })));
const customer = await stripe.customers.create({
  email: "jenny@example.com", name: "Jenny Rosen", address: { country: "DE", city: "Hamburg" },
});
const subscription = await stripe.subscriptions.create(
  { customer: customer.id, items: [{ price: month.id, quantity: 10 }], expand: ["latest_invoice"] },
  { idempotencyKey: "story" },
);
assert.equal(subscription.latest_invoice.amount_due, 12000);
const again = await stripe.subscriptions.create(
  { customer: customer.id, items: [{ price: month.id, quantity: 10 }], expand: ["latest_invoice"] },
  { idempotencyKey: "story" },
);
assert.equal(again.id, subscription.id);
const changed = await stripe.subscriptions.update(subscription.id, {
  items: [{ id: subscription.items.data[0].id, price: year.id }], proration_behavior: "always_invoice",
});
assert.equal(changed.items.data[0].price.id, year.id);
await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: false });
const invoices = [];
for await (const invoice of stripe.invoices.list({ customer: customer.id, limit: 1 })) invoices.push(invoice.id);
assert.equal(invoices.length, 2);
const configuration = await stripe.billingPortal.configurations.create({
  features: {
    customer_update: { enabled: true, allowed_updates: ["name", "address"] },
    invoice_history: { enabled: true },
    subscription_cancel: { enabled: true },
    subscription_update: {
      enabled: true, default_allowed_updates: ["price", "quantity"],
      products: [{ product: product.id, prices: [month.id, year.id] }],
    },
  },
});
const session = await stripe.billingPortal.sessions.create({
  customer: customer.id, configuration: configuration.id, return_url: "https://northbeam.example/",
});
await assert.rejects(stripe.customers.retrieve("cus_none"), { code: "resource_missing", statusCode: 404 });
await assert.rejects(stripe.products.create({ name: "T", nome: "T" }), { code: "parameter_unknown", param: "nome" });
const account = await stripe.v2.core.accounts.create({
  contact_email: "second@example.com", display_name: "Second", include: ["configuration.customer"],
});
const found = await stripe.v2.core.accounts.retrieve(account.id);
assert.equal(found.contact_email, "second@example.com");
const other = await stripe.billingPortal.sessions.create({ customer_account: account.id });
assert.equal(other.customer_account, account.id);
const cancelled = await stripe.subscriptions.cancel(subscription.id);
assert.equal(cancelled.status, "canceled");
console.log(JSON.stringify({ product, customer, subscription: cancelled, configuration, session }));
"""
SCHEMAS = {"configuration": "billing_portal.configuration", "session": "billing_portal.session"}


async def test_the_story_in_node(api_server: ApiServer, tenant: Tenant) -> None:
    url = httpx.URL(api_server.url)
    printed = await asyncio.to_thread(
        run_node, STORY, (SDK,), HOST=url.host, PORT=str(url.port), KEY=tenant.sandbox.secret_key.reveal()
    )
    answers = json.loads(printed)
    for name, body in answers.items():
        body.pop("lastResponse", None)
        assert object_faults(SCHEMAS.get(name, name), body) == [], name
    assert answers["session"]["url"].startswith(api_server.url + "/p/session/test_")
