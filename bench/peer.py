"""Another evaluator, asked the same question as ours, in a process of its own.

    peer.py NAME                    a round of measurements for every line that comes
    peer.py NAME --once CASE COUNT  only that case, so often: for a profiler

Run by peers.py with the python that the evaluator is installed for. The first line of the standard
input is what `jameysim cel --show` prints. Everything that is answered is a line of JSON.
"""

import gc
import importlib.metadata
import itertools
import json
import statistics
import sys
import time

# A round goes through the cases so often, for so long each; what comes of it are medians.
SLICES = 9
SLICE_NS = 20_000_000
# How often the condition is asked within one call, to spread what the call costs.
TURNS = 100

ZEN = {
    'payload.temp > 80.0 && payload.unit == "C" && topic.startsWith("plant/") '
    "&& payload.vib.exists(v, v > 7.1)":
    'payload.temp > 80.0 and payload.unit == "C" and startsWith(topic, "plant/") '
    "and some(payload.vib, # > 7.1)",
}


# By case, what is evaluated, on the calm message where the answer is no. `call` is as good as
# nothing, and so costs what a call costs; the repetitions of a constant likewise.
TEXTS = {
    "all": "{}",
    "first-false": "{}",
    "call": "true",
    "repeated": "turns.all(turn, {})",
    "repeated-call": "turns.all(turn, true)",
    "repeated-false": "turns.exists(turn, {})",
    "repeated-false-call": "turns.exists(turn, false)",
}


def is_no(case):
    return "false" in case


def bindings(setup, payload):
    """The variables as objects of python."""
    return {
        "payload": json.loads(setup[payload]), "topic": setup["topic"], "turns": list(range(TURNS)),
    }


def google(setup):
    """Google's C++. The variables are bound once."""
    from cel_expr_python import cel

    kinds = cel.Type
    environment = cel.NewEnv(
        variables={"payload": kinds.DYN, "topic": kinds.STRING, "turns": kinds.List(kinds.INT)})
    hot = environment.Activation(bindings(setup, "payload"))
    calm = environment.Activation(bindings(setup, "calm_payload"))

    def asked(text, activation):
        evaluate = environment.compile(text).eval
        return lambda: evaluate(activation).value()

    cases = {
        case: asked(text.format(setup["expression"]), calm if is_no(case) else hot)
        for case, text in TEXTS.items()
    }
    evaluate, payload, topic = environment.compile(setup["expression"]).eval, setup["payload"], \
        setup["topic"]
    cases["from-text"] = lambda: evaluate(
        data={"payload": json.loads(payload), "topic": topic}).value()
    return cases


def celpy(setup):
    """Python. Of its two runners the faster one, which makes python of the condition."""
    import celpy as library

    environment = library.Environment(runner_class=library.CompiledRunner)
    hot = library.json_to_cel(bindings(setup, "payload"))
    calm = library.json_to_cel(bindings(setup, "calm_payload"))

    def asked(text, activation):
        evaluate = environment.program(environment.compile(text)).evaluate
        return lambda: evaluate(activation)

    cases = {
        case: asked(text.format(setup["expression"]), calm if is_no(case) else hot)
        for case, text in TEXTS.items()
    }
    evaluate = environment.program(environment.compile(setup["expression"])).evaluate
    payload, topic = setup["payload"], setup["topic"]
    cases["from-text"] = lambda: evaluate(
        library.json_to_cel({"payload": json.loads(payload), "topic": topic}))
    return cases


def rust(setup):
    """Rust. The variables are bound once."""
    import cel

    hot = cel.Context(variables=bindings(setup, "payload"))
    calm = cel.Context(variables=bindings(setup, "calm_payload"))

    def asked(text, context):
        execute = cel.compile(text).execute
        return lambda: execute(context)

    cases = {
        case: asked(text.format(setup["expression"]), calm if is_no(case) else hot)
        for case, text in TEXTS.items()
    }
    execute, payload = cel.compile(setup["expression"]).execute, setup["payload"]
    renewed = cel.Context(variables=bindings(setup, "payload"))

    def from_text():
        renewed.add_variable("payload", json.loads(payload))
        return execute(renewed)

    cases["from-text"] = from_text
    return cases


def zen(setup):
    """Rust, in a language of its own. It takes JSON, which it reads with every call."""
    import zen as library

    predicate = ZEN[setup["expression"]]
    topic = json.dumps(setup["topic"])

    def message(payload, more=""):
        return f'{{"payload":{setup[payload]},"topic":{topic}{more}}}'

    turns = f',"turns":{list(range(TURNS))}'
    hot, calm = message("payload"), message("calm_payload")
    hot_turns, calm_turns = message("payload", turns), message("calm_payload", turns)

    def asked(text, context):
        evaluate = library.compile_expression(text).evaluate
        return lambda: evaluate(context)

    return {
        "all": asked(predicate, hot),
        "first-false": asked(predicate, calm),
        "call": asked("true", hot),
        "repeated": asked(f"all(turns, {predicate})", hot_turns),
        "repeated-call": asked("all(turns, true)", hot_turns),
        "repeated-false": asked(f"some(turns, {predicate})", calm_turns),
        "repeated-false-call": asked("some(turns, false)", calm_turns),
        # The call reads the message anyway.
        "from-text": asked(predicate, hot),
    }


PEERS = {
    "cel-expr-python": google, "cel-python": celpy, "common-expression-language": rust,
    "zen-engine": zen,
}


def timed(ask, count):
    """Nanoseconds of so many calls, and how often the answer was yes."""
    held = 0
    gc.collect()
    gc.disable()
    start = time.perf_counter_ns()
    for _ in itertools.repeat(None, count):
        if ask():
            held += 1
    took = time.perf_counter_ns() - start
    gc.enable()
    return took, held


def measured(case, ask, count):
    """Nanoseconds an evaluation. A wrong answer ends it."""
    took, held = timed(ask, count)
    expected = 0 if is_no(case) else count
    if held != expected:
        raise ValueError(f"{case}: held {held} times of {count}, not {expected}")
    return took / count / (TURNS if case.startswith("repeated") else 1)


def fitting(ask):
    """As many calls as a slice has time for."""
    timed(ask, 3)
    took, _ = timed(ask, 3)
    return min(1_000_000, max(2, 3 * SLICE_NS // took))


def a_round(cases, counts):
    """The median of the slices, by case; the cases take turns, so that all see the same minutes."""
    slices = [
        {case: measured(case, ask, counts[case]) for case, ask in cases.items()}
        for _ in range(SLICES)
    ]
    return {case: statistics.median(each[case] for each in slices) for case in cases}


def main():
    name, *rest = sys.argv[1:]
    setup = json.loads(sys.stdin.readline())
    cases = PEERS[name](setup)
    if rest:
        _, case, count = rest
        measured(case, cases[case], int(count))
        return
    counts = {case: fitting(ask) for case, ask in cases.items()}
    print(json.dumps({"version": importlib.metadata.version(name)}), flush=True)
    for _ in sys.stdin:
        print(json.dumps(a_round(cases, counts)), flush=True)


if __name__ == "__main__":
    main()
