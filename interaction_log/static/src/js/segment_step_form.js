import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";

/**
 * A step is done when it is saved: only by its button, not when the user goes to another
 * tab of the browser, or leaves the page.
 */
export class SegmentStepFormController extends FormController {
    beforeVisibilityChange() {
        return undefined;
    }

    async beforeUnload() {
        return undefined;
    }
}

registry.category("views").add("interaction_segment_step_form", {
    ...formView,
    Controller: SegmentStepFormController,
});
