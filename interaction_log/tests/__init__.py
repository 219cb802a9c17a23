from . import (
    test_cancel,
    test_log_interactions,
    test_partner,
    test_print,
    test_rpc,
    test_rule,
    test_template,
    test_template_content,
    test_template_files,
    test_template_guards,
    test_totals,
    test_ui,
)
