# ./dev test. Sourced by ./dev.
# shellcheck shell=bash

# What our tests and the suites of Odoo's that we run need: the dependencies of our
# addons and test_mail. Without demo data, as such tests expect.
readonly test_modules=sale_management,contacts,calendar,test_mail,crm,mass_mailing,sms,snailmail_account,purchase,base_report_to_printer

# The suites of Odoo that our addon could break, and the tests in them that skip
# themselves with or without it.
readonly core_suites=(test_mail/tests sale/tests portal/tests calendar/tests
    account/tests/test_account_move_send.py)
# and those of the apps that a neighbor extends, beside all of host/apps.txt
readonly app_suites=(crm/tests mass_mailing/tests purchase/tests event/tests)
# What only computes in them: prices, taxes, quantities, scores, recurrences, and the
# editor of mailings. Nothing of it comes past a hook of ours: ./dev test --suites runs
# it, ./dev test does not.
core_computing=(
    sale/tests/test_{accrued_sale_orders,credit_limit,product_attribute_value}.py
    sale/tests/test_{product_catalog,product_configurator_data,sale_combo_configurator}.py
    sale/tests/test_{sale_order_product_catalog,sale_prices,sale_refund,sale_report}.py
    sale/tests/test_{sale_product_attribute_value_config,sale_sections,sale_to_invoice}.py
    sale/tests/test_{taxes_downpayment,taxes_global_discount,taxes_tax_totals_summary}.py
    calendar/tests/test_{calendar_recurrent_event_case2,event_recurrence,recurrence_rule}.py
    crm/tests/test_{crm_lead_assignment,crm_lead_smart_calendar,crm_pls,crm_rainbowman}.py
    mass_mailing/tests/test_mailing_ui.py
    purchase/tests/test_{accrued_purchase_orders,purchase_dashboard,purchase_downpayment}.py
    purchase/tests/test_{purchase_invoice,purchase_order_product_catalog}.py
    purchase/tests/test_{purchase_order_report,purchase_product_catalog}.py
    event/tests/test_event_{internals,slot}.py
)
readonly core_skips=(
    TestImportFiles::test_import_quotation_template_xls
    TestImportFiles::test_import_requests_for_quotation_template_xls
    TestSaleToInvoice::test_partial_invoicing_interaction_with_invoicing_switch_threshold
    TestPurchaseToInvoice::test_partial_billing_interaction_with_invoicing_switch_threshold
)

# Our tests that Odoo's own runner runs at the fresh install, in the registry that has
# just been made; pytest runs them all. None of them needs a browser: Odoo would make
# all scripts and style sheets for it first.
readonly fresh_tests=(TestLogInteractions)

# The first two count queries, of which base_report_to_printer adds some to each report
# that is rendered, without us as well. The others compute taxes of down payments in
# every combination of tax and rounding: nothing in them knows us, and they take as long
# as all the rest together.
readonly core_left_out=(
    TestMailTemplateLanguages::test_template_send_email_wreport
    TestMailTemplateLanguages::test_template_send_email_wreport_batch
    TestTaxesDownPaymentSale::test_taxes_l10n_in_sale_orders
    TestTaxesDownPaymentSale::test_taxes_l10n_br_sale_orders
    TestTaxesDownPaymentSale::test_taxes_l10n_be_sale_orders
    TestTaxesDownPaymentSale::test_taxes_fixed_tax_last_position_sale_orders
)

# databases; the first is kept between runs
readonly test_own=interaction_log_test # what test_base names, and the addon
readonly test_install=interaction_log_test_install
readonly test_apps=interaction_log_test_apps

command_test() {
    local lint=
    if [[ ${1:-} == --lint ]]; then
        lint=yes
        shift
        (($# == 0)) || die './dev test --lint runs everything: it takes nothing else.'
    fi
    setup
    ensure_pdf_engine
    ensure_program chromium "${browsers[@]}"
    have wkhtmltopdf || die "tests print documents, and there is $no_pdf_engine."
    have "${browsers[@]}" || die "tests drive the web client, and there is $no_browser."
    lock_tests
    if [[ ${1:-} == --suites ]]; then
        prepare_test_base
        prepare_own
        install_beside_apps
        core_computing=()
        run_core_suites
        run_app_suites
    elif (($#)); then
        prepare_test_base
        prepare_own
        run_pytest "$test_own" "$@"
    else
        test_everything "$lint"
    fi
}

lock_tests() {
    lock 7 tests --nonblock ||
        die 'another ./dev test or ./dev lint is at work: wait for it to end.'
    rm -f "$failed"
}

# The database that holds $test_modules, to clone from, is named after what it was made of.
test_base() {
    printf 'interaction_log_base_'
    cat - "$odoo_source/odoo/release.py" <<<"$odoo_source $test_modules" | cksum | cut -d ' ' -f 1
}

prepare_test_base() {
    local name
    name=$(test_base)
    drop_half_made "$name"
    database_exists "$name" ||
        step 'Preparing a database for tests' 'Starting again makes it anew.' \
            make_database "$name" install_modules "$name" "$test_modules"
}

# The database of our own tests: the prepared one with the addon as it is now.
prepare_own() {
    drop_half_made "$test_own"
    drop_clones_of_workers
    if ! database_exists "$test_own"; then
        step "Installing $addon for its tests" 'Mend the addon.' \
            install_in_clone "$test_own" "$(all_addons)"
    elif addon_changed "$test_own"; then
        step "Updating $addon for its tests" 'Mend the addon, or ./dev test without arguments.' \
            update_database "$test_own"
    else
        return 0
    fi
    step 'Making scripts and style sheets for its tests' 'Mend the addon.' \
        make_assets "$test_own"
}

# Those that an interrupted run left: pytest-odoo drops them only where it may end.
drop_clones_of_workers() {
    local names name
    names=$(sql "SELECT datname FROM pg_database WHERE datname ~ '^${test_own}(_apps)?-gw[0-9]+\$'")
    for name in $names; do drop_database "$name"; done
}

# make_assets DATABASE [PREFIX]: as Odoo's own runner does, for a test that has to make them
# is slow, and its transaction takes them back. With a prefix only bundles of that name.
make_assets() {
    odoo shell --config "$odoo_conf" --database "$1" --no-http <<EOF
qweb = env["ir.qweb"]
scripts, styles = qweb._get_bundles_to_pregenarate()
for name in sorted(scripts | styles):
    if name.startswith("${2:-}"):
        bundle = qweb._get_asset_bundle(name, js=name in scripts, css=name in styles)
        if name in scripts:
            bundle.js()
        if name in styles:
            bundle.css()
env.cr.commit()
EOF
}

# install_in_clone DATABASE MODULES
install_in_clone() {
    drop_database "$1"
    make_database "$1" clone_and_install "$@"
}

clone_and_install() {
    copy_database "$(test_base)" "$1"
    install_modules "$1" "$2"
}

# --- everything ---------------------------------------------------------------------
# In two halves for two cores, then the suites, whose tests pytest deals out by class.

test_everything() {
    local lint=$1 failed_before='' own_status=0
    step_tail=60
    side_by_side prepare_test_base ${lint:+lint_sources}
    drop_database "$test_own"
    side_by_side "${lint:+lint_and_}check_own" install_beside_apps
    stage "Odoo's own suites" run_core_suites
    say "  $(tail -n 1 "$step_log")"
    stage "Odoo's own suites, beside $(apps | wc -w) apps" run_app_suites
    say "  $(tail -n 1 "$step_log")"

    # pytest's closing line is to be the last one: what it does not know comes first
    report_failed || failed_before=yes
    run_pytest "$test_own" "${on_all_cores[@]}" || own_status=$?
    [[ -z $failed_before ]] || exit 1
    exit "$own_status"
}

check_own() {
    prepare_own
    install_update_uninstall
}

lint_and_check_own() {
    prepare_own
    lint_with_database
    install_update_uninstall
}

# --- beside other apps --------------------------------------------------------------

# the apps of host/apps.txt, and what suites of Odoo need
apps() { grep -v '^#' host/apps.txt; }
all_apps() { { apps; tr , '\n' <<<"$test_modules"; } | sort -u | paste -sd , -; }
# those that are not in the database of tests, which theirs is cloned from
new_apps() {
    apps | grep -vxFf <(sql "SELECT name FROM ir_module_module WHERE state = 'installed'" \
        "$(test_base)") | paste -sd , -
}

install_beside_apps() {
    local base
    base=interaction_log_apps_$(all_apps | cksum | cut -d ' ' -f 1)
    drop_half_made "$base"
    database_exists "$base" ||
        step "Preparing a database with $(apps | wc -w) apps" 'Starting again makes it anew.' \
            make_database "$base" clone_and_install "$base" "$(new_apps)"
    clone_database "$base" "$test_apps"
    stage "Install beside $(apps | wc -w) apps" \
        odoo_strictly "$test_apps" --init "$(all_addons)" --stop-after-init --no-http
    # their tests drive the web client, too, but no page of another app
    step 'Making scripts and style sheets beside them' 'Mend the addon.' \
        make_assets "$test_apps" web.
}

install_update_uninstall() {
    clone_database "$(test_base)" "$test_install"
    stage 'Fresh install with its tests, by Odoo itself' fresh_install
    stage 'Update' odoo_strictly "$test_install" --update "$(all_addons)" --stop-after-init --no-http
    stage 'Uninstall of neighbors' uninstall_neighbors
    stage 'Uninstall' uninstall
    drop_database "$test_install"
}

fresh_install() {
    schema >"$state/schema.before"
    odoo_strictly "$test_install" --init "$addon" --test-tags "$(tr ' ' , <<<"${fresh_tests[*]/#//$addon:}")" \
        --stop-after-init --http-port "$(free_port 8169)"
    # the runner is content with no tests at all
    grep -qE 'of [1-9][0-9]* tests when loading' "$step_log"
}

# An uninstall of addons that were used: with an entry of each event that one of them
# brings, a file on it, and a template that has an e-mail text and a file.
log_all() {
    odoo shell --config "$odoo_conf" --database "$test_install" --no-http <<'EOF'
Entry = env["interaction.log.entry"]
for event, _label in Entry._fields["event"].selection:
    Entry.log_interactions([{
        "template_id": env.ref("interaction_log.interaction_template_note").id,
        "partner_id": env.ref("base.main_partner").id,
        "attachment_ids": [(0, 0, {"name": "file.txt", "raw": b"text"})],
    }])._write_facts({"event": event})
template = env.ref("interaction_log.interaction_template_letter")
template.write({
    "mail_template_id": env["mail.template"].create({
        "name": "Text",
        "model_id": env["ir.model"]._get_id("interaction.log.entry"),
    }).id,
    "file_ids": [(0, 0, {"filename": "letter.txt", "file": "TGV0dGVy"})],
})
env.cr.commit()
EOF
    count_entries >"$state/entries.before"
    (($(sql 'SELECT count(*) FROM interaction_template_file' "$test_install") == 1))
}

count_entries() { sql 'SELECT count(*) FROM interaction_log_entry' "$test_install"; }

# Entries of the events that neighbors brought stay, and can be read.
uninstall_neighbors() {
    log_all
    ((${#addons[@]} > 1)) || return 0
    odoo_strictly_run "$python" "$venv/bin/odoo" module uninstall \
        --config "$odoo_conf" --database "$test_install" "${addons[@]:1}"
    count_entries | diff "$state/entries.before" -
    odoo_strictly_run odoo shell --config "$odoo_conf" --database "$test_install" --no-http <<'EOF'
Entry = env["interaction.log.entry"]
events = {event for event, _label in Entry._fields["event"].selection}
assert set(Entry.search([]).mapped("event")) == events
assert Entry.search([]).web_read({name: {} for name in Entry._fields})
EOF
}

uninstall() {
    odoo_strictly_run "$python" "$venv/bin/odoo" module uninstall \
        --config "$odoo_conf" --database "$test_install" "$addon"
    say 'What the uninstall leaves behind, or takes too much of:'
    diff "$state/schema.before" <(schema)
}

# Everything an addon could leave in a database: columns, models, records with a name.
schema() {
    sql "SELECT table_name || '.' || column_name FROM information_schema.columns
            WHERE table_schema = 'public'
        UNION SELECT 'model ' || model FROM ir_model
        UNION SELECT 'file ' || name FROM ir_attachment WHERE res_model LIKE 'interaction.%'
        UNION SELECT 'record ' || module || '.' || name FROM ir_model_data WHERE module LIKE '$addon%'
        ORDER BY 1" "$test_install"
}

# odoo_strictly DATABASE ARGUMENTS...
odoo_strictly() {
    odoo_strictly_run "$python" "$venv/bin/odoo" --config "$odoo_conf" --database "$@"
}

# Runs Odoo as a step of its own; a warning in its log is a failure.
odoo_strictly_run() {
    local status=0
    "$@" || status=$?
    if grep -E '^[-0-9]+ [0-9:,]+ [0-9]+ (WARNING|ERROR|CRITICAL) ' "$step_log" |
        grep -vEf <(grep -vE '^(#|$)' host/log_noise.txt); then
        say 'The lines above are not allowed in the log.'
        status=1
    fi
    return "$status"
}

# --- pytest ---------------------------------------------------------------------------

# each worker of pytest-xdist works in a clone of the database, which pytest-odoo makes
readonly on_all_cores=(--numprocesses logical --maxprocesses 4 --dist loadscope)

run_core_suites() { run_suites "$test_own" "${core_suites[@]}"; }

run_app_suites() {
    local status=0
    run_suites "$test_apps" "${app_suites[@]}" || status=$?
    drop_database "$test_apps"
    return "$status"
}

# run_suites DATABASE FOLDER...
run_suites() {
    local database=$1 name options=(--any-log --quiet --no-header --assert plain "${on_all_cores[@]}")
    shift
    for name in "${core_skips[@]}"; do options+=(--allow-skip "$name"); done
    for name in "${core_left_out[@]}"; do options+=(--leave-out "$name"); done
    for name in "${core_computing[@]}"; do options+=(--ignore "$core_addons/$name"); done
    # From version 18 on PostgreSQL reports a violated RESTRICT under a code of its own,
    # and this test of Odoo 19 expects the old one.
    (($(sql 'SHOW server_version_num') < 180000)) ||
        options+=(--leave-out TestAliasCompany::test_alias_domain_setup)
    run_pytest "$database" "${options[@]}" "${@/#/$core_addons/}"
}

# run_pytest DATABASE ARGUMENTS...
run_pytest() {
    local database=$1
    shift
    PATH=$PATH:$pg_bin PYTHONPATH=$root/host \
        "$python" -m pytest -c "$root/pyproject.toml" \
        -p pytest_strict -p pytest_slowest -p pytest_filestore --odoo-config "$odoo_conf" \
        --odoo-database "$database" --odoo-http --odoo-log-level warn "$@"
}
