import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

const BATCH = "interaction.batch";
const ENTRY = "interaction.log.entry";

/**
 * Return the action that shows what was logged.
 *
 * @param {String} model of the entries or their batches
 * @param {Number[]} ids
 * @returns {Object}
 */
function getViewAction(model, ids) {
    return {
        type: "ir.actions.act_window",
        name: model === ENTRY ? _t("Interaction Log Entries") : _t("Batches"),
        res_model: model,
        ...(ids.length === 1
            ? {res_id: ids[0], views: [[false, "form"]]}
            : {
                  domain: [["id", "in", ids]],
                  views: [
                      [false, "list"],
                      [false, "form"],
                  ],
              }),
    };
}

/**
 * Tell that interactions were logged or canceled, and offer to undo that.
 *
 * @param {Object} env
 * @param {Object} params
 * @param {String} params.message
 * @param {Number[]} [params.entryIds] the entries that *View* shows
 * @param {Number[]} [params.batchIds] the batches that it shows instead; without any of
 *     them there is no *View*
 * @param {Function} [params.undo] takes it back; without it there is no *Undo*
 * @param {String} [params.undone] what to tell after that
 * @param {Object} [params.offer] what can be done next: `label` and `run`
 */
export function announceEntries(
    env,
    {message, entryIds, batchIds, undo, undone, offer}
) {
    const {action: actionService, notification} = env.services;
    const buttons = [];
    if (undo) {
        buttons.push({
            name: _t("Undo"),
            primary: true,
            onClick: async () => {
                close();
                await undo();
                await actionService.doAction("soft_reload");
                notification.add(undone, {type: "info"});
            },
        });
    }
    const [model, ids] = batchIds ? [BATCH, batchIds] : [ENTRY, entryIds];
    if (ids?.length) {
        buttons.push({
            name: _t("View"),
            onClick: () => {
                close();
                actionService.doAction(getViewAction(model, ids));
            },
        });
    }
    if (offer) {
        buttons.push({
            name: offer.label,
            onClick: async () => {
                close();
                await actionService.doAction(await offer.run());
            },
        });
    }
    const close = notification.add(message, {
        type: "success",
        autocloseDelay: 10000,
        buttons,
        className: offer ? "o_interaction_offer" : "",
    });
}

/**
 * Tell what the server has logged or canceled.
 *
 * @param {Object} env
 * @param {Object} params those of `get_announcement_action` of the addon
 */
export function announce(env, params) {
    const {
        message,
        entry_ids: entryIds,
        batch_ids: batchIds,
        undo_method: undoMethod,
        undone,
        offer,
    } = params;
    const [model, ids] = batchIds ? [BATCH, batchIds] : [ENTRY, entryIds];
    const call = (method) => env.services.orm.call(model, method, [ids]);
    announceEntries(env, {
        message,
        entryIds,
        batchIds,
        undone,
        undo: undoMethod && (() => call(undoMethod)),
        offer: offer && {label: offer.label, run: () => call(offer.method)},
    });
}

registry.category("actions").add("interaction_log_announce", (env, {params}) => {
    announce(env, params);
    // closes the dialog, or goes on
    return params.next || {type: "ir.actions.act_window_close"};
});
