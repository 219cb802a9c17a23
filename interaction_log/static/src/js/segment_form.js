import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {FormController} from "@web/views/form/form_controller";
import {_t} from "@web/core/l10n/translation";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";

/** Asks whether what changes is for the contacts that are in the segment, too. */
export class SegmentFormController extends FormController {
    async onWillSaveRecord(record, changes) {
        // `fields_get` of the segment says which
        const names = Object.keys(changes).filter(
            (name) => record.fields[name].is_followed
        );
        if (record.resId && record.data.line_count && names.length) {
            const answer = await this.askForLines(record, names);
            if (!answer) {
                return false;
            }
            if (answer === "keep") {
                await this.orm.call("interaction.segment", "keep_lines", [
                    [record.resId],
                    names,
                ]);
            }
        }
        return super.onWillSaveRecord(...arguments);
    }

    /**
     * @returns {Promise<String|Boolean>} "apply", "keep", or false to go on editing
     */
    askForLines(record, names) {
        const labels = names.map((name) => record.fields[name].string).join(", ");
        return new Promise((resolve) => {
            this.dialogService.add(
                ConfirmationDialog,
                {
                    title: _t("Contacts of the Segment"),
                    body: _t(
                        "You changed: %(labels)s. Apply the changes to the contacts already in the segment? Contacts with their own values are not changed.",
                        {labels}
                    ),
                    confirmLabel: _t("Apply to All"),
                    confirm: () => resolve("apply"),
                    cancelLabel: _t("Only to New Contacts"),
                    cancel: () => resolve("keep"),
                    dismiss: () => resolve(false),
                },
                {onClose: () => resolve(false)}
            );
        });
    }
}

registry.category("views").add("interaction_segment_form", {
    ...formView,
    Controller: SegmentFormController,
});
