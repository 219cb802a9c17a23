{
    "name": "Interaction Log: Purchase",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Record requests for quotation and purchase orders sent to vendors",
    "author": "Interaction Log contributors",
    "license": "LGPL-3",
    "depends": ["interaction_log", "purchase"],
    "data": [
        "data/interaction_template_data.xml",
        "data/interaction_rule_data.xml",
        "views/purchase_order_views.xml",
    ],
    "demo": ["demo/interaction_log_purchase_demo.xml"],
    "auto_install": True,
}
