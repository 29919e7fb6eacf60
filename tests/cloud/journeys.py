"""One journey per function, over the deployed API. A failing journey raises `Broken`.

Every step checks an answer or something that exists once the answer has arrived, so a missing right shows at once.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request

from stage import STACK

QUEUES = ["deliveries", "fulfilment", "notifications"]
# Well below the 150 s for which the queue hides a message that a failed try does not postpone.
DELIVERED_WITHIN = 40
# The first wait, minus the rounding of a clock in seconds.
PUT_OFF_MIN = 4


class Broken(Exception):
    pass


def expect(holds, what):
    if not holds:
        raise Broken(what)


class Journeys:
    def __init__(self, stage):
        self.stage = stage
        self.table = stage.client("dynamodb")
        self.sqs, self.functions = stage.client("sqs"), stage.client("lambda")
        self.behave({"webhooks": {"mode": "never"}})
        # The schedule and the consumer would do the work of the functions under test.
        rule = next(name for name in stage.physical if name.startswith("SweepDueFunctionEveryMinute")
                    and "Permission" not in name)
        stage.client("events").disable_rule(Name=stage.physical[rule].split("|")[-1])
        self.source = stage.physical["DeliverConfirmationFunctionDeliveries"]
        self.listen(False)

    def live(self, function):
        """The journey of a function, in an empty stack."""
        self.forget()
        getattr(self, function.replace("-", "_"))()

    def forget(self):
        for queue in QUEUES:
            self.sqs.purge_queue(QueueUrl=self.queue(queue))
        name = f"{STACK}-payments"
        for item in self.table.scan(TableName=name, ProjectionExpression="pk")["Items"]:
            self.table.delete_item(TableName=name, Key=item)

    def queue(self, name):
        return self.sqs.get_queue_url(QueueName=f"{STACK}-{name}.fifo")["QueueUrl"]

    def listen(self, enabled):
        self.functions.update_event_source_mapping(UUID=self.source, Enabled=enabled)

    def send(self, method, url, body=None, headers=None, form=None):
        data = urllib.parse.urlencode(form).encode() if form else body and json.dumps(body).encode()
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        request = urllib.request.Request(url, data, {"content-type": kind} | (headers or {}), method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        try:
            return status, json.loads(text or b"null")
        except ValueError:
            return status, text.decode(errors="replace")[:200]

    def call(self, method, path, body=None, key=None, token=None):
        headers = {} if token else {"authorization": f"Bearer {self.stage.key}"}
        if key:
            headers["idempotency-key"] = key
        return self.send(method, self.stage.api + path, body, headers)

    def behave(self, how):
        self.send("PUT", self.stage.sandbox + "/control/behaviour", how)

    def order(self, outcome=None):
        body = {"items": [{"product_id": "SKU_1001", "quantity": 2}], "total_amount": 7500, "currency": "USD"}
        if outcome:
            body["metadata"] = {"sandbox": outcome}
        status, order = self.call("POST", "/api/orders", body)
        expect(status == 201, f"POST /api/orders: {status} {order}")
        return order["order_id"]

    def pay(self, outcome=None, **more):
        """An order and its payment."""
        body = {"order_id": self.order(outcome), "amount": 7500, "currency": "USD"} | more
        status, payment = self.call("POST", "/api/payments", body)
        expect(status in (200, 201), f"POST /api/payments: {status} {payment}")
        return payment

    def confirmed(self, payment, kind):
        """Every queue has this confirmation."""
        for queue in QUEUES:
            expect(self.take(queue, payment["order_id"], kind), f"no {kind} on {queue}")

    def take(self, queue, order, kind):
        url = self.queue(queue)
        for _ in range(20):
            messages = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
            found = False
            for message in messages:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                body = json.loads(message["Body"])
                found |= (body["data"]["order_id"], body["type"]) == (order, kind)
            if found or not messages:
                return found
        return False

    def approved(self):
        """A payment that is paid at the gateway, without a webhook."""
        payment = self.pay()
        status, _ = self.send("POST", payment["checkout_url"], form={"outcome": "approve"})
        expect(status == 200, f"the hosted page: {status}")
        return payment

    def event(self, payment_id, order_id, gateway_id):
        return {"event": "payment.completed", "payment_id": payment_id, "order_id": order_id, "status": "succeeded",
                "id": gateway_id, "amount": 7500, "currency": "USD"}

    def event_of(self, payment):
        _, truth = self.send("GET", self.stage.sandbox + "/control/payments")
        known = next(p for p in truth["payments"] if p["reference"] == payment["payment_id"])
        return self.event(payment["payment_id"], payment["order_id"], known["id"])

    def webhook(self, body):
        name, now = "evt_" + secrets.token_hex(6), str(int(time.time()))
        key = base64.b64decode(self.stage.webhook_key.removeprefix("whsec_"))
        signed = f"{name}.{now}.{json.dumps(body)}".encode()
        mac = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        headers = {"webhook-id": name, "webhook-timestamp": now, "webhook-signature": f"v1,{mac}"}
        status, answer = self.send("POST", self.stage.api + "/api/webhooks/sandbox", body, headers)
        expect(status == 200, f"POST /api/webhooks/sandbox: {status} {answer}")
        return name, answer["received"]

    def item(self, key):
        found = self.table.get_item(TableName=f"{STACK}-payments", Key={"pk": {"S": key}}, ConsistentRead=True)
        return found.get("Item")

    def make_due(self, key):
        self.table.update_item(
            TableName=f"{STACK}-payments", Key={"pk": {"S": key}}, UpdateExpression="SET due_at = :then",
            ExpressionAttributeValues={":then": {"N": str(int(time.time()) - 60)}})

    def park(self, body):
        """Parks an event as webhook-receiver does if it cannot merge it yet."""
        name = "P#sandbox#evt_" + secrets.token_hex(6)
        number = lambda value: {"N": str(value)}
        now = int(time.time())
        self.table.put_item(TableName=f"{STACK}-payments", Item={
            "pk": {"S": name}, "gateway": {"S": "sandbox"}, "body": {"S": json.dumps(body)}, "reason": {"S": "test"},
            "born": number(now - 60), "tries": number(0), "due_s": number(0), "due_at": number(now - 60),
            "ttl": number(now + 86400)})
        return name

    def sweep(self):
        answer = self.functions.invoke(FunctionName=f"{STACK}-sweep-due:live", Payload=b"{}")
        text = answer["Payload"].read()
        expect("FunctionError" not in answer, f"sweep-due: {text[:200]}")

    def create_order(self):
        self.order()

    def create_payment(self):
        payment = self.pay("approve")
        expect(payment["status"] == "succeeded" and payment.get("status_token"), f"the payment is {payment}")
        self.confirmed(payment, "payment.completed")

    def webhook_receiver(self):
        payment = self.approved()
        _, received = self.webhook(self.event_of(payment))
        expect(received == "committed", f"the webhook was {received}")
        self.confirmed(payment, "payment.completed")
        letters = "".join(secrets.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(26))
        name, received = self.webhook(self.event(f"PAY_{letters}", f"ORD_{letters[:20]}", "pay_strange"))
        expect(received == "parked" and self.item(f"P#sandbox#{name}"), f"a strange event was {received}")

    def status_check(self):
        payment = self.approved()
        path = f"/api/payments/{payment['payment_id']}"
        status, shown = self.call("GET", path + "?refresh=true")
        expect((status, shown.get("status")) == (200, "succeeded"), f"GET {path}?refresh=true: {status} {shown}")
        self.confirmed(payment, "payment.completed")
        status, shown = self.call("GET", f"{path}?token={payment['status_token']}", token=True)
        expect(status == 200, f"GET {path}?token=: {status} {shown}")

    def capture_payment(self):
        payment = self.pay("authorize", capture="manual")
        path = f"/api/payments/{payment['payment_id']}/capture"
        status, shown = self.call("POST", path, {}, key=secrets.token_hex(8))
        expect((status, shown.get("status")) == (200, "succeeded"), f"POST {path}: {status} {shown}")
        self.confirmed(payment, "payment.completed")

    def cancel_payment(self):
        payment = self.pay()
        path = f"/api/payments/{payment['payment_id']}/cancel"
        status, shown = self.call("POST", path)
        expect((status, shown.get("status")) == (200, "canceled"), f"POST {path}: {status} {shown}")
        self.confirmed(payment, "payment.canceled")
        order = payment["order_id"]
        status, shown = self.call("POST", f"/api/orders/{order}/cancel")
        expect((status, shown.get("status")) == (200, "canceled"), f"POST /api/orders/{order}/cancel: {status} {shown}")
        name, received = self.webhook(self.event(f"PAY_{order.removeprefix('ORD_')}000000", order, "pay_strange"))
        expect(received == "parked", f"an event of a payment unknown to the order was {received}")
        status, shown = self.call("POST", f"/api/orders/{order}/redact")
        expect(status == 200 and shown.get("redacted_at"), f"POST /api/orders/{order}/redact: {status} {shown}")
        expect(self.item(f"P#sandbox#{name}")["body"]["S"] == "", "the event of a redacted order still has its body")

    def refund_payment(self):
        payment = self.pay("approve")
        path = f"/api/payments/{payment['payment_id']}/refunds"
        status, shown = self.call("POST", path, {"amount": 500}, key=secrets.token_hex(8))
        expect((status, shown.get("status")) == (201, "succeeded"), f"POST {path}: {status} {shown}")
        self.confirmed(payment, "refund.completed")

    def sweep_due(self):
        payment = self.approved()
        self.make_due(f"O#{payment['order_id']}")
        early = self.park(self.event("PAY_" + "Z" * 26, "ORD_" + "Z" * 20, "pay_early"))
        self.sweep()
        self.confirmed(payment, "payment.completed")
        expect(self.item(early)["tries"]["N"] == "1", "an early event was not postponed")
        late = self.park(self.event_of(payment))
        unreadable = self.park({})
        self.table.update_item(
            TableName=f"{STACK}-payments", Key={"pk": {"S": unreadable}}, UpdateExpression="REMOVE gateway")
        self.sweep()
        expect(not self.item(late), "an event that could be merged is still parked")
        due = int(self.item(unreadable)["due_at"]["N"])
        expect(due > time.time(), "an unreadable event was not postponed")

    def deliver_confirmation(self):
        """A delivery that was refused once is retried after its first wait, not after the queue's visibility timeout."""
        self.stage.inbox.refusing = True
        self.listen(True)
        try:
            payment = self.pay("approve")
            (first, refused), (second, taken) = self.tries(payment, 2)
            expect((refused, taken) == (503, 204), f"the merchant answered {refused}, then {taken}")
            expect(second - first >= PUT_OFF_MIN, f"tried again after {second - first:.1f} s")
        finally:
            self.stage.inbox.refusing = False
            self.listen(False)

    def by_the_gateway(self):
        """The whole way once, without help: the gateway's own webhook, the queue, the merchant."""
        self.behave({"webhooks": {"mode": "now"}})
        self.listen(True)
        try:
            self.tries(self.approved(), 1)
        finally:
            self.behave({"webhooks": {"mode": "never"}})
            self.listen(False)

    def tries(self, payment, count):
        """The time of each delivery about a payment, and the answer of the merchant's server."""
        until = time.monotonic() + DELIVERED_WITHIN
        while len(tries := self.stage.inbox.tries(payment["order_id"])) < count:
            expect(time.monotonic() < until, f"{len(tries)} of {count} tries in {DELIVERED_WITHIN} s")
            time.sleep(0.1)
        return tries
