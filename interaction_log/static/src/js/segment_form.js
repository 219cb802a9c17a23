import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {FormController} from "@web/views/form/form_controller";
import {_t} from "@web/core/l10n/translation";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";

// What the contacts of a segment take from it, unless they say otherwise themselves
const OVERRIDABLE_FIELDS = [
    "template_id",
    "subject",
    "channel",
    "lang",
    "user_id",
    "cost",
    "duration",
];

/** Asks whether what changes is for the contacts that are in the segment, too. */
export class SegmentFormController extends FormController {
    async onWillSaveRecord(record, changes) {
        const names = OVERRIDABLE_FIELDS.filter((name) => name in changes);
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
                        "You changed: %(labels)s. Apply it to the contacts that are in the segment already? Those that say otherwise themselves stay as they are.",
                        {labels}
                    ),
                    confirmLabel: _t("Apply to All"),
                    confirm: () => resolve("apply"),
                    cancelLabel: _t("Only to New Ones"),
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
