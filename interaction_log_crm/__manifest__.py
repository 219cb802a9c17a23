{
    "name": "Interaction Log: CRM",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Log interactions about leads and opportunities",
    "author": "Interaction Log contributors",
    "license": "LGPL-3",
    "depends": ["interaction_log", "sale_crm"],
    "data": [
        "data/interaction_rule_data.xml",
        "wizards/interaction_log_create_views.xml",
        "views/crm_lead_views.xml",
        "views/interaction_log_entry_views.xml",
    ],
    "demo": ["demo/interaction_log_crm_demo.xml"],
    "assets": {
        "web.assets_backend": ["interaction_log_crm/static/src/**/*"],
        "web.assets_tests": ["interaction_log_crm/static/tests/tours/**/*"],
    },
    "auto_install": True,
    "post_init_hook": "post_init_hook",
}
