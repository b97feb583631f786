# shellcheck shell=bash
# Shared by the scripts beside it: source it, do not run it.
# shellcheck disable=SC2034 # what it sets is read there

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

die() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# What building and running needs.
build_packages=(libmosquitto-dev libsqlite3-dev pkg-config)
run_packages=("${build_packages[@]}" mosquitto mosquitto-clients)
# What the tests need besides: certificates, packet filters, injected faults, false clocks, linters,
# what shows manual pages, what asks the API.
test_packages=(
    "${run_packages[@]}" openssl iproute2 nftables
    fiu-utils libfiu-dev faketime systemd shellcheck mandoc man-db
    curl python3 python3-venv prometheus
)
# What uses the dashboard.
browser_packages=(chromium fonts-dejavu-core)

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "root is needed to run: $*"
    fi
}

# Whether root is had without a question to a person.
installs_silently() {
    [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null
}

is_installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# install_missing PACKAGE...: installs what is not there; asks for root only then.
install_missing() {
    command -v swift >/dev/null || die "Swift 6 is not on the PATH: see https://swift.org/install"
    local missing=() package
    if ! command -v dpkg-query >/dev/null; then
        echo "not a Debian: taking it that these are installed: $*"
        return
    fi
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    if [ ${#missing[@]} -eq 0 ]; then
        return
    fi
    echo "installing ${missing[*]}"
    # Installing Debian's mosquitto would start it on port 1883; a policy of 101 forbids that.
    # shellcheck disable=SC2016 # root's shell expands it
    as_root sh -c '
        # A failed build ends what runs beside it by this; packages left half installed would be in
        # the way of every later attempt. What is ignored here is ignored by apt and dpkg too.
        trap "" TERM
        set -e
        policy=/usr/sbin/policy-rc.d
        if [ ! -e $policy ]; then
            trap "rm -f $policy" EXIT
            printf "#!/bin/sh\nexit 101\n" >$policy
            chmod 755 $policy
        fi
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends "$@" >/dev/null
    ' sh "${missing[@]}"
}

# port_answers PORT: whether something listens there on the loopback.
port_answers() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# free_port: prints a loopback port on which nobody listens now.
free_port() {
    local port
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        if ! port_answers "$port"; then
            echo "$port"
            return
        fi
    done
    die "no free port was found"
}

# await SECONDS COMMAND...: tries the command until it succeeds; fails at the deadline.
await() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.05
    done
}

# start_mosquitto DIRECTORY: a broker of our own on a free loopback port, its files in DIRECTORY.
# Sets broker_pid and broker_port. Further lines of configuration come from standard input.
start_mosquitto() {
    local directory=$1 extra attempt
    extra=$(cat)
    for attempt in 1 2 3 4 5 6 7 8 9 10; do
        broker_port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        if port_answers "$broker_port"; then
            continue
        fi
        printf 'listener %s 127.0.0.1\n%s\n' "$broker_port" "$extra" >"$directory/mosquitto.conf"
        setsid "$(mosquitto_path)" -c "$directory/mosquitto.conf" \
            >"$directory/mosquitto.log" 2>&1 </dev/null &
        broker_pid=$!
        if await 10 broker_is_decided && kill -0 "$broker_pid" 2>/dev/null; then
            return
        fi
    done
    cat "$directory/mosquitto.log" >&2
    die "mosquitto did not start in $attempt attempts"
}

# Either it listens or it has given up.
broker_is_decided() {
    ! kill -0 "$broker_pid" 2>/dev/null || port_answers "$broker_port"
}

# Debian keeps it in /usr/sbin, which is not on everyone's PATH.
mosquitto_path() {
    PATH=$PATH:/usr/sbin:/sbin command -v mosquitto || die "mosquitto is not installed"
}

# stop PID...: asks each to end and waits; one that does not within 10 s is killed.
stop() {
    local pid
    for pid in "$@"; do
        kill -TERM "$pid" 2>/dev/null || continue
        await 10 is_gone "$pid" || kill -KILL "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null || true
    done
}

# Gone, or a zombie that only waits to be collected.
is_gone() {
    local line
    line=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
    [[ ${line##*) } == Z* ]]
}
