// Walks the table of tests/sdk_table.py with Stripe's own library for Node, then tells what no table can.
import Stripe from "stripe";
import { strict as assert } from "node:assert";

const { HOST, PORT, KEY, STEPS } = process.env;
const stripe = new Stripe(KEY, { host: HOST, port: PORT, protocol: "http", telemetry: false, maxNetworkRetries: 0 });
const kept = {};

const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
const capital = (name) => name[0].toUpperCase() + name.slice(1);

// `customers.tax_ids` and `create` are `customers.createTaxId` here, `delete` is `del`.
const called = { paymentSources: "sources" };
function method(service, act) {
  let at = stripe;
  for (const name of service.split(".").map(camel)) {
    if (at[name] === undefined) {
      const one = called[name] ?? name;
      return at[camel(act) + capital(act === "list" ? one : one.replace(/s$/, ""))].bind(at);
    }
    at = at[name];
  }
  return (act === "delete" ? at.del : at[camel(act)]).bind(at);
}

// `$customers.1.id` is of what was kept as `customers.1`, and `@…` a file.
function filled(value) {
  if (typeof value === "string" && value.startsWith("$")) {
    const end = value.lastIndexOf(".");
    return kept[value.slice(1, end)][value.slice(end + 1)];
  }
  if (typeof value === "string" && value.startsWith("@")) {
    return { data: Buffer.from(value.slice(1), "base64"), name: "logo.png", type: "image/png" };
  }
  if (Array.isArray(value)) return value.map(filled);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, filled(each)]));
}

async function paged(step, pages) {
  const missing = new Set(filled(step.seen ?? []));
  let count = 0;
  for await (const each of pages) {
    count += 1;
    missing.delete(each.id);
    if (step.keep) kept[step.keep] ??= each;
    if (missing.size === 0 && count >= (step.least ?? 0)) break;
  }
  assert.equal(missing.size, 0);
  assert.ok(count >= (step.least ?? 0), `${count} listed`);
}

async function walk(step) {
  const params = filled(step.params ?? {});
  const given = [...filled(step.places ?? []), ...(Object.keys(params).length ? [params] : [])];
  const call = method(step.service, step.act);
  if (step.refused) {
    await assert.rejects(call(...given), (error) =>
      error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 404);
    return;
  }
  if (step.pages) return paged(step, call(...given));
  const answer = await call(...given);
  if (step.keep) kept[step.keep] = answer;
  if (step.expanded) {
    const inner = step.expanded.split(".").reduce((at, name) => at[name], answer);
    assert.equal(typeof inner.object, "string");
  }
  for (const [name, value] of Object.entries(step.echo ?? {})) {
    if (value !== "") assert.deepEqual(answer[name], value);
  }
}

for (const step of JSON.parse(STEPS)) {
  try {
    await walk(step);
  } catch (error) {
    throw new Error(`${JSON.stringify(step)}: ${error.message}`, { cause: error });
  }
}

const terms = {
  customer: kept["customers.1"].id, items: [{ price: kept["prices.1"].id, quantity: 10 }], expand: ["latest_invoice"],
};
const subscription = await stripe.subscriptions.create(terms, { idempotencyKey: "story" });
assert.equal(subscription.latest_invoice.amount_due, 5000);
const again = await stripe.subscriptions.create(terms, { idempotencyKey: "story" });
assert.equal(again.id, subscription.id);
assert.equal(again.lastResponse.headers["idempotent-replayed"], "true");
await assert.rejects(stripe.subscriptions.create({ ...terms, description: "Other" }, { idempotencyKey: "story" }),
  Stripe.errors.StripeIdempotencyError);
await assert.rejects(stripe.products.create({ name: "T", nome: "T" }), { code: "parameter_unknown", param: "nome" });
const changed = await stripe.subscriptions.update(subscription.id, {
  items: [{ id: subscription.items.data[0].id, quantity: 20 }], proration_behavior: "always_invoice",
});
assert.equal(changed.items.data[0].quantity, 20);
await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: false });
const account = kept["v2.core.accounts.1"].id;
const session = await stripe.billingPortal.sessions.create({ customer_account: account });
assert.equal(session.customer_account, account);
assert.ok(session.url.includes("/p/session/test_"));
assert.equal((await stripe.subscriptions.cancel(subscription.id)).status, "canceled");
