"""Least privilege, proved: without any one of its rights a function's journey breaks, and with all of them it
uses nothing else."""

import copy
import hashlib
import json
import time

from journeys import Broken
from stage import ACCOUNT, REGION, STACK

# Granted to every function, and used by the platform, where an emulator cannot show it.
PLATFORM = {
    "logs:CreateLogStream": "Lambda begins the log of a container",
    "logs:PutLogEvents": "Lambda writes what the function says",
    "xray:PutTraceSegments": "Lambda tells what an invocation took",
    "xray:PutTelemetryRecords": "Lambda tells what it left out",
    "sqs:ReceiveMessage": "the event source takes the messages",
    "sqs:DeleteMessage": "the event source ends what was delivered",
    "sqs:GetQueueAttributes": "the event source asks how the queue is set",
}


# The emulator shows the last ones, and has no second page.
LOOKED_UP_MAX = 50


def listed(value):
    return value if isinstance(value, list) else [value]


def short(arn):
    """The end of an ARN: what a person calls the thing."""
    name = arn.split(":", 5)[-1].removeprefix("table/").removeprefix("secret:").replace(f"{STACK}-", "")
    name = name.replace(f"{STACK}/", "").removesuffix(".fifo")
    return name.rsplit("-", 1)[0] if ":secretsmanager:" in arn else name


class Rights:
    def __init__(self, stage, journeys):
        self.stage, self.journeys = stage, journeys
        self.iam = stage.client("iam")
        self.rows = []

    def role(self, function):
        name = "".join(word.title() for word in function.split("-")) + "Role"
        return self.stage.physical[name]

    def policy(self, function):
        document = self.iam.get_role_policy(RoleName=self.role(function), PolicyName=function)["PolicyDocument"]
        return json.loads(document) if isinstance(document, str) else document

    def mend(self, functions):
        """A `!Ref` of a secret is its ARN; the emulator gives its name, which no policy can mean."""
        secrets = self.stage.client("secretsmanager").list_secrets()["SecretList"]
        arns = {secret["Name"]: secret["ARN"] for secret in secrets}
        for function in functions:
            document = self.policy(function)
            for statement in document["Statement"]:
                statement["Resource"] = [arns.get(one, one) for one in listed(statement["Resource"])]
            self.put(function, document)
        print("mended: secrets in policies are named by ARN (the emulator resolves their Ref to a name)")

    def fresh(self, function):
        """A new version, whose first process has read no secret yet."""
        name, functions = f"{STACK}-{function}", self.journeys.functions
        functions.update_function_configuration(FunctionName=name, Description=f"{time.time()}")
        version = functions.publish_version(FunctionName=name)["Version"]
        functions.update_alias(FunctionName=name, Name="live", FunctionVersion=version)

    def put(self, function, document):
        self.iam.put_role_policy(RoleName=self.role(function), PolicyName=function, PolicyDocument=json.dumps(document))

    @staticmethod
    def granted(document):
        for statement in document["Statement"]:
            for action in listed(statement["Action"]):
                for resource in listed(statement["Resource"]):
                    yield action, resource

    @staticmethod
    def without(document, action, resource):
        """The same document with one right less."""
        less = copy.deepcopy(document)
        less["Statement"] = [
            {"Effect": "Allow", "Action": one, "Resource": on}
            for one, on in Rights.granted(document) if (one, on) != (action, resource)]
        return less

    def prove(self, function):
        """Takes each right away once. Returns what was not missed."""
        journey = getattr(self.journeys, function.replace("-", "_"))
        document, idle = self.policy(function), []
        try:
            for action, resource in self.granted(document):
                if action in PLATFORM:
                    self.rows.append((function, action, short(resource), "platform: " + PLATFORM[action]))
                    continue
                self.put(function, self.without(document, action, resource))
                self.fresh(function)
                try:
                    journey()
                except Broken as broken:
                    print(f"  without {action} on {short(resource)}: {str(broken)[:110]}", flush=True)
                    self.rows.append((function, action, short(resource), "its journey breaks without it"))
                else:
                    print(f"  without {action} on {short(resource)}: NOBODY MISSES IT", flush=True)
                    idle.append(f"{function} does not use {action} on {short(resource)}")
        finally:
            self.put(function, document)
        self.fresh(function)
        journey()
        return idle

    def callers(self, functions):
        """The access key of each function's session, as the emulator makes it."""
        keys = {}
        for function in functions:
            arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{STACK}-{function}"
            config = self.journeys.functions.get_function_configuration(FunctionName=f"{STACK}-{function}")
            for one in (arn, arn + ":1", arn + ":live"):
                digest = hashlib.sha256(f"{one}:{config['Role']}".encode()).hexdigest()
                keys["ASIA" + digest[:16].upper()] = function
        return keys

    def stray(self, functions):
        """Calls of a function that none of its grants covers: recorded while all was granted."""
        trail, strays, seen = self.stage.client("cloudtrail"), [], set()
        for key, function in self.callers(functions).items():
            by_key = {"AttributeKey": "AccessKeyId", "AttributeValue": key}
            events = trail.lookup_events(LookupAttributes=[by_key])["Events"]
            if len(events) >= LOOKED_UP_MAX:
                strays.append(f"{function} made more calls than are shown")
            for event in events:
                service = event["EventSource"].split(".")[0]
                seen.add((function, f"{service}:{event['EventName']}"))
        for function, action in sorted(seen):
            if action not in {one for one, _ in self.granted(self.policy(function))}:
                strays.append(f"{function} calls {action}, which it is not granted")
        print(f"recorded {len(seen)} kinds of calls by {len({f for f, _ in seen})} functions")
        if len({f for f, _ in seen}) < len(functions):
            strays.append(f"no calls were recorded of {sorted(set(functions) - {f for f, _ in seen})}")
        return strays

    def write(self, path):
        shared = [("every function", action, "its log" if action.startswith("logs") else "any",
                   "platform: " + PLATFORM[action]) for action in PLATFORM if not action.startswith("sqs")]
        lines = [
            "# Permissions", "",
            "Every right that a function has, and how it is known to be used. Written by `tests/cloud/run --write` on",
            time.strftime("%Y-%m-%d: each right of its own was taken from the deployed role alone, and the function's"),
            "journey broke; with all of them nothing else was called. What the platform needs is listed with the reason.",
            "", "| function | action | on | used |", "|---|---|---|---|"]
        lines += [f"| {function} | `{action}` | {on} | {used} |" for function, action, on, used in self.rows + shared]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"wrote {path}")
