"""Actions of the web client that many methods return.

Forms without an action of their own open by Odoo's `_get_records_action`.
"""

from odoo import api

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


def get_announcement_action(message: str, **params) -> dict:
    """Return the action that tells of interactions, with *View* and *Undo*.

    :param message: translated
    :param params: `entry_ids` (list: the entries that it is about) or `batch_ids`
        (list: their batches), `undo_method` (str: the method of them that *Undo*
        calls), `undone` (str: what is told after that), `offer` (dict: what can be done
        next: `label` of its button, and `method` of the entries, which returns an
        action), `next` (dict: the action that comes with it)
    """
    return {
        "type": "ir.actions.client",
        "tag": "interaction_log_announce",
        "params": {"message": message, **params},
    }


def get_window_action(env: api.Environment, xml_id: str, **values) -> dict:
    """Return a window action, for who may use its model.

    :param xml_id: its XML id; without an addon's name one of ours
    :param values: what it says otherwise, such as `domain`, `context` (each in place of
        its own), `res_id`, `views` or `target`
    """
    if "." not in xml_id:
        xml_id = f"interaction_log.{xml_id}"
    action = env["ir.actions.act_window"]._for_xml_id(xml_id)
    if "domain" in values:
        action.pop("path", None)  # that address shows all of them
    return action | values
