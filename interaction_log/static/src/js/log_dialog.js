import {onMounted, onWillUnmount, useExternalListener, useSubEnv} from "@odoo/owl";
import {FormController} from "@web/views/form/form_controller";
import {_t} from "@web/core/l10n/translation";
import {formView} from "@web/views/form/form_view";
import {hasTouch} from "@web/core/browser/feature_detection";
import {registry} from "@web/core/registry";

/**
 * The dialog that logs an interaction: what is missing first has the focus. Closed
 * unfinished, it offers to save a draft.
 */
export class InteractionLogController extends FormController {
    setup() {
        super.setup();
        this.finished = false;
        const {onClickViewButton} = this.env;
        useSubEnv({
            onClickViewButton: async (params) => {
                try {
                    return await onClickViewButton(params);
                } catch (error) {
                    // refused: what was typed would be missed
                    this.finished = false;
                    throw error;
                }
            },
        });
        useExternalListener(window, "keydown", this.onKeydown, {capture: true});
        onMounted(() => this.prepare());
        onWillUnmount(() => this.offerToKeep());
    }

    /** Put the cursor where the user goes on; the note asks for it by itself. */
    prepare() {
        const {
            is_correction: isCorrection,
            partner_ids: contacts,
            template_id: kind,
        } = this.model.root.data;
        if (isCorrection) {
            this.showMore();
        }
        if (hasTouch()) {
            return; // its keyboard would cover the dialog
        }
        const find = (selector) => this.rootRef.el.querySelector(selector);
        if (!contacts.records.length) {
            find(".o_field_widget[name=partner_ids] input")?.focus();
        } else if (!kind) {
            find(".o_field_widget[name=template_id] :is(button, input)")?.focus();
        }
    }

    showMore() {
        for (const more of this.rootRef.el.querySelectorAll("details")) {
            more.open = true;
        }
    }

    /** Tab leaves the note, as it leaves every other field. */
    onKeydown(event) {
        if (
            event.key === "Tab" &&
            event.target.closest?.(".o_interaction_log_create .odoo-editor-editable")
        ) {
            event.stopImmediatePropagation();
        }
    }

    async beforeExecuteActionButton(clickParams) {
        const result = await super.beforeExecuteActionButton(clickParams);
        if (result === false) {
            this.showMore(); // what is wrong may be there
        }
        // discarded by its own button: the user said so
        this.finished = result !== false;
        return result;
    }

    async offerToKeep() {
        if (this.finished) {
            return;
        }
        const record = this.model.root;
        const {action, notification, orm} = this.env.services;
        const context = {...this.props.context};
        // both ask the fields, which are gone a moment later, as is what asks the server
        this.model._urgentSave = true;
        const isDirty = record.isDirty();
        const changes = record.getChanges();
        const {
            is_call: isCall,
            is_correction: isCorrection,
            partner_ids: contacts,
            template_id: kind,
        } = record.data;
        // what was to be logged, and was refused, is saved
        const ids = record.resId ? [record.resId] : [];
        // what was opened and picked by itself would not be missed
        if (!(await isDirty) && !isCall && !ids.length) {
            return;
        }
        const keep = async () => {
            const values = await changes;
            // where it is refused the offer stays
            await orm.call(record.resModel, "postpone", [ids, values], {context});
            close();
            notification.add(_t("Saved as a draft."), {type: "success"});
            await action.doAction("soft_reload");
        };
        const goOn = async () => {
            const values = await changes;
            if (ids.length) {
                await orm.write(record.resModel, ids, values);
            } else {
                for (const [name, value] of Object.entries(values)) {
                    context[`default_${name}`] = value;
                }
            }
            close();
            const dialog = isCorrection
                ? "interaction_log.interaction_log_correct_action"
                : "interaction_log.interaction_log_create_action";
            await action.doAction(dialog, {
                additionalContext: context,
                props: {resId: record.resId},
            });
        };
        let question = _t("The interaction was not logged.");
        const buttons = [{name: _t("Resume"), onClick: goOn}];
        if (isCorrection) {
            question = _t("The correction was not saved.");
        } else if (kind && contacts.records.length) {
            question = _t("The interaction was not logged. Save it as a draft?");
            buttons.unshift({name: _t("Save Draft"), primary: true, onClick: keep});
        }
        const close = notification.add(question, {
            type: "warning",
            sticky: true,
            buttons,
        });
    }
}

registry.category("views").add("interaction_log_create_form", {
    ...formView,
    Controller: InteractionLogController,
});
