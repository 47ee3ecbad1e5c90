// Intents, checkout and files with Stripe's own library for Node, as tests/web/test_api_intents.py and
// tests/web/test_api_files.py tell them in Python.
import Stripe from "stripe";
import { strict as assert } from "node:assert";

const { HOST, PORT, KEY, LOGO } = process.env;
// A quick machine asks more often than a key may; the library waits as it is told.
const stripe = new Stripe(KEY, { host: HOST, port: PORT, protocol: "http", telemetry: false, maxNetworkRetries: 5 });
const OFF = "https://example.com/shop";
const refused = (call, kind, more = {}) =>
  assert.rejects(call, (error) => {
    assert.ok(error instanceof kind, `${error.name}: ${error.message}`);
    for (const [name, value] of Object.entries(more)) assert.deepEqual(error[name], value, error.message);
    return true;
  });
const unescaped = (html) => html.replaceAll("&#x2f;", "/").replaceAll("&#x3d;", "=").replaceAll("&amp;", "&");

// Sends the form of a page, as a browser would.
async function answered(url, answers) {
  const page = await fetch(url);
  const [, csrf] = (await page.text()).match(/name="csrf" value="([^"]+)"/);
  const sent = { method: "POST", body: new URLSearchParams({ csrf, ...answers }), headers: { origin: new URL(url).origin } };
  return fetch(page.url, sent);
}

async function setupIntents(customer) {
  const { StripeCardError, StripeInvalidRequestError } = Stripe.errors;
  let intent = await stripe.setupIntents.create({ customer, metadata: { order: "7" } });
  assert.deepEqual([intent.status, intent.metadata], ["requires_payment_method", { order: "7" }]);
  await refused(stripe.setupIntents.confirm(intent.id), StripeInvalidRequestError, {
    code: "setup_intent_unexpected_state",
  });
  await refused(
    stripe.setupIntents.confirm(intent.id, { payment_method: "pm_card_chargeDeclinedInsufficientFunds" }),
    StripeCardError,
    { code: "card_declined", decline_code: "insufficient_funds", statusCode: 402 },
  );
  intent = await stripe.setupIntents.retrieve(intent.id);
  assert.equal(intent.last_setup_error.decline_code, "insufficient_funds");
  intent = await stripe.setupIntents.confirm(intent.id, { payment_method: "pm_card_mastercard" });
  assert.deepEqual([intent.status, intent.last_setup_error], ["succeeded", null]);
  const { data } = await stripe.customers.listPaymentMethods(customer);
  assert.deepEqual(data.map((each) => each.id), [intent.payment_method]);

  // The bank asks, and leads back.
  const asked = await stripe.setupIntents.create({
    customer,
    payment_method: "pm_card_authenticationRequiredOnSetup",
    confirm: true,
    return_url: `${OFF}/back`,
  });
  assert.equal(asked.status, "requires_action");
  const left = await answered(asked.next_action.redirect_to_url.url, { answer: "yes" });
  assert.match(unescaped(await left.text()), new RegExp(`${OFF}/back\\?setup_intent=${asked.id}`));
  assert.equal((await stripe.setupIntents.retrieve(asked.id)).status, "succeeded");
}

async function paymentIntents(customer) {
  const { StripeCardError, StripeInvalidRequestError } = Stripe.errors;
  const asked = { amount: 2500, currency: "eur", customer, payment_method: "pm_card_visa", confirm: true };
  const held = await stripe.paymentIntents.create({ ...asked, capture_method: "manual", metadata: { cart: "c1" } });
  assert.deepEqual([held.status, held.amount_capturable], ["requires_capture", 2500]);
  const taken = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 2000 }, { expand: [] });
  assert.deepEqual([taken.status, taken.amount_received], ["succeeded", 2000]);
  const charge = await stripe.charges.retrieve(taken.latest_charge);
  assert.deepEqual([charge.paid, charge.amount_captured, charge.payment_method_details.card.last4], [true, 2000, "4242"]);
  const found = await stripe.charges.search({ query: 'metadata["cart"]:"c1" AND amount:2500' });
  assert.deepEqual(found.data.map((each) => each.id), [charge.id]);
  const intents = await stripe.paymentIntents.search({ query: 'status:"succeeded" AND metadata["cart"]:"c1"' });
  assert.deepEqual(intents.data.map((each) => each.id), [held.id]);
  const refund = await stripe.refunds.create({ payment_intent: held.id, amount: 500 });
  assert.deepEqual([refund.status, refund.charge], ["succeeded", charge.id]);
  await refused(stripe.refunds.create({ charge: charge.id, amount: 1501 }), StripeInvalidRequestError, { param: "amount" });
  await refused(stripe.paymentIntents.cancel(held.id), StripeInvalidRequestError, {
    code: "payment_intent_unexpected_state",
  });

  const declined = stripe.paymentIntents.create({ ...asked, payment_method: "pm_card_chargeDeclined" });
  await assert.rejects(declined, (error) => {
    assert.ok(error instanceof StripeCardError);
    assert.equal(error.payment_intent.status, "requires_payment_method");
    assert.equal(error.payment_intent.last_payment_error.code, "card_declined");
    return true;
  });
  // What is sent twice with one key is done once.
  const once = { idempotencyKey: `cart-${customer}` };
  const [first, again] = [await stripe.paymentIntents.create(asked, once), await stripe.paymentIntents.create(asked, once)];
  assert.equal(first.id, again.id);
  assert.equal(again.lastResponse.headers["idempotent-replayed"], "true");
  await refused(stripe.paymentIntents.create({ ...asked, amount: 1 }, once), Stripe.errors.StripeIdempotencyError);
}

async function checkout(customer) {
  const asked = {
    mode: "setup",
    currency: "eur",
    customer,
    success_url: `${OFF}/done?session={CHECKOUT_SESSION_ID}`,
    cancel_url: OFF,
    setup_intent_data: { metadata: { order: "8" } },
  };
  const session = await stripe.checkout.sessions.create(asked);
  assert.deepEqual([session.status, session.mode], ["open", "setup"]);
  const left = await answered(session.url, { card: "visa" });
  assert.match(unescaped(await left.text()), new RegExp(`${OFF}/done\\?session=${session.id}`));
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ["setup_intent.payment_method"] });
  assert.deepEqual([done.status, done.url], ["complete", null]);
  assert.equal(done.setup_intent.metadata.order, "8");
  assert.equal(done.setup_intent.payment_method.customer, customer);
  await refused(stripe.checkout.sessions.expire(session.id), Stripe.errors.StripeInvalidRequestError);
  const second = await stripe.checkout.sessions.create(asked);
  assert.equal((await stripe.checkout.sessions.expire(second.id)).status, "expired");
  const expired = await stripe.checkout.sessions.list({ customer, status: "expired" });
  assert.deepEqual(expired.data.map((each) => each.id), [second.id]);
}

async function files() {
  const file = { data: Buffer.from(LOGO, "base64"), name: "logo.png", type: "image/png" };
  const logo = await stripe.files.create({ file, purpose: "business_logo", file_link_data: { create: true } });
  assert.deepEqual([logo.object, logo.filename, logo.type], ["file", "logo.png", "png"]);
  const [link] = logo.links.data;
  const fetched = await fetch(link.url);
  assert.deepEqual([fetched.status, fetched.headers.get("content-type")], [200, "image/png"]);
  assert.equal((await fetched.arrayBuffer()).byteLength, logo.size);
  assert.equal((await stripe.fileLinks.update(link.id, { expires_at: "now" })).expired, true);
  assert.equal((await fetch(link.url)).status, 404);
  const fresh = await stripe.fileLinks.create({ file: logo.id, metadata: { for: "website" }, expand: ["file"] });
  assert.equal(fresh.file.id, logo.id);
  const live = [];
  for await (const each of stripe.fileLinks.list({ file: logo.id, expired: false })) live.push(each.id);
  assert.deepEqual(live, [fresh.id]);
  const drawing = { data: Buffer.from("<svg/>"), name: "logo.svg", type: "image/svg+xml" };
  await refused(
    stripe.files.create({ file: drawing, purpose: "business_logo" }),
    Stripe.errors.StripeInvalidRequestError,
    { param: "file", statusCode: 400 },
  );
  await refused(stripe.files.retrieve("file_none"), Stripe.errors.StripeInvalidRequestError, { code: "resource_missing" });
}

const told = [];
for (const story of [setupIntents, paymentIntents, checkout, files]) {
  const customer = await stripe.customers.create({ email: `${story.name}@example.com` });
  await story(customer.id);
  told.push(story.name);
}
console.log(JSON.stringify(told));
