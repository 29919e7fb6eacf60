"""The scene: the packages, the dev stack, and the processes of a run, each ended by its number."""

import json
import os
import pathlib
import platform
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

HERE = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
# What the head of an ELF file says.
MACHINES = {0x3E: "x86_64", 0xB7: "arm64"}
READY_SECONDS = 60
CALL_SECONDS = 60


class Broken(Exception):
    """A check that failed, in the words that are shown."""


def expect(what, found, expected):
    if found != expected:
        raise Broken(f"{what}: {found}, expected {expected}")


def free_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


def call(url, body=None, headers=None, method=None):
    """Status and body; a POST where there is a body and nothing else is said."""
    request = urllib.request.Request(url, body, headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=CALL_SECONDS) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read()


class Stage:
    def __init__(self, root, target, tools, built):
        self.root, self.target, self.sam = root, target, tools / "bin" / "sam"
        self.tools, self.work = tools, target / "local"
        self.work.mkdir(parents=True, exist_ok=True)
        self.built = built
        self.template = (pathlib.Path(built).absolute() if built else self.work / "build") / "template.yaml"
        self.architecture = self.machine() if built else HERE
        self.parameters = ["--parameter-overrides", f"Architecture={self.architecture}"]
        self.env = os.environ | {"PATH": f"{tools / 'bin'}:{os.environ['PATH']}", "SAM_CLI_TELEMETRY": "0"}
        self.started = []

    def spawn(self, name, command, **more):
        log = open(self.work / f"{name}.log", "w", encoding="utf-8")
        out = more.pop("stdout", log)
        more.setdefault("env", self.env)
        # A session of its own: what it starts can be ended with it.
        process = subprocess.Popen(command, stdout=out, stderr=log, cwd=self.root, start_new_session=True, **more)
        self.started.append((name, process))
        print(f"start {name} (pid {process.pid}, {log.name})", flush=True)
        return process

    def end(self, process):
        name = next(name for name, one in self.started if one is process)
        self.started.remove((name, process))
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                print(f"{name} does not end by itself", flush=True)
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        print(f"stop {name} (pid {process.pid})", flush=True)

    def stop(self):
        for _, process in reversed(list(self.started)):
            self.end(process)

    def machine(self):
        package = self.template.parent / "CreateOrderFunction" / "bootstrap"
        if not package.exists():
            raise SystemExit(f"no package {package}; sam build --build-dir {self.built}")
        return MACHINES[int.from_bytes(package.read_bytes()[18:20], "little")]

    def build(self):
        self.say("cargo build", ["cargo", "build", "--bin", "dev-stack"])
        if self.built:
            return
        folder = ["--build-dir", self.template.parent, "--base-dir", self.root]
        self.say("sam build", [self.sam, "build", "--template-file", self.root / "template.yaml", *folder, *self.parameters])

    def say(self, what, command):
        began, name = time.monotonic(), what.replace(" ", "-")
        process = self.spawn(name, command)
        failed = process.wait()
        self.started.remove((name, process))
        print(f"{what}: {time.monotonic() - began:.0f} s", flush=True)
        if failed:
            log = (self.work / f"{name}.log").read_text()
            raise Broken(f"{what} failed:\n" + "\n".join(log.splitlines()[-25:]))

    def dev_stack(self, *arguments):
        command = [self.target / "debug" / "dev-stack", *arguments, "--port", "0", "--quiet", "--json"]
        process = self.spawn("dev-stack" if arguments[0] != "sandbox" else "sandbox", command,
                             stdout=subprocess.PIPE, text=True)
        line = process.stdout.readline()
        if not line:
            raise Broken(f"the dev stack did not start:\n{(self.work / 'dev-stack.log').read_text()}")
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
    """The dev stack's imitations, asked without an SDK."""

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
        """The table's row of an order."""
        key = {"pk": {"S": f"O#{order}"}}
        asked = {"TableName": "quittance-payments", "Key": key, "ConsistentRead": True}
        return self.ask("dynamodb", "DynamoDB_20120810.GetItem", asked).get("Item")

    def secret(self, name):
        answer = self.ask("secrets_manager", "secretsmanager.GetSecretValue", {"SecretId": name})
        return json.loads(answer["SecretString"])

    def set_secret(self, name, value):
        value = {"SecretId": name, "SecretString": json.dumps(value)}
        self.ask("secrets_manager", "secretsmanager.PutSecretValue", value)
