import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/**
 * Tell that interactions were logged, and offer to undo that.
 *
 * @param {Object} env
 * @param {Object} params
 * @param {String} params.message
 * @param {Number[]} params.entryIds the entries that *Open* shows
 * @param {Function} [params.undo] cancels them; without it there is no *Undo*
 * @param {String} [params.undone] what to tell after that
 */
export function announceEntries(env, {message, entryIds, undo, undone}) {
    const {action: actionService, notification} = env.services;
    const buttons = [
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
    ];
    if (undo) {
        buttons.unshift({
            name: _t("Undo"),
            primary: true,
            onClick: async () => {
                close();
                await undo();
                await actionService.doAction("soft_reload");
                const canceled =
                    entryIds.length > 1
                        ? _t("Undone: they do not count any more.")
                        : _t("Undone: it does not count any more.");
                notification.add(undone || canceled, {
                    type: "info",
                });
            },
        });
    }
    const close = notification.add(message, {
        type: "success",
        autocloseDelay: 10000,
        buttons,
    });
}

/**
 * Tell what an action of the server has logged.
 *
 * @param {Object} env
 * @param {Object} action as `_get_announcement` of the log entry returns it
 * @returns {Object} the action that closes the dialog, or goes on
 */
function announce(env, action) {
    const {
        entry_ids: entryIds,
        message,
        next,
        undo_method: undoMethod = "action_undo",
        undone,
    } = action.params;
    announceEntries(env, {
        message,
        entryIds,
        undone,
        undo: () =>
            env.services.orm.call("interaction.log.entry", undoMethod, [entryIds]),
    });
    return next || {type: "ir.actions.act_window_close"};
}

registry.category("actions").add("interaction_log_announce", announce);
