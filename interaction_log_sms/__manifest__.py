{
    "name": "Interaction Log: SMS",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Record text messages sent to contacts, and whether they were delivered",
    "author": "Interaction Log contributors",
    "license": "LGPL-3",
    "depends": ["interaction_log", "sms"],
    "data": [
        "data/interaction_event_data.xml",
        "data/interaction_template_data.xml",
        "data/interaction_rule_data.xml",
    ],
    "demo": ["demo/interaction_log_sms_demo.xml"],
    "auto_install": True,
}
