"""A Docker daemon, and an image that can run a Lambda function."""

import io
import ipaddress
import json
import os
import re
import shutil
import subprocess
import tarfile
import time

from stage import HERE, Broken

LAMBDAS = "public.ecr.aws/lambda/provided:al2023-"
OURS = "quittance-base:"
# Programs that SAM's own layer on top of the image needs.
APPLETS = ["sh", "mv", "chmod", "cp", "rm", "mkdir", "ls", "cat"]
PULL_SECONDS = 300

MISSING = """no Docker daemon answers. Install one and start it:
    apt-get install docker.io && systemctl start docker
or install it and run this as root: a daemon is then started for this run only.
Without Docker, tests/local/run --emulator runs every bootstrap."""


class Docker:
    def __init__(self, stage):
        self.stage = stage
        if not shutil.which("docker") or (not self.answers() and not self.start()):
            raise Broken(MISSING)
        bridge = self.docker("network", "inspect", "bridge", "--format", "{{json (index .IPAM.Config 0)}}").stdout
        bridge = json.loads(bridge)
        # A daemon that chose the network itself does not show its own address in it; it is the first one.
        self.host = bridge.get("Gateway") or str(next(ipaddress.ip_network(bridge["Subnet"]).hosts()))
        print(f"containers reach this machine at {self.host}", flush=True)

    def docker(self, *arguments, check=True, **more):
        return subprocess.run(["docker", *arguments], env=self.stage.env, check=check, capture_output=True,
                              text=more.pop("text", True), **more)

    def answers(self):
        return self.docker("info", check=False).returncode == 0

    def start(self):
        """Starts a daemon for this run only, with all its files below the target folder."""
        if os.geteuid() != 0 or not shutil.which("dockerd"):
            return False
        work = self.stage.work
        host = f"unix://{work / 'docker.sock'}"
        self.stage.env["DOCKER_HOST"] = host
        process = self.stage.spawn("dockerd", [
            "dockerd", "--data-root", work / "docker", "--exec-root", work / "docker-run",
            "--pidfile", work / "dockerd.pid", "--host", host])
        for _ in range(300):
            if self.answers():
                return True
            if process.poll() is not None:
                break
            time.sleep(0.2)
        raise Broken(f"dockerd did not start; see {work / 'dockerd.log'}")

    def image(self, bootstrap):
        """Lambda's image if it is present or can be pulled, otherwise one with the libraries of this machine."""
        lambdas, ours = LAMBDAS + self.stage.architecture, OURS + self.stage.architecture
        if self.docker("image", "inspect", lambdas, check=False).returncode == 0:
            return lambdas
        try:
            if self.docker("pull", lambdas, check=False, timeout=PULL_SECONDS).returncode == 0:
                return lambdas
        except subprocess.TimeoutExpired:
            pass
        if self.stage.architecture != HERE:
            raise Broken(f"{lambdas} cannot be pulled, and this machine's libraries are for another processor")
        print(f"{lambdas} cannot be pulled; building {ours} from this machine's own libraries", flush=True)
        busybox = shutil.which("busybox")
        if not busybox or "dynamic" in subprocess.run(["file", "-L", busybox], capture_output=True, text=True).stdout:
            raise Broken("an image needs a static busybox: apt-get install busybox-static file")
        libraries = subprocess.run(["ldd", bootstrap], capture_output=True, text=True, check=True).stdout
        files = dict.fromkeys(re.findall(r"(/\S+) \(0x", libraries), None)
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", dereference=True) as tar:
            for path in files:
                tar.add(os.path.realpath(path), path)
            tar.add(busybox, "/bin/busybox")
            for name in APPLETS:
                link = tarfile.TarInfo(f"/bin/{name}")
                link.type, link.linkname = tarfile.SYMTYPE, "busybox"
                tar.addfile(link)
            for folder in ["/tmp", "/var/task", "/var/rapid", "/opt"]:
                entry = tarfile.TarInfo(folder)
                entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if folder == "/tmp" else 0o755
                tar.addfile(entry)
        # SAM keeps the image that it built on an earlier one.
        self.docker("rmi", "--force", f"{ours.split(':')[0]}:rapid-{self.stage.architecture}", check=False)
        environment = "ENV PATH=/bin LAMBDA_TASK_ROOT=/var/task LAMBDA_RUNTIME_DIR=/var/runtime"
        self.docker("import", "--change", environment, "-", ours, input=buffer.getvalue(), text=False)
        return ours
