"""Buys as the document describes: the same cart twice makes one payment; also a changed cart, and refusals."""
import json

from buy import checkout, post

shop = "https://shop.example"  # allowed by the document's `cargo dev --origin`
order = {"items": [{"product_id": "SKU_1001", "quantity": 2}], "total_amount": 7500, "currency": "USD"}
cart = {"id": "8731", "version": 1, "order": order}


def seen(answer, *members):
    return [answer["http"], *(answer[member] for member in members)]


payment = checkout(cart, f"{shop}/return/8731")
assert seen(payment, "status") == [201, "pending"], payment
assert seen(checkout(cart, f"{shop}/return/8731"), "payment_id") == [200, payment["payment_id"]]
changed = {**cart, "order": {**order, "total_amount": 5000}}
assert seen(checkout(changed, shop), "type") == [422, "/problems/idempotency-key-reused"]
assert seen(checkout({**changed, "version": 2}, f"{shop}/return/8731"), "amount") == [201, 5000]
refused = checkout({"id": "8732", "version": 1, "order": {**order, "total_amount": 75.5}}, shop)
assert seen(refused, "type") == [422, "/problems/invalid-request"], refused
assert seen(post("/api/nothing", "key", {}), "message") == [404, "Not Found"]
print(json.dumps({"payment_id": payment["payment_id"]}))
