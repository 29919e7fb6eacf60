// Compares verify.mjs with the verdicts of the reference library.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createHmac } from "node:crypto";
import { verify } from "./verify.mjs";

const { vectors } = JSON.parse(readFileSync("vectors.json", "utf8"));
for (const { id, secret, headers, body, now_unix: now, valid } of vectors) {
  const bytes = Buffer.from(body);
  assert.equal(verify([secret], headers, bytes, now), valid, id);
  assert.equal(verify(["whsec_b3RoZXI=", secret], headers, bytes, now), valid, `${id}: one of two keys`);
  assert.equal(verify([], headers, bytes, now), false, `${id}: no key`);
}
const [{ secret, headers, body, now_unix: now }] = vectors;
const signed = (signature) => verify([secret], { ...headers, "webhook-signature": signature }, body, now);
assert.equal(signed(`v2,AAAA v1,AAAA ${headers["webhook-signature"]}`), true, "one of several signatures");
assert.equal(signed(headers["webhook-signature"].replace("v1,", "v2,")), false, "another version");
const at = headers["webhook-timestamp"];
const empty = createHmac("sha256", "").update(`${headers["webhook-id"]}.${at}.${body}`).digest("base64");
const forged = { ...headers, "webhook-signature": `v1,${empty}` };
assert.equal(verify(["", "whsec_"], forged, body, now), false, "an empty key");
for (const wrong of ["", "now", "1e9", "-1", undefined]) {
  assert.equal(verify([secret], { ...headers, "webhook-timestamp": wrong }, body, now), false, `at ${wrong}`);
}
console.log(`${vectors.length} vectors`);
