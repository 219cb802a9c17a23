# Messages, steps, child processes and locks. Sourced by ./dev.
# shellcheck shell=bash

state=$root/.host # everything the host makes; ./dev clean removes it
logs=$state/log

# Odoo is compiled once, not by each of its processes (5 s of 8), whatever a container
# says; and no source folder gets files of ours.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX=$state/pycache

say() { printf '%s\n' "$*"; }

die() {
    printf 'dev: %s\n' "$*" >&2
    exit 1
}

# --- child processes --------------------------------------------------------------

children=() # by process id

# Starts a command in the background as a process group of its own: Ctrl-C then
# reaches only this script, which passes it on once (Odoo takes a second one as
# "stop without cleaning up"). Sets $child.
start_child() {
    set -m
    "$@" &
    child=$!
    set +m
    children[child]=running
}

wait_for_child() {
    local status=0
    wait "$1" || status=$?
    unset "children[$1]"
    return "$status"
}

# side_by_side COMMAND COMMAND...: all of them at once, a core for each. What a step in
# them has to say it says when it is over, for a line can't be shared.
side_by_side() {
    local command pid pids=() status=0
    for command in "$@"; do
        start_child on_one_side "$command"
        pids+=("$child")
    done
    for pid in "${pids[@]}"; do wait_for_child "$pid" || status=1; done
    ((status == 0)) || exit 1
}

on_one_side() {
    side_by_side=yes
    children=() # the others are not ours to stop
    trap stop_children EXIT
    trap 'exit 1' INT TERM HUP
    "$1"
}

side_by_side=

stop_children() {
    local child patience
    for child in "${!children[@]}"; do
        kill -TERM -- "-$child" 2>/dev/null || continue
        for ((patience = 150; patience > 0; patience--)); do
            kill -0 -- "-$child" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL -- "-$child" 2>/dev/null || true
    done
    children=()
}

on_signal() {
    printf '\nStopping.\n' >&2
    exit $((128 + $1))
}

# The last thing every ./dev does, however it ends.
leave() {
    local status=$?
    trap '' INT TERM HUP
    trap - EXIT
    stop_children
    release_postgres
    exit "$status"
}

trap_signals() {
    trap leave EXIT
    trap 'on_signal 1' HUP
    trap 'on_signal 2' INT
    trap 'on_signal 15' TERM
}

# --- steps ------------------------------------------------------------------------

# step LABEL HINT COMMAND...: runs a command with its output in a log and says how long
# it took. A failure ends everything, and says which step it was, why, and what to do.
# Never call it from a condition (`if step`, `step ||`): bash would then ignore what
# fails inside COMMAND when that is a function.
step() {
    local label=$1 hint=$2
    shift 2
    run_step "$label" "$@"
    ((step_status == 0)) || die "\"$label\" failed; the whole log is $step_log. $hint"
}

# try_step LABEL COMMAND...: the same for what we can do without. As it is made for
# conditions, COMMAND must not rely on `set -e`.
try_step() {
    run_step "$@"
    return "$step_status"
}

# stage LABEL COMMAND...: the same for one of several checks. Its failure is remembered
# (in a file, as one side does not see the other's variables) and the others still run;
# not to be called from a condition either.
stage() {
    run_step "$@"
    ((step_status == 0)) || say "$1 (its log: $step_log)" >>"$failed"
}

failed=$state/failed

report_failed() {
    [[ -e $failed ]] || return 0
    sed 's/^/FAILED: /' "$failed"
    return 1
}

step_tail=15 # how much of its log a failing step shows

run_step() {
    local label=$1 started=$SECONDS outcome
    shift
    step_status=0
    step_log=$logs/$(tr -cs 'A-Za-z0-9\n' '-' <<<"${label,,}").log
    [[ -n $side_by_side ]] || printf '  %s ... ' "$label"
    start_child "$@" >"$step_log" 2>&1 </dev/null
    wait_for_child "$child" || step_status=$?
    outcome="$((SECONDS - started)) s"
    if ((step_status)); then
        outcome="failed after $outcome"$'\n'$(tail -n "$step_tail" "$step_log" | sed 's/^/    | /')
    fi
    [[ -z $side_by_side ]] || outcome="  $label ... $outcome"
    say "$outcome"
}

# --- locks ------------------------------------------------------------------------
# flock on files in .host/. Children inherit the descriptors, so a lock also covers
# a step that outlives a ./dev killed outright; PostgreSQL is started without them.
#   9  setup     one ./dev sets things up at a time
#   8  use       shared by all that use PostgreSQL and the Python environment
#   7  database  one ./dev per database that is made, updated or served

# Opens the lock file NAME as descriptor FD and locks it; further arguments go to
# flock. `./dev clean` may have removed the file in the meantime: then once more.
lock() {
    local fd=$1 file=$state/lock.$2
    shift 2
    while true; do
        mkdir -p "$state"
        eval "exec $fd>>\"\$file\""
        flock "$@" "$fd" || return 1
        [[ $file -ef /proc/$$/fd/$fd ]] && return 0
    done
}

lock_setup() {
    lock 9 setup --nonblock && return
    say 'Another ./dev is setting things up: waiting for it.'
    until lock 9 setup --timeout 1; do :; done
}

unlock_setup() { flock --unlock 9; }

lock_database() {
    lock 7 "database.$1" --nonblock ||
        die "database \"$1\" is in use by another ./dev: stop that one, or name another database with --db."
}

# --- ports ------------------------------------------------------------------------

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
    local port=$1
    while port_taken "$port"; do
        ((port < 65535)) || die 'no free port left on 127.0.0.1.'
        port=$((port + 1))
    done
    printf '%d\n' "$port"
}
