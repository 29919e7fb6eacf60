"""The events in events/, with the answers of a stack that does not know their ids, and the same about a real payment."""

import base64
import hashlib
import hmac
import json
import time

from stage import Broken, expect
from workbench import FUNCTIONS, ROOT

ORDER, PAYMENT = "ORD_7Q2M9X4KD1T8V3N6B0ZC", "PAY_7Q2M9X4KD1T8V3N6B0ZC4H9K2A"
REFUND = "RFD_7Q2M9X4KD1T8V3N6B0ZC8M3T5W"

def answers():
    """The status of each sample's answer, and the problem's slug if there is one."""
    listed = json.loads((ROOT / "tests/calls/samples.json").read_text())
    # The sample webhook's signature has long expired.
    listed["webhook-receiver"] = "401 unauthorized"
    both = {name: (answer + " ").split(" ")[:2] for name, answer in listed.items()}
    return {name: (int(status), slug or None) for name, (status, slug) in both.items()}


def function(name):
    return "-".join(name.split("-")[:2])


def resource(name):
    return "".join(word.capitalize() for word in function(name).split("-")) + "Function"


class Samples:
    """`invoke(name, event)` runs the function of the event `name` and returns its result."""

    def __init__(self, invoke):
        self.events, self.invoke = ROOT / "events", invoke
        names = {path.stem for path in self.events.glob("*.json")}
        # The other events have the name of their function: those of the schedule and the queue.
        others = set(FUNCTIONS) - set(map(function, answers()))
        expect("the events with an expected answer", sorted([*answers(), *others]), sorted(names))

    def event(self, name, about=()):
        text = (self.events / f"{name}.json").read_text()
        for sample, real in about:
            text = text.replace(sample, real)
        return json.loads(text)

    def ask(self, name, expected, about=(), event=None):
        """Checks an answer's status and slug, and returns its body."""
        event = event or self.event(name, about)
        began = time.monotonic()
        answer = self.invoke(name, event)
        took = f"{(time.monotonic() - began) * 1000:.0f} ms"
        if "statusCode" not in answer:
            raise Broken(f"{name}: not an HTTP answer: {answer}")
        body = json.loads(answer["body"]) if answer.get("body") else {}
        slug = body.get("type", "").removeprefix("/problems/") or None
        expect(f"{name} ({json.dumps(body)})", (answer["statusCode"], slug), expected)
        print(f"  {name}: {answer['statusCode']} {slug or ''}".rstrip() + f", {took}", flush=True)
        return body

    def as_they_stand(self, aws):
        """Plays every event once on a fresh stack, and returns the created order."""
        for name, expected in answers().items():
            body = self.ask(name, expected)
            if name == "create-order":
                order = body["order_id"]
        row = aws.order(order)
        expect("the order's row in the table", row and row["pk"], {"S": f"O#{order}"})
        print(f"  {order} is in the dev stack's table", flush=True)
        swept = self.invoke("sweep-due", self.event("sweep-due"))
        expect(f"sweep-due ({swept})", swept.get("failed"), 0)
        delivered = self.invoke("deliver-confirmation", self.event("deliver-confirmation"))
        expect("deliver-confirmation", delivered, {"batchItemFailures": []})
        print(f"  sweep-due: {swept}\n  deliver-confirmation: {delivered}", flush=True)
        return order

    def signed(self, secret, about, changes):
        """The sample webhook, changed to a real payment and signed now with the gateway's real secret."""
        event = self.event("webhook-receiver", about)
        event["body"] = json.dumps(json.loads(event["body"]) | changes)
        headers, now = event["headers"], str(int(time.time()))
        key = base64.b64decode(secret.removeprefix("whsec_"))
        text = f"{headers['webhook-id']}.{now}.{event['body']}".encode()
        signature = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
        headers |= {"webhook-timestamp": now, "webhook-signature": f"v1,{signature}",
                    "content-length": str(len(event["body"]))}
        return event
