import {PhoneField} from "@web/views/fields/phone/phone_field";
import {patch} from "@web/core/utils/patch";
import {user} from "@web/core/user";

/** Models whose records log a call, by their method `action_log_call`; addons add theirs. */
export const CALLED_MODELS = new Set(["res.partner"]);

/** Calling a contact opens the dialog that logs the call, with its timer. */
patch(PhoneField.prototype, {
    async onCall() {
        const {name, record} = this.props;
        if (
            !CALLED_MODELS.has(record.resModel) ||
            !record.resId ||
            record.model.root !== record ||
            !(await user.hasGroup("interaction_log.group_user_own"))
        ) {
            return;
        }
        // what is typed on the contact is kept; the form is loaded anew afterwards
        if (!(await record.save())) {
            return;
        }
        const {action, orm} = this.env.services;
        const dialog = await orm.call(record.resModel, "action_log_call", [
            [record.resId],
            record.data[name],
        ]);
        await action.doAction(dialog, {onClose: () => record.load()});
    },
});
