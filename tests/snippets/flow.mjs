// Buys as the document describes: the same cart twice makes one payment, watched from pending to paid.
import assert from "node:assert/strict";
import { checkout, post } from "./buy.mjs";
import { watch } from "./watch.mjs";

const { QUITTANCE_URL: api } = process.env;
const shop = "https://shop.example"; // allowed by the document's `cargo dev --origin`
const order = { items: [{ product_id: "SKU_1001", quantity: 2 }], total_amount: 7500, currency: "USD" };
const cart = { id: "8731", version: 1, order };
const payment = await checkout(cart, `${shop}/return/8731`);
assert.deepEqual([payment.http, payment.status], [201, "pending"]);
const repeated = await checkout(cart, `${shop}/return/8731`);
assert.deepEqual([repeated.http, repeated.payment_id], [200, payment.payment_id]);

const seen = [];
let approved;
const show = ({ status }) => seen.push(status);
// Approves once on the page in the answer to the token.
const goOn = (url) => {
  assert.equal(approved, undefined);
  approved = fetch(url, { method: "POST", body: new URLSearchParams({ outcome: "approve" }) });
};
assert.equal(await watch(api, payment.payment_id, payment.status_token, show, 50, goOn), "succeeded");
assert.equal((await approved).status, 200);
assert.deepEqual([seen[0], seen.at(-1)], ["pending", "succeeded"]);
assert.equal(await watch(api, payment.payment_id, "v1.k1.1.AAAA", () => {}), "unknown");

const again = await checkout(cart, `${shop}/return/8731`, 2);
assert.deepEqual([again.http, again.type], [409, "/problems/order-paid"]);
const refused = await checkout({ id: "8732", version: 1, order: { ...order, total_amount: 75.5 } }, shop);
assert.deepEqual([refused.http, refused.type], [422, "/problems/invalid-request"]);
const other = { id: "8733", version: 1, order };
assert.equal((await checkout(other, `${shop}/return/8733`)).http, 201);
const changed = { ...other, order: { ...order, total_amount: 5000 } };
const kept = await checkout(changed, `${shop}/return/8733`);
assert.deepEqual([kept.http, kept.type], [422, "/problems/idempotency-key-reused"]);
const counted = await checkout({ ...changed, version: 2 }, `${shop}/return/8733`);
assert.deepEqual([counted.http, counted.amount], [201, 5000]);
const astray = post("/api/nothing", "key", {});
assert.deepEqual(await astray.then(({ http, message }) => [http, message]), [404, "Not Found"]);
console.log(JSON.stringify({ payment_id: payment.payment_id }));
