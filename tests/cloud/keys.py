"""Checks the key of each recorded call against the key patterns of the role's rights.

The emulated account does not supply `dynamodb:LeadingKeys`, so it never refuses a call for its key; a real one does."""

import re

LEADING = "dynamodb:LeadingKeys"
# Without this, a request that names no key would fit every pattern.
NAMED = {"Null": {LEADING: "false"}}


def listed(value):
    return value if isinstance(value, list) else [value]


def patterns_of(statement):
    """The patterns to which a statement limits keys; none if it has no condition."""
    condition = statement.get("Condition")
    if condition is None:
        return []
    like = condition.get("ForAllValues:StringLike", {})
    if set(like) != {LEADING} or condition != {"ForAllValues:StringLike": like, **NAMED}:
        raise ValueError(f"unknown form of condition: {condition}")
    return listed(like[LEADING])


def bound(document, logical):
    """For each right, the patterns of all statements that grant it."""
    found = {}
    for statement in document["Statement"]:
        for action in listed(statement["Action"]):
            for resource in listed(statement["Resource"]):
                found.setdefault((action, logical(resource)), []).extend(patterns_of(statement))
    return {right: patterns for right, patterns in found.items() if patterns}


def key_of(asked):
    """The partition key that a request names."""
    return (asked.get("Key") or asked.get("Item") or {}).get("pk", {}).get("S")


def fits(pattern, key):
    """Like IAM's StringLike: `*` is any text, `?` any character."""
    parts = [{"*": ".*", "?": "."}.get(part, re.escape(part)) for part in re.split(r"([*?])", pattern)]
    return re.fullmatch("".join(parts), key, re.DOTALL) is not None


def strays(function, calls, bounds):
    """Calls with a key outside the role's patterns, and patterns that no call needed."""
    findings, used = [], set()
    for call in calls:
        patterns = bounds.get(call.right)
        if patterns is None:
            if call.right[0].startswith("dynamodb:") and call.key is not None:
                findings.append(f"{function} may {said(call.right)} with any key")
            continue
        fitting = [pattern for pattern in patterns if call.key is not None and fits(pattern, call.key)]
        used.update((call.right, pattern) for pattern in fitting)
        if not fitting:
            findings.append(f"{function} calls {said(call.right)} with the key {call.key}, which is not {' or '.join(patterns)}")
    idle = [(right, pattern) for right, patterns in bounds.items() for pattern in patterns if (right, pattern) not in used]
    findings += [f"{function} never calls {said(right)} with a key of {pattern}" for right, pattern in sorted(idle)]
    return list(dict.fromkeys(findings))


def said(right):
    return f"{right[0]} on {right[1]}"
