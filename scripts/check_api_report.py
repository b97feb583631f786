"""What schemathesis was answered with one role, held against the roles of the document.

    check_api_report.py DOCUMENT ROLE REPORT

No answer without a fault of its own is enough: a route that refuses everybody has none either. So
each route that a role may use was carried out or found nothing there, each other one was refused
always, and nobody was held back by a limit.
"""

import collections
import json
import sys

RANKS = {"none": 0, "anyone": 0, "viewer": 1, "operator": 2, "admin": 3}
METHODS = ("get", "put", "post", "delete")


def main():
    document, role, report = sys.argv[1:]
    with open(document, encoding="utf-8") as file:
        paths = json.load(file)["paths"]
    operations = {
        f"{method.upper()} {path}": operation
        for path, members in paths.items() for method, operation in members.items()
        if method in METHODS
    }
    answers = counted(report)
    faults = [
        fault for name, operation in operations.items()
        for fault in judged(name, operation, role, answers.get(name, {}))
    ]
    for fault in faults:
        print(fault)
    total = collections.Counter()
    for statuses in answers.values():
        total.update(statuses)
    told = ", ".join(f"{status}: {count}" for status, count in sorted(total.items()))
    print(f"answers to {role}: {told}")
    sys.exit(1 if faults else 0)


# Streams that were left hold their places for a moment (scripts/schemathesis.toml).
BOUNDED = {"GET /events"}


def counted(report):
    """How often each operation was answered with each status, by its own method."""
    answers = collections.defaultdict(collections.Counter)
    with open(report, encoding="utf-8") as file:
        for line in file:
            recorder = json.loads(line).get("ScenarioFinished", {}).get("recorder")
            if not recorder:
                continue
            label = recorder["label"]
            for number, interaction in recorder.get("interactions", {}).items():
                case = recorder["cases"][number]
                is_probe = case.get("parent_id") is not None
                request, response = interaction["request"], interaction["response"]
                if response is None or is_probe or request["method"] != label.split()[0]:
                    continue
                answers[label][response["status_code"]] += 1
    return answers


def judged(name, operation, role, statuses):
    """What is wrong with the answers that one route gave to a role."""
    rank, needed = RANKS[role], RANKS[operation["x-jamey-role"]]
    # The role that one route needs depends on a parameter.
    needed_at_least = RANKS.get(operation.get("x-jamey-role-dry-run"), needed)
    if not statuses:
        yield f"{name}: was not asked"
    elif 429 in statuses and name not in BOUNDED:
        yield f"{name}: was held back by a limit: {dict(statuses)}"
    elif rank >= needed:
        if statuses.keys() & {401, 403}:
            yield f"{name}: refused {role}: {dict(statuses)}"
        if not any(is_done(name, status) for status in statuses):
            yield f"{name}: never did anything for {role}: {dict(statuses)}"
    elif rank < needed_at_least:
        if not statuses.keys() & {401, 403}:
            yield f"{name}: never refused {role}: {dict(statuses)}"
        if any(status < 400 for status in statuses):
            yield f"{name}: did something for {role}: {dict(statuses)}"


def is_done(name, status):
    """Whether a request came as far as what it is about, which may be nothing.

    Names of keys and digests of rules are not thought up: that rotating, revoking, writing,
    promoting and rolling back succeed is what check_changes of scripts/check-api asks for.
    """
    is_plain_read = name.startswith("GET ") and "{" not in name
    return status < 300 or (not is_plain_read and status in (404, 409, 412))


if __name__ == "__main__":
    main()
