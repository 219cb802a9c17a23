import {announceEntries} from "@interaction_log/js/logged_notification";
import {registry} from "@web/core/registry";
import {session} from "@web/session";

/** Tells what was logged of the activities that the user has just marked as done. */
export const announceDoneService = {
    dependencies: ["action", "bus_service", "notification", "orm"],
    start(env, {bus_service: bus, orm}) {
        bus.subscribe("interaction_log_done", (announcement) => {
            const {message, entry_ids: entryIds, can_undo: canUndo} = announcement;
            // it comes to every browser and tab of the user, also to one opened a little
            // later, but was done in the one in front
            if (
                announcement.session !== session.interaction_log_session ||
                document.visibilityState !== "visible"
            ) {
                return;
            }
            announceEntries(env, {
                message,
                entryIds,
                undo:
                    canUndo &&
                    (() =>
                        orm.call("interaction.log.entry", "action_undo", [entryIds])),
            });
        });
        bus.start();
    },
};

registry.category("services").add("interaction_log_announce_done", announceDoneService);
