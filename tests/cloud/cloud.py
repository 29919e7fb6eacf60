"""Runs the stage, the journeys and the rights, in this order. Prints each step and ends every process it started."""

import pathlib
import signal
import sys
import time

from journeys import Broken, Journeys
from rights import Rights
from stage import Stage
from workbench import FUNCTIONS, ROOT


def run(sam, given):
    wanted = [name for name in given.only.split(",") if name] or FUNCTIONS
    unknown = sorted(set(wanted) - set(FUNCTIONS))
    if unknown:
        raise SystemExit(f"no function {', '.join(unknown)}; there are {', '.join(FUNCTIONS)}")
    began, stage = time.monotonic(), Stage(sam, given)
    try:
        failures = lived(stage, given, wanted, pathlib.Path(sys.executable).with_name("ministack"))
        for failure in failures:
            print(f"FAILED: {failure}")
        print(f"{'failed' if failures else 'passed'} in {time.monotonic() - began:.0f} s", flush=True)
        if given.keep:
            print(f"API {stage.api}\nkey {stage.key}\nsandbox {stage.sandbox}\nAWS {stage.endpoint}\nCtrl-C stops it")
            try:
                signal.pause()
            except SystemExit:
                pass
        return 1 if failures else 0
    finally:
        stage.stop()


def lived(stage, given, wanted, emulator):
    stage.account(emulator)
    stage.deploy()
    stage.wire()
    stage.furnish()
    journeys = Journeys(stage)
    failures, rights = [], Rights(stage, journeys)
    rights.mend(FUNCTIONS)
    rights.listen(FUNCTIONS)
    for name in [*wanted, "by-the-gateway"]:
        start = time.monotonic()
        try:
            journeys.live(name)
            print(f"journey {name}: {time.monotonic() - start:.1f} s", flush=True)
        except Broken as broken:
            failures.append(f"journey {name}: {broken}")
            print(f"journey {name}: BROKEN {broken}", flush=True)
    if given.journeys:
        return failures
    failures += rights.stray(wanted)
    failures += rights.wrong_key()
    if failures:
        return failures
    start = time.monotonic()
    for name in wanted:
        print(f"rights of {name}", flush=True)
        failures += rights.prove(name)
    print(f"proof of least privilege: {len(rights.rows)} rights, {time.monotonic() - start:.0f} s", flush=True)
    if not failures and wanted == FUNCTIONS:
        failures = rights.held(ROOT / "docs" / "permissions.md", given.write)
    return failures
