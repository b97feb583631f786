"""Rule files for measurements: one rule fires on a reading that is too hot, the others never."""

ROUTE = """routes:
  - name: bench
    topic: plant/{line}/{device}/telemetry
    entity: "{device}"
    record: all
rules:
"""

RULE = """  - name: {name}
    description: A threshold for measuring
    on: bench
    when: {when}
"""

# What `jameysim probe` proposes is approved.
PROBE = """routes:
  - name: probe
    guard: { propose: bench/probe/proposed, approved: bench/probe, denied: bench/probe/denied }
    default: approve
"""

# Above anything that the load sends (bench/processes.py runs `jameysim load`).
NEVER = (
    "payload.temp > {}.5",
    "payload.vib > {}.25",
    "payload.rpm > 1{:04d}",
    "payload.amp > {}.0",
)


def thresholds(count):
    """`count` rules on one topic: one that fires, the rest thresholds that are never reached."""
    rules = [RULE.format(name="hot", when="payload.temp > 80.0")]
    for number in range(1, count):
        when = NEVER[number % len(NEVER)].format(100 + number)
        rules.append(RULE.format(name=f"never-{number}", when=when))
    return {"bench.yaml": ROUTE + "".join(rules)}
