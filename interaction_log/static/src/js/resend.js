import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/**
 * Ask whether to send the selected e-mails again, and do so.
 *
 * @param {Object} env
 * @param {Object} action as `action_ask_resend` of the log entry returns it
 */
function askResend(env, action) {
    const {entry_ids: entryIds, message} = action.params;
    const {action: actionService, dialog, orm} = env.services;
    dialog.add(ConfirmationDialog, {
        title: _t("Send E-mails Again"),
        body: message,
        confirmLabel: _t("Send Again"),
        confirm: async () => {
            const sent = await orm.call("interaction.log.entry", "action_resend", [
                entryIds,
                true,
            ]);
            await actionService.doAction(sent);
        },
        // the dialog has a button for it only then
        cancel: () => {},
    });
}

registry.category("actions").add("interaction_log_resend", askResend);
