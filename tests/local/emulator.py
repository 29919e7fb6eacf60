"""Runs every bootstrap under Lambda's Runtime Interface Emulator, which comes with SAM; no Docker."""

import io
import json
import re
import struct
import zipfile

from samples import ORDER, PAYMENT, REFUND, Samples, function, resource
from stage import Aws, Broken, call, expect
from workbench import FUNCTIONS, free_port

# The version in AL2023; a binary that needs a newer one does not start.
GLIBC_MAX = (2, 34)
SHT_GNU_VERNEED = 0x6FFFFFFE


def glibc_versions(path):
    """The versions of glibc that a 64-bit little-endian ELF file requires."""
    data = path.read_bytes()
    expect(f"the first bytes of {path}", data[:6], b"\x7fELF\x02\x01")
    offset, = struct.unpack_from("<Q", data, 0x28)
    size, count = struct.unpack_from("<HH", data, 0x3A)
    # Type, offset, size and link of each section.
    sections = [struct.unpack_from("<4xI16xQQI", data, offset + n * size) for n in range(count)]
    versions = set()
    for kind, place, _, link in sections:
        if kind != SHT_GNU_VERNEED:
            continue
        names = sections[link][1]
        more = 1
        while more:
            entries, first, more = struct.unpack_from("<2xH4xII", data, place)
            entry = place + first
            for _ in range(entries):
                name, following = struct.unpack_from("<8xII", data, entry)
                text = data[names + name:data.index(b"\0", names + name)].decode()
                versions.add(text)
                entry += following
            place += more
    wanted = re.compile(r"GLIBC_(\d+)\.(\d+)")
    return {tuple(map(int, found.groups())) for found in map(wanted.match, versions) if found}


def packed(path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, "bootstrap")
    return buffer.tell()


class Emulator:
    def __init__(self, stage):
        self.stage, self.running = stage, {}
        self.binary = next(stage.tools.parent.glob(f"lib/python3*/site-packages/samcli/local/rapid/aws-lambda-rie-{stage.architecture}"))
        self.binary.chmod(0o755)

    def bootstrap(self, name):
        return self.stage.template.parent / resource(name) / "bootstrap"

    def run(self):
        file = self.stage.work / "emulator-env.json"
        stack, addresses = self.stage.dev_stack("--env-vars", str(file))
        self.environment = self.stage.env | json.loads(file.read_text())["Parameters"] | {
            "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_LAMBDA_FUNCTION_TIMEOUT": "25", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256"}
        self.glibc()
        self.answers(addresses)
        for process, _ in self.running.values():
            self.stage.end(process)
        self.report()
        self.stage.end(stack)

    def glibc(self):
        for name in FUNCTIONS:
            versions = glibc_versions(self.bootstrap(name))
            if not versions:
                raise Broken(f"{name} requires no glibc at all: not the package that is deployed to Lambda")
            highest = ".".join(map(str, max(versions)))
            if max(versions) > GLIBC_MAX:
                raise Broken(f"{name} requires glibc {highest}; Lambda has {'.'.join(map(str, GLIBC_MAX))}")
            print(f"  {name}: asks for glibc {highest} at most", flush=True)

    def invoke(self, name, event):
        if function(name) not in self.running:
            self.start(function(name))
        _, address = self.running[function(name)]
        _, answer = call(f"{address}/2015-03-31/functions/function/invocations", json.dumps(event).encode())
        try:
            return json.loads(answer)
        except json.JSONDecodeError:
            raise Broken(f"{name}: {answer.decode(errors='replace')}; see {self.log(function(name))}") from None

    def start(self, name):
        port, api = free_port(), free_port()
        command = [self.binary, "--runtime-interface-emulator-address", f"127.0.0.1:{port}",
                   "--runtime-api-address", f"127.0.0.1:{api}", self.bootstrap(name)]
        environment = self.environment | {"AWS_LAMBDA_FUNCTION_NAME": name}
        process = self.stage.spawn(f"rie-{name}", command, env=environment)
        self.stage.await_port(process, port)
        self.running[name] = (process, f"http://127.0.0.1:{port}")

    def log(self, name):
        return self.stage.work / f"rie-{name}.log"

    def answers(self, addresses):
        aws, samples = Aws(addresses), Samples(self.invoke)
        # The sample webhook takes the place of the gateway's own.
        control = f"{addresses['sandbox']}/control"
        behaviour = json.dumps({"webhooks": {"mode": "never"}}).encode()
        json_body = {"content-type": "application/json"}
        silent, _ = call(f"{control}/behaviour", behaviour, json_body, "PUT")
        expect("turning off the sandbox's webhooks", silent, 200)
        print("the events as they are", flush=True)
        order = samples.as_they_stand(aws)
        print("the events about a payment", flush=True)
        about = [(ORDER, order)]
        payment = samples.ask("create-payment", (201, None), about)
        about = [(PAYMENT, payment["payment_id"]), *about]
        expect("status-check", samples.ask("status-check", (200, None), about)["status"], "pending")
        odd = samples.event("status-check", about) | {
            "rawQueryString": 'x="<>', "body": "no base64", "isBase64Encoded": True}
        odd["headers"]["host"] = "no host"
        samples.ask("status-check", (200, None), event=odd)
        samples.ask("capture-payment", (409, "payment-not-authorized"), about)
        expect("the page", call(payment["checkout_url"], b"outcome=approve")[0], 200)
        truth = json.loads(call(f"{control}/payments")[1])["payments"]
        paid = next(one for one in truth if one["reference"] == payment["payment_id"])
        secret = aws.secret("quittance/gateways/sandbox")["webhook_secrets"][0]["key"]
        event = samples.signed(secret, about, {"id": paid["id"]})
        for _ in ["first", "repeated"]:
            said = samples.ask("webhook-receiver", (200, None), event=event)
            expect("webhook-receiver", said, {"received": "committed"})
        shown = samples.ask("status-check", (200, None), about)
        expect("status-check", (shown["status"], shown["amount_captured"]), ("succeeded", 7500))
        expect("status-check-order", samples.ask("status-check-order", (200, None), about)["status"], "paid")
        samples.ask("cancel-payment", (409, "payment-succeeded"), about)
        samples.ask("cancel-payment-order", (409, "order-paid"), about)
        refund = samples.ask("refund-payment", (201, None), about)
        about = [(REFUND, refund["refund_id"]), *about]
        expect("status-check-refund", samples.ask("status-check-refund", (200, None), about), refund)

    def report(self):
        print("function                bootstrap    packed    init", flush=True)
        for name in sorted(self.running):
            path = self.bootstrap(name)
            found = re.search(r"INIT REPORT\(durationMs: ([\d.]+)", self.log(name).read_text())
            init = f"{float(found[1]):.1f} ms" if found else "unknown"
            print(f"{name:22} {path.stat().st_size / 1e6:7.1f} MB {packed(path) / 1e6:6.1f} MB  {init}", flush=True)
