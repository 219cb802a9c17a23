import {
    FieldSelectorField,
    fieldSelectorField,
} from "@web/views/fields/field_selector/field_selector_field";
import {registry} from "@web/core/registry";

/** A path of fields that each lead to one record; the others can't be chosen. */
export class FieldPathField extends FieldSelectorField {
    filter(fieldDef) {
        return fieldDef.type === "many2one";
    }
}

registry.category("fields").add("interaction_field_path", {
    ...fieldSelectorField,
    component: FieldPathField,
});
