"""The stage: an emulated account, the stack deployed in it, a gateway, and the merchant's server."""

import hashlib
import http.server
import io
import json
import os
import pathlib
import re
import secrets
import subprocess
import threading
import time
import urllib.request
import zipfile

import boto3

from workbench import ROOT, TARGET, Processes, free_port

REGION = "eu-central-1"
STACK = "quittance-cloud"


def zipped(path):
    """The size in bytes of a package with this file, as SAM makes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.write(path, path.name)
    return len(buffer.getvalue())


class Stage(Processes):
    def __init__(self, sam, given):
        port = free_port()
        self.endpoint = f"http://127.0.0.1:{port}"
        super().__init__(TARGET / "cloud", os.environ | {
            "GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0",
            "AWS_ENDPOINT_URL": self.endpoint, "MINISTACK_REGION": REGION,
            # Enforces roles.
            "AUTH": "true",
            "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "SAM_CLI_TELEMETRY": "0",
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
        })
        self.sam, self.fast = sam, given.fast
        self.built = given.built and pathlib.Path(given.built).absolute()
        self.endless = self.work / "endless"
        self.key = "sk_test_" + secrets.token_hex(16)
        self.gateway_key = "sbx_" + secrets.token_hex(8)
        self.webhook_key = "whsec_" + "c2FuZGJveCBvZiB0aGUgY2xvdWQgdGVzdCBzdGFjayE="

    def client(self, service, endpoint=None):
        return boto3.client(service, endpoint_url=endpoint or self.endpoint, region_name=REGION,
                            aws_access_key_id="test", aws_secret_access_key="test")

    def account(self, emulator):
        self.spawn("account", [emulator])
        for _ in range(300):
            try:
                urllib.request.urlopen(self.endpoint + "/_ministack/health", timeout=2)
                return
            except OSError:
                time.sleep(0.2)
        raise SystemExit(f"the emulated account did not start; see {self.work / 'account.log'}")

    def template(self):
        """The template without the features that the emulator lacks; each omission is printed."""
        text = (ROOT / "template.yaml").read_text()
        head, rest = text.split("\nResources:\n", 1)
        resources, outputs = rest.split("\nOutputs:\n", 1)
        kept = []
        for block in re.split(r"(?m)^(?=  \w+:\n)", resources):
            if "\n      Metrics:\n" in block:
                print(f"left out: {block.split(':')[0].strip()} (the emulator has no metric math)")
            else:
                kept.append(block)
        head = head.replace("    DeploymentPreference:\n", "    DeploymentPreference:\n      Enabled: false\n")
        print("left out: DeploymentPreference (the emulator has no CodeDeploy)")
        resources = "".join(kept)
        resources = resources.replace("          DELIVERY_URL:", '          QUITTANCE_DEV_STACK: "1"\n          DELIVERY_URL:')
        print("added: deliver-confirmation may post to this machine (QUITTANCE_DEV_STACK)")
        if self.fast or self.built:
            resources = resources.replace("    Metadata:\n      BuildMethod: rust-cargolambda\n", "")
            resources = re.sub(r"CodeUri: functions/(\S+)", self.bootstrap if self.fast else self.package, resources)
        path = self.work / "template.yaml"
        path.write_text(head + "\nResources:\n" + resources + "\nOutputs:\n" + outputs)
        return path

    def bootstrap(self, match):
        """The debug build's function in place of a package. It ends when its standard input ends, so it gets a pipe
        that has itself as a writer and never ends."""
        folder = self.work / "bootstraps" / match[1]
        folder.mkdir(parents=True, exist_ok=True)
        if not self.endless.exists():
            os.mkfifo(self.endless)
        script = folder / "bootstrap"
        script.write_text(f"#!/bin/sh\nexec {self.binary()} function {match[1]} <> {self.endless}\n")
        script.chmod(0o755)
        return f"CodeUri: {folder}"

    def package(self, match):
        """A package from an earlier build."""
        folder = self.built / ("".join(word.title() for word in match[1].split("-")) + "Function")
        if not (folder / "bootstrap").exists():
            raise SystemExit(f"no package in {folder}; run sam build --build-dir {self.built}")
        return f"CodeUri: {folder}"

    def binary(self):
        return os.environ.get("QUITTANCE_DEV_STACK_BINARY") or TARGET / "debug" / "dev-stack"

    def deploy(self):
        template, sam = self.template(), self.sam / "sam"
        env = self.env | {"PATH": f"{self.sam}:{os.environ['PATH']}"}
        parameters = ["--parameter-overrides", "Stage=dev Architecture=x86_64 DueShards=2"]
        if not os.environ.get("QUITTANCE_DEV_STACK_BINARY"):
            self.run("cargo build", ["cargo", "build", "--bin", "dev-stack"], os.environ)
        built = self.built or self.work / "build"
        if not self.fast and not self.built:
            self.run("sam build", [sam, "build", "--template-file", template, "--base-dir", ROOT,
                                   "--build-dir", built, *parameters], env | {"AWS_ENDPOINT_URL": ""})
            template = built / "template.yaml"
        if not self.fast:
            for binary in sorted(built.glob("*/bootstrap")):
                print(f"  {binary.parent.name}: {binary.stat().st_size / 1e6:.1f} MB, {zipped(binary) / 1e6:.1f} MB zipped")
        self.run("sam deploy", [sam, "deploy", "--template-file", template, "--stack-name", STACK,
                                "--resolve-s3", "--capabilities", "CAPABILITY_IAM",
                                "--no-confirm-changeset", "--no-progressbar", *parameters], env)

    def wire(self):
        """Creates routes and integrations from the OpenAPI document that the deployment gives to API Gateway."""
        cloud = self.client("cloudformation")
        stack = cloud.get_template(StackName=STACK, TemplateStage="Processed")["TemplateBody"]
        stack = json.loads(stack) if isinstance(stack, str) else stack
        resources = cloud.describe_stack_resources(StackName=STACK)["StackResources"]
        self.physical = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in resources}
        gateway, api = self.client("apigatewayv2"), self.physical["Api"]
        paths = stack["Resources"]["Api"]["Properties"]["Body"]["paths"]
        for path, methods in paths.items():
            for method, route in methods.items():
                uri = json.dumps(route["x-amazon-apigateway-integration"]["uri"])
                function = re.search(r"functions/\$\{(\w+)\}", uri)[1]
                target = gateway.create_integration(
                    ApiId=api, IntegrationType="AWS_PROXY", PayloadFormatVersion="2.0",
                    IntegrationUri=self.physical[function])["IntegrationId"]
                gateway.create_route(ApiId=api, RouteKey=f"{method.upper()} {path}", Target=f"integrations/{target}")
        self.api = f"{self.endpoint}/_aws/execute-api/{api}/$default"
        print(f"wired {sum(len(m) for m in paths.values())} routes of {self.api}")

    def furnish(self):
        """Starts a gateway and the merchant's server, and stores the secrets with which the stack reaches them."""
        sandbox = self.spawn("sandbox", [
            self.binary(), "sandbox", "--port", "0", "--json", "--quiet",
            "--webhook-url", f"{self.api}/api/webhooks/sandbox",
            "--api-key", self.gateway_key, "--webhook-secret", self.webhook_key,
        ], stdout=subprocess.PIPE, text=True)
        self.sandbox = json.loads(sandbox.stdout.readline())["sandbox"]
        self.inbox = Inbox()
        live = {"not_after": None}
        self.put_secret("api-keys", [live | {
            "id": "cloud", "sha256": hashlib.sha256(self.key.encode()).hexdigest(),
            "scopes": ["orders:write", "payments:write", "refunds:write", "read"]}])
        self.put_secret("gateways/sandbox", {
            "mode": "test", "api_key": self.gateway_key, "base_url": self.sandbox, "profile": "full",
            "webhook_secrets": [live | {"id": "w1", "key": self.webhook_key}]})
        # The emulator generates a key with punctuation, which the template excludes.
        self.put_secret("delivery", {"key": self.webhook_key, "url": self.inbox.url})

    def put_secret(self, name, value):
        self.client("secretsmanager").put_secret_value(SecretId=f"{STACK}/{name}", SecretString=json.dumps(value))


class Inbox:
    """The merchant's server: records deliveries, and refuses the first one of each order if `refusing` is set."""

    def __init__(self):
        self.received, self.refusing = [], False
        inbox = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                order = json.loads(self.rfile.read(int(self.headers["content-length"])))["data"]["order_id"]
                answer = 503 if inbox.refusing and not inbox.tries(order) else 204
                inbox.received.append((order, time.monotonic(), answer))
                self.send_response(answer)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}/webhooks"

    def tries(self, order):
        return [(at, answer) for delivered, at, answer in self.received if delivered == order]
