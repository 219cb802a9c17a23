import {announce} from "@interaction_log/js/logged_notification";
import {registry} from "@web/core/registry";
import {session} from "@web/session";

/**
 * Tells of the activities that the user has just marked as done, and of the segment that
 * is logged by now.
 */
export const announceDoneService = {
    dependencies: ["action", "bus_service", "notification", "orm"],
    start(env, {bus_service: bus}) {
        bus.subscribe("interaction_log_done", (announcement) => {
            // it comes to every browser and tab of the user, also to one opened a little
            // later, but was done in the one in front
            const isElsewhere =
                announcement.session &&
                announcement.session !== session.interaction_log_session;
            if (!isElsewhere && document.visibilityState === "visible") {
                announce(env, announcement);
            }
        });
        bus.start();
    },
};

registry.category("services").add("interaction_log_announce_done", announceDoneService);
