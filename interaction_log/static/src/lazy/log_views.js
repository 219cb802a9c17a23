import {InteractionLogButton} from "../js/log_button";
import {activityView} from "@mail/views/web/activity/activity_view";
import {graphView} from "@web/views/graph/graph_view";
import {pivotView} from "@web/views/pivot/pivot_view";
import {registry} from "@web/core/registry";

/** Views of the log that have no header for buttons: they get the same one. */
function withLogButton(view, template) {
    const {Controller} = view;
    return {
        ...view,
        Controller: class extends Controller {
            static template = template;
            static components = {...Controller.components, InteractionLogButton};
        },
    };
}

registry
    .category("views")
    .add(
        "interaction_log_activity",
        withLogButton(activityView, "interaction_log.ActivityController")
    )
    .add(
        "interaction_log_graph",
        withLogButton(graphView, "interaction_log.GraphController")
    )
    .add(
        "interaction_log_pivot",
        withLogButton(pivotView, "interaction_log.PivotController")
    );
