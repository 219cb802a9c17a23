{
    "name": "Interaction Log: Snailmail",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Record documents sent by post, and whether they were sent",
    "author": "Interaction Log contributors",
    "license": "LGPL-3",
    "depends": ["interaction_log", "snailmail_account"],
    "data": [
        "data/interaction_event_data.xml",
        "data/interaction_rule_data.xml",
        "views/interaction_rule_views.xml",
    ],
    "auto_install": True,
}
