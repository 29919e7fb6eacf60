"""Compares verify.py with the verdicts of the reference library."""
import base64, hashlib, hmac, json
from verify import verify

with open("vectors.json", encoding="utf-8") as file:
    vectors = json.load(file)["vectors"]
for vector in vectors:
    name, headers, now = vector["id"], vector["headers"], vector["now_unix"]
    body, valid = vector["body"].encode(), vector["valid"]
    assert verify([vector["secret"]], headers, body, now) is valid, name
    assert verify(["whsec_b3RoZXI=", vector["secret"]], headers, body, now) is valid, name
    assert verify([], headers, body, now) is False, name

secret, headers, now = vectors[0]["secret"], vectors[0]["headers"], vectors[0]["now_unix"]
body, given = vectors[0]["body"].encode(), headers["webhook-signature"]


def signed(signature):
    return verify([secret], {**headers, "webhook-signature": signature}, body, now)


assert signed(f"v2,AAAA v1,AAAA {given}") is True, "one of several signatures"
assert signed(given.replace("v1,", "v2,")) is False, "another version"
assert signed("v1,é") is False, "not even base64"
message = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
forged = base64.b64encode(hmac.new(b"", message, hashlib.sha256).digest()).decode()
assert verify(["", "whsec_"], {**headers, "webhook-signature": f"v1,{forged}"}, body, now) is False, "an empty key"
for wrong in ["", "now", "1e9", "-1", "١", None]:
    assert verify([secret], {**headers, "webhook-timestamp": wrong}, body, now) is False, wrong
print(f"{len(vectors)} vectors")
