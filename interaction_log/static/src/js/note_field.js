import {HtmlField, htmlField} from "@html_editor/fields/html_field";
import {baseContainerGlobalSelector} from "@html_editor/utils/base_container";
import {registry} from "@web/core/registry";
import {useBus} from "@web/core/utils/hooks";
import {useEffect} from "@odoo/owl";
import {withSequence} from "@html_editor/utils/resource";

/** The note of an interaction: whoever chooses a kind goes on typing there. */
export class InteractionNoteField extends HtmlField {
    setup() {
        super.setup();
        const {record} = this.props;
        useBus(record.model.bus, "INTERACTION_KIND_CHOSEN", () => this.focus());
        useEffect(
            (kind) => {
                if (kind) {
                    this.focus();
                }
            },
            () => [this.props.record.data.template_id?.id]
        );
    }

    getConfig() {
        const config = super.getConfig();
        // a note is text first: "/" has what these offer on each empty line
        const Plugins = config.Plugins.filter(({id}) => id !== "powerButtons");
        // what to write is told until it is written: focused at once, Odoo's own
        // placeholder would never be seen
        const hint = withSequence(2, {
            selector: `${baseContainerGlobalSelector}:only-child`,
            text: config.placeholder,
        });
        const hints = [config.resources.hints || [], hint].flat();
        const resources = {...config.resources, hints};
        return {...config, Plugins, resources};
    }

    /** Go on after what is written; who types already is not disturbed. */
    focus() {
        const {editable, shared} = this.editor;
        if (!editable.contains(document.activeElement)) {
            shared.selection.setCursorEnd(editable);
            shared.selection.focusEditable();
        }
    }
}

registry.category("fields").add("interaction_note", {
    ...htmlField,
    component: InteractionNoteField,
});
