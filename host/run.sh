# ./dev run and ./dev shell. Sourced by ./dev.
# shellcheck shell=bash

# What makes the demo database look like a company.
readonly demo_modules=sale_management,account,contacts,crm,mass_mailing,purchase,$addon

command_run() {
    local port='' name=interaction_log fresh=
    while (($#)); do
        case $1 in
            --port | --db) (($# > 1)) || die "$1 needs a value." ;;&
            --port) port=$2 && shift ;;
            --db) name=$2 && shift ;;
            --fresh) fresh=yes ;;
            *) die "./dev run does not know \"$1\"; ./dev help shows what it knows." ;;
        esac
        shift
    done
    check_database_name "$name"
    if [[ -n $port ]]; then
        [[ $port =~ ^[1-9][0-9]{0,4}$ ]] && ((port < 65536)) ||
            die "\"$port\" is not a port: give a number from 1 to 65535."
        ! port_taken "$port" || die "port $port is in use: name another one, or leave --port out."
    fi

    setup
    ensure_pdf_engine
    lock_database "$name"
    prepare_demo "$name" "$fresh"
    serve "$name" "${port:-$(free_port 8069)}"
}

prepare_demo() {
    local name=$1 fresh=$2
    drop_half_made "$name"
    if database_exists "$name" && [[ ! -e $(note "$name") ]]; then
        [[ -z $fresh ]] ||
            die "database \"$name\" was not made by ./dev run, which will not drop it: name another one with --db."
        say "  Database \"$name\" was not made by ./dev run: serving it as it is."
        return
    fi
    [[ -z $fresh ]] || drop_database "$name"
    if ! database_exists "$name"; then
        step "Creating database \"$name\" with demo data (about a minute)" \
            'Starting again makes it anew.' \
            make_database "$name" install_modules "$name" "$demo_modules" --with-demo
    elif addon_changed "$name"; then
        step "Updating $addon in database \"$name\", as its files have changed" \
            'Mend the addon and start again; --fresh makes the database anew.' \
            update_database "$name"
    fi
}

serve() {
    local name=$1 port=$2 log=$logs/odoo-$1.log status=0
    # --pdeathsig: should we be killed outright, Odoo is asked to stop as well. PATH: when
    # it starts itself anew (a signal, a limit), it looks for its Python there.
    PATH=$venv/bin:$PATH start_child setpriv --pdeathsig TERM "$python" "$venv/bin/odoo" --config "$odoo_conf" \
        --database "$name" --db-filter "^$name\$" --no-database-list \
        --http-port "$port" >"$log" 2>&1 </dev/null
    local server=$child deadline=$((SECONDS + 120))
    printf '  Starting Odoo ... '
    until answers "$port"; do
        if ! kill -0 "$server" 2>/dev/null || ((SECONDS > deadline)); then
            printf 'failed\n'
            tail -n 15 "$log" | sed 's/^/    | /'
            die "Odoo shows no login page on port $port; its log is $log."
        fi
        sleep 0.2
    done
    printf 'ready, %d s after ./dev run\n' "$SECONDS"
    welcome "$port" "$log"
    wait_for_child "$server" || status=$?
    die "Odoo stopped by itself (exit code $status); its log is $log."
}

# whether Odoo serves its login page on this port
answers() (
    exec 2>/dev/null 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
    printf 'GET /web/login HTTP/1.0\r\nHost: 127.0.0.1:%d\r\n\r\n' "$1" >&3
    read -r -t 60 line <&3
    [[ $line == *' 200 '* ]]
)

welcome() {
    cat <<EOF

  Odoo answers at   http://127.0.0.1:$1
  log in with       admin / admin

  What to try first
    1. Print an invoice     Invoicing > Customers > Invoices: open one, Print
    2. Print a quotation    Sales > Orders > Quotations: open one, Print
    3. Open the customer    Contacts: the button Interactions shows both
    4. All of them          the app Interactions

  Odoo's log is $2
  Ctrl-C stops everything.

EOF
    have wkhtmltopdf || say "  There is $no_pdf_engine. Until then prints open as web pages."
}

command_shell() {
    local name=interaction_log
    while (($#)); do
        [[ $1 == --db && $# -gt 1 ]] ||
            die "./dev shell does not know \"$1\"; it takes --db NAME."
        name=$2
        shift 2
    done
    check_database_name "$name"
    # standard output belongs to the Python code
    setup >&2
    database_exists "$name" ||
        die "there is no database \"$name\" yet: ./dev run makes it."
    # Ctrl-C is for the shell; the trap is only to be set, so that it does not end us
    trap : INT
    odoo shell --config "$odoo_conf" --database "$name" --no-http --log-level warn
}
