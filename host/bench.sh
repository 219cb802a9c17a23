# ./dev bench. Sourced by ./dev.
# shellcheck shell=bash

readonly bench_database=interaction_log_bench
readonly peers=$state/peers # what the addon is compared with

# Measures in a database made for it, so that nothing else is in it.
command_bench() {
    setup
    ensure_pdf_engine
    have wkhtmltopdf || die "a bench prints documents, and there is $no_pdf_engine."
    ensure_oca_addons "$peers" "$root/host/requirements-bench.txt" \
        "what $addon is compared with"
    lock_tests
    prepare_test_base
    step "Installing $addon for its benches" 'Mend the addon.' \
        install_in_clone "$bench_database" "$addon"
    local status=0
    "$python" -m bench --config "$odoo_conf" --database "$bench_database" \
        --peers "$peers/odoo/addons" "$@" || status=$?
    drop_database "$bench_database"
    return "$status"
}
