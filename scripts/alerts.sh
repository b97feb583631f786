# shellcheck shell=bash
# shellcheck disable=SC2154 # the names below are those of check-api
# Sourced by scripts/check-api: a real Prometheus scrapes the agent, one harm after the other is
# done to it, and the alert about each has to fire. `work`, `agent`, `socket` and the ports are
# those of whoever sources it, as are `locally`, `run_agent` and `is_ready`.

# ---- Metrics

check_metrics() {
    curl --silent --show-error --fail --max-time 10 \
        -H "Authorization: Bearer $(cat "$work/viewer.key")" \
        "http://127.0.0.1:$api_port/metrics" >"$work/metrics.txt" || die 'no metrics'
    promtool check metrics <"$work/metrics.txt" || die 'promtool objects to the metrics'
    local name
    while read -r name; do
        grep -q "^${name}[ {]" "$work/metrics.txt" ||
            die "$name of etc/prometheus/jamey.rules.yml is no metric"
    done < <(grep -o 'jamey_[a-z_]*' etc/prometheus/jamey.rules.yml | sort -u)
}

# The shipped files, with this agent's port and key; and everything faster than on a real site.
start_prometheus() {
    prometheus_port=$(free_port)
    mkdir "$work/prometheus"
    sed -e "s/127.0.0.1:8642/127.0.0.1:$api_port/" -e "s|: jamey.key|: $work/viewer.key|" \
        -e 's/\(_interval\): 15s/\1: 1s/' etc/prometheus/prometheus.example.yml \
        >"$work/prometheus/prometheus.yml"
    sed -e 's/for: [0-9]*m$/for: 2s/' etc/prometheus/jamey.rules.yml \
        >"$work/prometheus/jamey.rules.yml"
    promtool check config "$work/prometheus/prometheus.yml" >"$work/promtool.log" ||
        die "promtool: $(cat "$work/promtool.log")"
    setsid prometheus --config.file="$work/prometheus/prometheus.yml" \
        --storage.tsdb.path="$work/prometheus/data" --log.level=warn \
        --web.listen-address="127.0.0.1:$prometheus_port" \
        >"$work/prometheus.log" 2>&1 </dev/null &
    started+=($!)
    await 30 is_scraped || die "Prometheus does not scrape: $(tail -5 "$work/prometheus.log")"
}

# asked PATH TEXT: whether the answer of Prometheus's API has it.
asked() {
    [[ $(curl --silent --max-time 5 "http://127.0.0.1:$prometheus_port/api/v1/$1") == *"$2"* ]]
}

is_scraped() { asked targets '"health":"up"' && asked 'query?query=jamey_online' '"value":['; }
fires() { asked 'query?query=ALERTS%7Balertstate%3D%22firing%22%7D' "\"alertname\":\"$1\""; }
fires_no_longer() { ! fires "$1"; }

# Ten scrapes, with a look at the rules after each: what waits for two seconds has had its time.
is_settled() { asked 'query?query=count_over_time(jamey_online%5B1m%5D)%3E%3D10' '"value":['; }
# And no alert has fired in all that time.
was_calm() {
    asked 'query?query=count_over_time(ALERTS%7Balertstate%3D%22firing%22%7D%5B1m%5D)' '"result":[]'
}

# await_alert NAME: within a minute.
await_alert() {
    await 60 fires "$1" || die "$1 does not fire: $(tail -5 "$work/prometheus.log")"
    echo "check-api: $1 fires"
}

check_alerts() {
    await 60 is_settled || die "Prometheus scrapes no longer: $(tail -5 "$work/prometheus.log")"
    was_calm || die "an agent that is well has alerts: $(curl --silent --max-time 5 \
        "http://127.0.0.1:$prometheus_port/api/v1/alerts")"
    guess
    raise_storm
    lose_decisions
    take_disk
    ! fires JameyBrokerDown || die 'JameyBrokerDown fires although the broker is there'
    stop_broker_hearing
    # One that stands still for long counts as gone.
    await 60 fires_no_longer JameyBrokerDown ||
        die 'JameyBrokerDown fires although the broker goes on'
    kill -TERM "$broker_pid"
    await_alert JameyBrokerDown
    await_alert JameyNotOnline
    ! fires JameyDown || die 'JameyDown fires although the agent answers'
    stop "$agent"
    await_alert JameyDown
}

# Rule files that are wrong, until they are right again.
refuse_rules() {
    echo 'rules: [1]' >"$work/rules.d/99-wrong.yaml"
    kill -HUP "$agent"
    await_alert JameyRulesRefused
    rm "$work/rules.d/99-wrong.yaml"
    kill -HUP "$agent"
    await 60 fires_no_longer JameyRulesRefused ||
        die 'JameyRulesRefused fires although the rules are good'
}

# Keys that nobody has, by MQTT: the addresses that schemathesis came from stay as they are.
guess() {
    local number key
    for number in 0 1 2 3 4 5; do
        key=jamey_00000000000${number}_$(printf 'A%.0s' {1..43})
        mosquitto_pub -p "$broker_port" -q 1 -t jamey/check/api/requests \
            -m '{"method":"GET","path":"/status","headers":{"Authorization":"Bearer '"$key"'"}}'
    done
    await_alert JameyAPILockedOut
}

# An alert that comes and goes with every second message.
raise_storm() {
    cat >"$work/rules.d/98-storm.yaml" <<'EOF'
rules:
  - { name: storm, on: press-telemetry, when: has(payload.n) && payload.n == 1 }
  - { name: numbers, on: press-telemetry, when: has(payload.word) && int(payload.word) > 1 }
EOF
    kill -HUP "$agent"
    await 20 has_storm_rule || die "the rule of the storm is not in force: $(locally /rules)"
    local number
    for ((number = 0; number < 1500; number++)); do
        echo "{\"n\":$((number % 2))}"
    done | mosquitto_pub -p "$broker_port" -q 1 -t plant/1/press-9/telemetry -l
    await_alert JameyAlertStorm
}

# An alarm that the broker refuses, a word where a rule wants a number, and a message of more than
# 1 MiB: each is counted, and each count is what the alert is about.
lose_decisions() {
    ! fires JameyDecisionsLost || die 'JameyDecisionsLost fires although nothing was lost'
    mosquitto_pub -p "$broker_port" -q 1 -t plant/1/unheard/telemetry -m '{"temp":95.5}'
    mosquitto_pub -p "$broker_port" -q 1 -t plant/1/press-9/telemetry -m '{"word":"one"}'
    head -c 1048577 /dev/zero |
        mosquitto_pub -p "$broker_port" -q 1 -t plant/1/press-9/telemetry -s
    await_alert JameyDecisionsLost
    local name
    for name in publications_dropped messages_oversized rule_failures; do
        await 20 increases "jamey_${name}_total" ||
            die "jamey_${name}_total does not increase: $(tail -5 "$work/jameyd.log")"
    done
}

increases() { asked "query?query=increase($1%5B15m%5D)%3E0" '"value":['; }

# The broker keeps the connection and confirms nothing, while decisions go on; rules are refused in
# the same time. Then it goes on as well, and has everything.
stop_broker_hearing() {
    kill -STOP "$broker_pid"
    # What stands behind # is not sent: the same request 1,100 times, on one connection.
    locally '/evaluate#[1-1100]' --fail-early --json '{"action":"start"}' --output /dev/null ||
        die "nothing is judged without the broker: $(tail -3 "$work/curl.log")"
    refuse_rules
    await_alert JameyOutboxGrowing
    kill -CONT "$broker_pid"
    await 60 has_sent_all ||
        die "the broker goes on, and what waited stays: $(tail -5 "$work/jameyd.log")"
    await 60 fires_no_longer JameyOutboxGrowing ||
        die 'JameyOutboxGrowing fires although nothing waits'
}

has_sent_all() {
    local depth='"outbox_depth": *0[,}]'
    [[ $(locally /status) =~ $depth ]]
}

# The disk shrinks to little more than what is on it; then it is filled, and has room again.
take_disk() {
    if [ "$has_disk" = no ]; then
        skipped+=', JameyDiskLow and JameyCommitsFailing, for which root has to mount a disk'
        return
    fi
    local used pad
    used=$(nsenter -t "$agent" -m df --output=used -k "$work/disk" | tail -1)
    resize_disk $((used * 104 / 100))
    await_alert JameyDiskLow
    pad=$(printf 'x%.0s' {1..32000})
    await 60 fires_while_said JameyCommitsFailing "{\"n\":0,\"pad\":\"$pad\"}" ||
        die "JameyCommitsFailing does not fire: $(tail -5 "$work/jameyd.log")"
    echo 'check-api: JameyCommitsFailing fires'
    # More than before, for the decisions that are still to be made.
    resize_disk 262144
    await 60 is_ready || die "with room again the agent is not well: $(tail -5 "$work/jameyd.log")"
}

resize_disk() { nsenter -t "$agent" -m mount -o "remount,size=$1k" "$work/disk"; }

fires_while_said() {
    mosquitto_pub -p "$broker_port" -q 1 -t plant/1/press-9/telemetry -m "$2"
    fires "$1"
}

has_storm_rule() {
    local name='"name": *"storm"'
    [[ $(locally '/rules?limit=1000') =~ $name ]]
}
