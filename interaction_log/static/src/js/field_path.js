import {
    FieldSelectorField,
    fieldSelectorField,
} from "@web/views/fields/field_selector/field_selector_field";
import {registry} from "@web/core/registry";

/**
 * A path of fields that each lead to one record; the others can't be chosen. It is read
 * in the words of the field of the option `label`, where there is one.
 */
export class FieldPathField extends FieldSelectorField {
    static props = {...FieldSelectorField.props, label: {type: String, optional: true}};

    get formattedValue() {
        const {label, record} = this.props;
        return label ? record.data[label] : super.formattedValue;
    }

    filter(fieldDef) {
        return fieldDef.type === "many2one";
    }
}

registry.category("fields").add("interaction_field_path", {
    ...fieldSelectorField,
    component: FieldPathField,
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...fieldSelectorField.extractProps(fieldInfo, dynamicInfo),
        label: fieldInfo.options.label,
    }),
});
