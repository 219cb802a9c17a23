# Databases: made, cloned, updated, dropped. Sourced by ./dev.
# shellcheck shell=bash
#
# Beside a database NAME stands our note $data_dir/made/NAME. While the database is
# being made the note is called NAME.making: an interrupted one is recognised by it
# and made anew. A database without a note is somebody else's and never dropped.

addon=interaction_log
# the addons of this repository: the core, and its neighbors that other apps need
addons=("$addon")
for manifest in "${addon}"_*/__manifest__.py; do
    [[ ! -e $manifest ]] || addons+=("${manifest%/*}")
done

check_database_name() {
    [[ $1 =~ ^[a-zA-Z][a-zA-Z0-9_-]{0,49}$ && ! $1 =~ ^(postgres|template[01])$ ]] ||
        die "\"$1\" is no name for a database: letters, digits, _ and -, at most 50, a letter first."
}

note() { printf '%s/made/%s\n' "$data_dir" "$1"; }

database_exists() {
    [[ $(sql "SELECT 1 FROM pg_database WHERE datname = '$1'") == 1 ]]
}

drop_database() {
    if database_exists "$1"; then
        # FORCE may not end an autovacuum that works in it; without, PostgreSQL does
        sql "DROP DATABASE \"$1\" WITH (FORCE)" || sql "DROP DATABASE \"$1\""
    fi
    rm -rf "${data_dir:?}/filestore/$1" "$(note "$1")" "$(note "$1").making"
}

# make_database NAME COMMAND...: whole, or (the next time) anew
make_database() {
    local name=$1
    shift
    mkdir -p "$data_dir/made"
    touch "$(note "$name").making"
    "$@"
    # what it holds is said last, in one move
    addon_fingerprint >"$(note "$name").making"
    mv "$(note "$name").making" "$(note "$name")"
}

# Drops what an interrupted ./dev left under this name.
drop_half_made() {
    if [[ -e $(note "$1").making ]]; then drop_database "$1"; fi
}

# clone_database FROM TO: database and files
clone_database() {
    drop_database "$2"
    make_database "$2" copy_database "$1" "$2"
}

copy_database() {
    sql "CREATE DATABASE \"$2\" TEMPLATE \"$1\""
    if [[ -d $data_dir/filestore/$1 ]]; then
        cp -a "$data_dir/filestore/$1" "$data_dir/filestore/$2"
    fi
}

# A hash of the addons' files: a database whose note says another one is updated.
addon_fingerprint() {
    (
        cd "$root"
        find "${addons[@]}" -type f -not -path '*/__pycache__/*' -print0 | sort -z |
            xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
    )
}

addon_changed() { [[ $(addon_fingerprint) != "$(<"$(note "$1")")" ]]; }

update_database() {
    local fingerprint
    fingerprint=$(addon_fingerprint) # of before: files may change meanwhile
    # --init: Odoo installs no neighbor that came after the core by itself
    odoo --config "$odoo_conf" --database "$1" --update "$(all_addons)" \
        --init "$(new_neighbors "$1")" --stop-after-init --no-http
    say "$fingerprint" | write_if_changed "$(note "$1")"
}

all_addons() { (IFS=, && say "${addons[*]}"); }

# The neighbors that are not installed in a database, and have there what they need.
new_neighbors() {
    sql "SELECT name FROM ir_module_module WHERE state = 'installed'" "$1" |
        "$python" -c 'import ast, pathlib, sys
installed = set(sys.stdin.read().split())
print(",".join(
    name for name in sys.argv[1:] if name not in installed and installed.issuperset(
        ast.literal_eval(pathlib.Path(name, "__manifest__.py").read_text())["depends"]
    )
))' "${addons[@]}"
}

# Odoo passes over a module it cannot find with a mere warning.
install_modules() {
    local name=$1 modules=$2 installed
    shift 2
    odoo --config "$odoo_conf" --database "$name" --init "$modules" --stop-after-init --no-http "$@"
    installed=$(sql "SELECT count(*) FROM ir_module_module
        WHERE state = 'installed' AND name = ANY (string_to_array('$modules', ','))" "$name")
    [[ $installed == "$(tr ',' '\n' <<<"$modules" | wc -l)" ]]
}
