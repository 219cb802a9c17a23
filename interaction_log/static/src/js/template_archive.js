import {FormController} from "@web/views/form/form_controller";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {ListController} from "@web/views/list/list_controller";
import {formView} from "@web/views/form/form_view";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

/**
 * Archiving is confirmed once: where the server asks what becomes of automatic
 * recording, the web client does not ask before.
 *
 * @param {Function} Controller of a view of templates
 * @returns {Function} the controller that does so
 */
export function confirmArchiveOnce(Controller) {
    return class extends Controller {
        setup() {
            super.setup();
            this.orm = useService("orm");
        }

        getStaticActionMenuItems() {
            const items = super.getStaticActionMenuItems();
            const confirm = items.archive.callback;
            items.archive.callback = async () => {
                const {root} = this.model;
                const ids = root.getResIds ? await root.getResIds(true) : [root.resId];
                const templates = await this.orm.read("interaction.template", ids, [
                    "is_recorded_automatically",
                ]);
                return templates.some((each) => each.is_recorded_automatically)
                    ? root.archive(true)
                    : confirm();
            };
            return items;
        }
    };
}

for (const [type, view, Controller] of [
    ["form", formView, FormController],
    ["kanban", kanbanView, KanbanController],
    ["list", listView, ListController],
]) {
    registry.category("views").add(`interaction_template_${type}`, {
        ...view,
        Controller: confirmArchiveOnce(Controller),
    });
}
