"""Proves least privilege. With all its rights, a function is refused nothing and uses each of them. Without any one of
them, the account refuses exactly the calls that need it, and the function's journey fails."""

import copy
import json
import re
import time

from journeys import Broken
from keys import bound, listed, said, strays
from stage import STACK
from wire import Wire, logical_names

# Rights that Lambda and the event source use; an emulator does this work without the role.
PLATFORM = {
    "logs:CreateLogStream": "Lambda creates a container's log stream",
    "logs:PutLogEvents": "Lambda writes the function's output",
    "xray:PutTraceSegments": "Lambda reports how long an invocation took",
    "xray:PutTelemetryRecords": "Lambda reports what it left out of the trace",
    "sqs:ReceiveMessage": "the event source receives the messages",
    "sqs:DeleteMessage": "the event source deletes delivered messages",
    "sqs:GetQueueAttributes": "the event source reads the queue's settings",
}
SERVICES = ["DYNAMODB", "SQS", "SECRETS_MANAGER"]
SECRET = "secretsmanager:GetSecretValue"
HEAD = """# Permissions

Every right of every function, with the proof that it is used. `tests/cloud/run --write` writes this file, and every run
compares it with the deployed stack ([how](operations.md#prove-it-without-an-account)). A run fails if a function makes a
call that is not listed, or if nothing uses a right.

| used | means |
|---|---|
| missed | The function makes this call in its journey. With this right removed from its role, the account refused exactly this call, and the journey failed. |
| platform | AWS itself makes this call with the function's role, for the stated reason. No code of ours makes it. |

Where keys are named, the right covers only the items whose partition key matches. The emulated account does not
evaluate this condition, so each recorded call is checked against it.

| function | action | on | used |
|---|---|---|---|
"""


class Rights:
    def __init__(self, stage, journeys):
        self.stage, self.journeys = stage, journeys
        self.iam, self.functions = stage.client("iam"), journeys.functions
        self.logical = logical_names(stage.physical)
        self.wire = Wire(stage.endpoint, self.logical)
        self.rows, self.bounds = [], {}

    def role(self, function):
        name = "".join(word.title() for word in function.split("-")) + "Role"
        return self.stage.physical[name]

    def policy(self, function):
        document = self.iam.get_role_policy(RoleName=self.role(function), PolicyName=function)["PolicyDocument"]
        return json.loads(document) if isinstance(document, str) else document

    def put(self, function, document):
        self.iam.put_role_policy(RoleName=self.role(function), PolicyName=function, PolicyDocument=json.dumps(document))

    def mend(self, functions):
        """Adapts the policies to the emulator. It resolves a `!Ref` of a secret to the name instead of the ARN, which
        matches no policy. It does not supply the key of an item, so a right limited to keys would grant nothing."""
        secrets = self.stage.client("secretsmanager").list_secrets()["SecretList"]
        arns = {secret["Name"]: secret["ARN"] for secret in secrets}
        for function in functions:
            document = self.policy(function)
            self.bounds[function] = bound(document, self.logical)
            for statement in document["Statement"]:
                statement.pop("Condition", None)
                statement["Resource"] = [arns.get(one, one) for one in listed(statement["Resource"])]
            self.put(function, document)
        print("fixed: secrets in policies are named by ARN (the emulator resolves their Ref to a name)")
        print("left out: the condition on an item's key (the emulator does not supply it); calls are checked against it here")

    def listen(self, functions):
        """Connects each function to the account through the wire."""
        for function in functions:
            config = self.functions.get_function_configuration(FunctionName=f"{STACK}-{function}")
            address = f"http://127.0.0.1:{self.wire.port_of(function)}"
            # One variable per service, because the emulator overrides the common one.
            lines = {f"AWS_ENDPOINT_URL_{service}": address for service in SERVICES}
            self.fresh(function, Environment={"Variables": config["Environment"]["Variables"] | lines})
        print(f"added: {len(functions)} functions reach the account through a recorder (AWS_ENDPOINT_URL_*)")

    def fresh(self, function, **more):
        """A new version, whose first process has read no secret yet."""
        name = f"{STACK}-{function}"
        self.functions.update_function_configuration(FunctionName=name, Description=f"{time.time()}", **more)
        version = self.functions.publish_version(FunctionName=name)["Version"]
        self.functions.update_alias(FunctionName=name, Name="live", FunctionVersion=version)

    def granted(self, document):
        for statement in document["Statement"]:
            for action in listed(statement["Action"]):
                for resource in listed(statement["Resource"]):
                    yield action, resource

    def own(self, document):
        """The rights that a function's own code needs, with the template's names."""
        return {(a, self.logical(r)) for a, r in self.granted(document) if a not in PLATFORM}

    def without(self, document, gone):
        """The same document with fewer rights."""
        less = copy.deepcopy(document)
        less["Statement"] = [{"Effect": "Allow", "Action": action, "Resource": resource}
                             for action, resource in self.granted(document) if (action, resource) not in gone]
        return less

    def stray(self, functions):
        """Calls without a right and rights without a call, recorded while every right was granted."""
        findings = []
        for function in functions:
            calls, own = self.wire.since(0, function), self.own(self.policy(function))
            called = {call.right for call in calls}
            findings += [f"{function} calls {said(right)}, which it is not granted" for right in sorted(called - own)]
            findings += [f"{function} never calls {said(right)}" for right in sorted(own - called)]
            refused = {call.right for call in calls if call.denied}
            findings += [f"{function} was refused {said(right)} during the journeys" for right in sorted(refused)]
            findings += strays(function, calls, self.bounds[function])
            print(f"{function}: {len(calls)} calls recorded, {len(called)} kinds, {len(own)} rights of its own")
        return findings

    def wrong_key(self, function="create-order", key="P#sandbox#evt_played"):
        """Makes one call with a key outside the role's patterns: the check above must find this call and no other."""
        mark = len(self.wire.calls)
        table = self.stage.client("dynamodb", f"http://127.0.0.1:{self.wire.port_of(function)}")
        table.put_item(TableName=f"{STACK}-payments", Item={"pk": {"S": key}})
        self.journeys.forget()
        bounds = {right: found for right, found in self.bounds[function].items() if right[0] == "dynamodb:PutItem"}
        played, self.wire.calls[mark:] = self.wire.since(mark, function), []
        findings = [one for one in strays(function, played, bounds) if key in one]
        print(f"a wrong key: {findings[0] if findings else 'NOT FOUND'}", flush=True)
        return [] if len(findings) == 1 else [f"{function} put {key} unnoticed"]

    def on(self, function, right):
        """The resource as written in the document."""
        keys = self.bounds[function].get(right)
        return right[1] + (f", keys {' '.join(keys)}" if keys else "")

    def prove(self, function):
        """Takes each right away once. Returns the rights that were not missed, as failures."""
        document, failures = self.policy(function), []
        try:
            for right in self.granted(document):
                named = (right[0], self.logical(right[1]))
                if right[0] in PLATFORM:
                    self.rows.append((function, named[0], self.on(function, named), "platform: " + PLATFORM[right[0]]))
                    continue
                self.put(function, self.without(document, [right]))
                failures += self.missed(function, named)
            self.put(function, self.without(document, [one for one in self.granted(document) if one[0] == SECRET]))
            failures += self.cold(function, self.own(document))
        finally:
            self.put(function, document)
        self.fresh(function)
        try:
            self.journeys.live(function)
        except Broken as broken:
            failures.append(f"{function} with all rights again: {broken}")
        return failures

    def missed(self, function, right):
        """Checks that the account refused exactly this right and that the journey failed."""
        broke, refused = self.lived(function)
        if broke and not refused:
            # The journey failed before the function made the call: the gateway was slow on a busy machine.
            print(f"  again without {said(right)}: {broke[:100]}", flush=True)
            broke, refused = self.lived(function)
        faults = [] if broke else ["its journey passes"]
        faults += [] if right in refused else ["the account does not refuse this call"]
        faults += [f"the account refuses {said(other)}" for other in sorted(set(refused) - {right})]
        detail = f"refused {refused.count(right)} times; {broke or 'the journey passes'}"
        print(f"  without {said(right)}: {detail[:150]}{'  NOT MISSED' if faults else ''}", flush=True)
        if not faults:
            self.rows.append((function, right[0], self.on(function, right), "missed"))
        return [f"{function} without {said(right)}: {fault}" for fault in faults]

    def lived(self, function):
        """Where the function's journey failed, if it did, and the calls that the account refused meanwhile."""
        self.fresh(function)
        mark, broke = len(self.wire.calls), None
        try:
            self.journeys.live(function)
        except Broken as broken:
            broke = str(broken)
        return broke, [call.right for call in self.wire.since(mark, function) if call.denied]

    def cold(self, function, own):
        """A start without access to secrets: each early read is refused, belongs to the function's rights, and does not
        end the process."""
        self.fresh(function)
        mark = len(self.wire.calls)
        # Neither an API nor a queue sends this event, so it is refused after the start.
        answer = self.functions.invoke(FunctionName=f"{STACK}-{function}:live", Payload=b'"nothing"')
        text = answer["Payload"].read().decode(errors="replace")
        calls = self.wire.since(mark, function)
        faults = [f"reads {said(call.right)} ahead" for call in calls
                  if not call.denied or call.right not in own or call.right[0] != SECRET]
        faults += [] if calls else ["reads nothing ahead"]
        # An API function answers 400, any other with an error about the event; `Runtime.…` means that the process ended.
        refused = re.search('"statusCode": ?400', text) or ("errorType" in text and "Runtime." not in text)
        faults += [] if refused else [f"does not start: {text[:150]}"]
        print(f"  a start without secrets: {len(calls)} calls, all refused, and it runs"
              if not faults else f"  a start without secrets: {'; '.join(faults)}", flush=True)
        return [f"{function} without secrets: {fault}" for fault in faults]

    def held(self, path, write):
        """The document lists exactly the rights found."""
        shared = [("every function", action, "FunctionsLog" if action.startswith("logs") else "*",
                   "platform: " + why) for action, why in PLATFORM.items() if not action.startswith("sqs")]
        rows = [f"| {function} | `{action}` | {on} | {used} |\n" for function, action, on, used in self.rows + shared]
        text = HEAD + "".join(rows)
        if write:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path}: {len(rows)} rights")
            return []
        known = path.read_text(encoding="utf-8") if path.exists() else ""
        return [] if known == text else [f"{path.name} differs from the rights found; run tests/cloud/run --write"]
