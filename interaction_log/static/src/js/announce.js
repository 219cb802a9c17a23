import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/**
 * Tell that interactions were logged, and offer to take that back.
 *
 * @param {Object} env
 * @param {Object} action as `_get_announcement` of the log entry returns it
 * @returns {Object} the action that closes the dialog
 */
function announce(env, action) {
    const {entry_ids: entryIds, message} = action.params;
    const {action: actionService, notification, orm} = env.services;
    const close = notification.add(message, {
        type: "success",
        autocloseDelay: 10000,
        buttons: [
            {
                name: _t("Undo"),
                primary: true,
                onClick: async () => {
                    close();
                    await orm.call("interaction.log.entry", "action_undo", [entryIds]);
                    notification.add(_t("Undone: it does not count any more."), {
                        type: "info",
                    });
                    await actionService.doAction("soft_reload");
                },
            },
            {
                name: _t("View"),
                onClick: () => {
                    close();
                    actionService.doAction({
                        type: "ir.actions.act_window",
                        name: _t("Interaction Log Entries"),
                        res_model: "interaction.log.entry",
                        ...(entryIds.length === 1
                            ? {res_id: entryIds[0], views: [[false, "form"]]}
                            : {
                                  domain: [["id", "in", entryIds]],
                                  views: [
                                      [false, "list"],
                                      [false, "form"],
                                  ],
                              }),
                    });
                },
            },
        ],
    });
    return {type: "ir.actions.act_window_close"};
}

registry.category("actions").add("interaction_log_announce", announce);
