# ./dev bench. Sourced by ./dev.
# shellcheck shell=bash

readonly bench_database=interaction_log_bench
readonly scale_small=2000 # entries that a large log is compared with
readonly bench_packages=$state/bench # what the addon is compared with, and Locust

# Measures in a database made for it, so that nothing else is in it.
command_bench() {
    if [[ ${1:-} =~ ^(scale|load|replica)$ ]]; then
        bench_large "$@"
        return
    fi
    setup
    ensure_pdf_engine
    have wkhtmltopdf || die "a bench prints documents, and there is $no_pdf_engine."
    ensure_bench_packages
    lock_tests
    prepare_test_base
    step "Installing $addon for its benches" 'Mend the addon.' \
        install_in_clone "$bench_database" "$addon"
    clone_database "$(test_base)" "${bench_database}_without"
    local status=0
    "$python" -m bench --config "$odoo_conf" --database "$bench_database" \
        --peers "$bench_packages/odoo/addons" "$@" || status=$?
    drop_database "$bench_database"
    drop_database "${bench_database}_without"
    return "$status"
}

ensure_bench_packages() {
    ensure_oca_addons "$bench_packages" "$root/host/requirements-bench.txt" 'what benches need'
}

# ./dev bench scale [--entries N] [--make | --keep] [--only WORDS] [--json FILE]
# ./dev bench load [--entries N] [--keep] [--users N] [--minutes N] [--json FILE]
# ./dev bench replica [--entries N] [--keep] [--json FILE]
bench_large() {
    local bench=$1 entries=2000000 make='' keep='' status=0 rest=()
    shift
    while (($#)); do
        case $1 in
            --entries)
                [[ ${2:-} =~ ^[1-9][0-9]{3,8}$ ]] || die '--entries needs a number, from 1000.'
                entries=$2 && shift
                ;;
            --make) make=yes ;;
            --keep) keep=yes ;;
            *) rest+=("$1") ;;
        esac
        shift
    done
    setup
    if [[ $bench == load ]]; then
        ensure_pdf_engine
        ensure_bench_packages
        rest+=(--packages "$bench_packages")
    elif [[ $bench == replica ]]; then
        prepare_replica
        rest+=(--primary "$pg/data" --folder "$state/replica/data" --pg-bin "$pg_bin"
            --as-owner "${as_pg_user[*]}")
    fi
    lock_tests
    prepare_test_base
    drop_half_made "$bench_database"
    if [[ $bench == scale && -z $make ]]; then
        prepare_large "$scale_small"
        rest+=(--small "$(large "$scale_small")")
    fi
    prepare_large "$entries"
    drop_database "$bench_database"
    [[ -z $make ]] || return 0
    "$python" -m "bench.$bench" --config "$odoo_conf" --large "$(large "$entries")" \
        "${rest[@]}" || status=$?
    rm -rf "$state/replica"
    if [[ -z $keep ]]; then
        drop_database "$(large "$scale_small")"
        drop_database "$(large "$entries")"
    fi
    return "$status"
}

prepare_replica() {
    [[ -n $pg_embedded ]] || die 'a replica is made of our own PostgreSQL: unset PGHOST.'
    [[ $(sql 'SELECT rolreplication FROM pg_roles WHERE rolname = current_user') == t ]] ||
        die 'this PostgreSQL was made before it could have a replica: ./dev clean, then start again.'
    rm -rf "$state/replica"
    mkdir "$state/replica"
    ((EUID != 0)) || chown nobody "$state/replica"
}

large() { printf 'interaction_log_scale_%d' "$1"; }

# prepare_large ENTRIES: the database with that many, as it is kept
prepare_large() {
    local name
    name=$(large "$1")
    drop_half_made "$name"
    if ! database_exists "$name"; then
        database_exists "$bench_database" ||
            step "Installing $addon for its benches" 'Mend the addon.' \
                install_in_clone "$bench_database" "$(all_addons)"
        step "Making $1 entries in database \"$name\"" 'Mend bench/large.py.' \
            make_database "$name" make_large "$name" "$1"
    elif addon_changed "$name"; then
        step "Updating $addon in database \"$name\"" 'Mend the addon.' update_database "$name"
    fi
}

make_large() {
    copy_database "$bench_database" "$1"
    "$python" -m bench.large --config "$odoo_conf" --database "$1" --entries "$2"
}
