"""The stage: the packages, and the dev stack that they run against."""

import json
import os
import pathlib
import platform
import socket
import subprocess
import time
import urllib.error
import urllib.request

from workbench import ROOT, TARGET, Processes

HERE = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
# The machine field of an ELF header.
MACHINES = {0x3E: "x86_64", 0xB7: "arm64"}
READY_SECONDS = 60
CALL_SECONDS = 60


class Broken(Exception):
    """A failed check, with its message."""


def expect(what, found, expected):
    if found != expected:
        raise Broken(f"{what}: {found}, expected {expected}")


def call(url, body=None, headers=None, method=None):
    """Status and body; by default a POST if there is a body."""
    request = urllib.request.Request(url, body, headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=CALL_SECONDS) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read()


class Stage(Processes):
    def __init__(self, tools, built):
        super().__init__(TARGET / "local", os.environ | {
            "PATH": f"{tools}:{os.environ['PATH']}", "SAM_CLI_TELEMETRY": "0"})
        self.tools, self.sam, self.built = tools, tools / "sam", built
        self.template = (pathlib.Path(built).absolute() if built else self.work / "build") / "template.yaml"
        self.architecture = self.machine() if built else HERE
        self.parameters = ["--parameter-overrides", f"Architecture={self.architecture}"]

    def machine(self):
        package = self.template.parent / "CreateOrderFunction" / "bootstrap"
        if not package.exists():
            raise SystemExit(f"no package {package}; run sam build --build-dir {self.built}")
        return MACHINES[int.from_bytes(package.read_bytes()[18:20], "little")]

    def build(self):
        self.run("cargo build", ["cargo", "build", "--bin", "dev-stack"])
        if self.built:
            return
        folder = ["--build-dir", self.template.parent, "--base-dir", ROOT]
        self.run("sam build", [self.sam, "build", "--template-file", ROOT / "template.yaml", *folder, *self.parameters])

    def dev_stack(self, *arguments):
        command = [TARGET / "debug" / "dev-stack", *arguments, "--port", "0", "--quiet", "--json"]
        process = self.spawn("dev-stack" if arguments[0] != "sandbox" else "sandbox", command,
                             stdout=subprocess.PIPE, text=True)
        line = process.stdout.readline()
        if not line:
            raise Broken(f"the dev stack did not start:\n{self.log('dev-stack').read_text()}")
        return process, json.loads(line)

    def await_port(self, process, port):
        for _ in range(READY_SECONDS * 10):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            if process.poll() is not None:
                break
            time.sleep(0.1)
        raise Broken(f"nothing listens on port {port}; see {self.work}")


class Aws:
    """Calls the dev stack's imitations of AWS without an SDK."""

    def __init__(self, addresses):
        self.addresses = addresses

    def ask(self, service, action, body):
        headers = {
            "x-amz-target": action, "content-type": "application/x-amz-json-1.0", "x-amz-date": "20260101T000000Z",
            "authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/x/aws4_request, "
                             "SignedHeaders=host;x-amz-date, Signature=0"}
        status, answer = call(self.addresses[service], json.dumps(body).encode(), headers)
        expect(f"{action} ({answer[:200]})", status, 200)
        return json.loads(answer)

    def order(self, order):
        """An order's item in the table."""
        key = {"pk": {"S": f"O#{order}"}}
        asked = {"TableName": "quittance-payments", "Key": key, "ConsistentRead": True}
        return self.ask("dynamodb", "DynamoDB_20120810.GetItem", asked).get("Item")

    def secret(self, name):
        answer = self.ask("secrets_manager", "secretsmanager.GetSecretValue", {"SecretId": name})
        return json.loads(answer["SecretString"])

    def set_secret(self, name, value):
        value = {"SecretId": name, "SecretString": json.dumps(value)}
        self.ask("secrets_manager", "secretsmanager.PutSecretValue", value)
