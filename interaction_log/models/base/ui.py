"""Actions of the web client that many methods return."""

# What to do after an action that changed what the user looks at
SOFT_RELOAD = {"type": "ir.actions.client", "tag": "soft_reload"}


def get_notification_action(message: str, kind: str = "success", **params) -> dict:
    """Return the action that shows a message in the corner of the screen.

    :param message: translated
    :param kind: "success", "info", "warning" or "danger"
    :param params: what else Odoo's `display_notification` takes: `sticky` (bool: it
        stays until it is closed), `next` (dict: the action that comes with it), `title`
    """
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {"type": kind, "message": message, **params},
    }
