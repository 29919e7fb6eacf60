"""Shared by tests/cloud and tests/local: pinned tools, and the processes of a run, each ended by its pid."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
# In the template's order.
FUNCTIONS = re.findall(r"CodeUri: functions/([a-z-]+)", (ROOT / "template.yaml").read_text())
REQUIREMENTS = ROOT / "tests" / "requirements"
END_SECONDS = 30
# How many of a log's last lines a failure shows.
LINES = 25


def environment(name):
    """The programs of a virtual environment with only the pinned and hashed packages; made once per requirements file."""
    folder, wanted = TARGET / "tools" / name, REQUIREMENTS / f"{name}.txt"
    stamp = folder / "installed"
    if not stamp.exists() or stamp.read_bytes() != wanted.read_bytes():
        print(f"install {wanted.relative_to(ROOT)}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-deps", "--require-hashes", "-r", wanted], check=True)
        stamp.write_bytes(wanted.read_bytes())
    return folder / "bin"


def free_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


def end_when_asked():
    """Makes Ctrl-C and SIGTERM end the processes that were started, without a traceback."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: sys.exit(128 + number))


class Processes:
    def __init__(self, work, env):
        self.work, self.env, self.started = work, env, []
        work.mkdir(parents=True, exist_ok=True)

    def log(self, name):
        return self.work / f"{name}.log"

    def spawn(self, name, command, **more):
        log = open(self.log(name), "w", encoding="utf-8")
        more = {"stdout": log, "env": self.env} | more
        # Its own session, so that its children can be ended with it.
        process = subprocess.Popen(command, stderr=log, cwd=ROOT, start_new_session=True, **more)
        self.started.append((name, process))
        print(f"start {name} (pid {process.pid}, {log.name})", flush=True)
        return process

    def end(self, process):
        name = next(name for name, one in self.started if one is process)
        self.started.remove((name, process))
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                print(f"{name} does not stop; killing it", flush=True)
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        print(f"stop {name} (pid {process.pid})", flush=True)

    def stop(self):
        """Ends every process that is still running, newest first. A second Ctrl-C is ignored."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        for _, process in reversed(list(self.started)):
            self.end(process)

    def run(self, what, command, env=None):
        """Runs one step to its end."""
        began, name = time.monotonic(), what.replace(" ", "-")
        process = self.spawn(name, command, env=env or self.env)
        failed = process.wait()
        self.started.remove((name, process))
        print(f"{what}: {time.monotonic() - began:.0f} s", flush=True)
        if failed:
            raise SystemExit(f"{what} failed:\n" + "\n".join(self.log(name).read_text().splitlines()[-LINES:]))
