"""Runs every event in containers as `sam local` starts them, then a checkout through the local API."""

import json
import subprocess
import time

from docker import Docker
from samples import Samples, resource
from stage import Aws, Broken, call, expect
from workbench import ROOT, free_port

KEY = "sk_test_local"
INVOKE_SECONDS = 120
PAID_SECONDS = 60


class Containers:
    def __init__(self, stage):
        self.stage, self.docker = stage, Docker(stage)

    def run(self):
        file = self.stage.work / "env-vars.json"
        # Containers have their own loopback interface, so the stack listens where they can reach it.
        stack, addresses = self.stage.dev_stack("--bind", self.docker.host, "--env-vars", str(file))
        package = self.stage.template.parent / "CreateOrderFunction" / "bootstrap"
        image = self.docker.image(package)
        self.options = ["--template", self.stage.template, *self.stage.parameters, "--env-vars", file,
                        "--skip-pull-image", "--invoke-image", image]
        aws = Aws(addresses)
        print("sam local invoke", flush=True)
        Samples(self.invoke).as_they_stand(aws)
        print("sam local start-api", flush=True)
        self.checkout(aws)
        self.stage.end(stack)

    def invoke(self, name, event):
        command = [self.stage.sam, "local", "invoke", resource(name), "--event", "-", *self.options]
        done = subprocess.run(command, cwd=ROOT, env=self.stage.env, input=json.dumps(event), text=True,
                              capture_output=True, timeout=INVOKE_SECONDS, check=False)
        (self.stage.work / f"invoke-{name}.log").write_text(done.stderr)
        lines = done.stdout.strip().splitlines()
        if done.returncode or not lines:
            raise Broken(f"sam local invoke {resource(name)}:\n{done.stderr}")
        return json.loads(lines[-1])

    def checkout(self, aws):
        """Order, payment, the gateway's page, its webhook and status, all through the containers."""
        port = free_port()
        api = f"http://127.0.0.1:{port}"
        self.gateway(aws, f"{api}/api/webhooks/sandbox")
        served = self.stage.spawn("start-api", [
            self.stage.sam, "local", "start-api", "--port", str(port), "--warm-containers", "LAZY", *self.options])
        self.stage.await_port(served, port)

        def ask(path, expected, body=None):
            began = time.monotonic()
            headers = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}
            status, answer = call(api + path, body and json.dumps(body).encode(), headers)
            expect(f"{path} ({answer.decode(errors='replace')})", status, expected)
            print(f"  {path}: {status}, {(time.monotonic() - began) * 1000:.0f} ms", flush=True)
            return json.loads(answer)

        price = {"total_amount": 7500, "currency": "USD"}
        order = ask("/api/orders", 201, {"items": [{"product_id": "SKU_1001", "quantity": 2}], **price})
        body = {"order_id": order["order_id"], "amount": 7500, "currency": "USD"}
        payment = ask("/api/payments", 201, body)
        expect("the page", call(payment["checkout_url"], b"outcome=approve")[0], 200)
        status = f"/api/payments/{payment['payment_id']}"
        for _ in range(PAID_SECONDS):
            shown = ask(status, 200)
            if shown["status"] == "succeeded":
                break
            time.sleep(1)
        expect("the payment", shown["status"], "succeeded")
        sources = [entry["source"] for entry in shown["history"]]
        if "webhook" not in sources:
            raise Broken(f"the payment is paid, but no webhook reported it: {shown['history']}")
        print(f"  paid, reported by {', '.join(dict.fromkeys(sources))}", flush=True)
        row = aws.order(order["order_id"])
        expect("the order's row in the table", row and row["pk"], {"S": f"O#{order['order_id']}"})
        self.stage.end(served)

    def gateway(self, aws, webhook_url):
        """A sandbox gateway that sends webhooks to the local API; the dev stack's own sends them to the stack's API."""
        secret = aws.secret("quittance/gateways/sandbox")
        key, signing = secret["api_key"], secret["webhook_secrets"][0]["key"]
        _, sandbox = self.stage.dev_stack("sandbox", "--bind", self.docker.host, "--webhook-url", webhook_url,
                                          "--api-key", key, "--webhook-secret", signing)
        aws.set_secret("quittance/gateways/sandbox", secret | {"base_url": sandbox["sandbox"]})
