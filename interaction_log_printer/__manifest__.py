{
    "name": "Interaction Log: Direct Print",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Log documents that are sent to a printer",
    "author": "Interaction Log contributors",
    # that of base_report_to_printer
    "license": "AGPL-3",
    "depends": ["interaction_log", "base_report_to_printer"],
    "auto_install": True,
}
