from . import (
    test_cancel,
    test_log_interactions,
    test_partner,
    test_print,
    test_rpc,
    test_rule,
    test_template,
    test_ui,
)
