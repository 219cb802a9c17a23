import {_t} from "@web/core/l10n/translation";
import {announceEntries} from "@interaction_log/js/logged_notification";
import {download} from "@web/core/network/download";
import {patch} from "@web/core/utils/patch";
import {registry} from "@web/core/registry";

const MODEL = "interaction.log.entry";
const TOKEN = "interaction_log_token";

// Set by the service: the functions that download know of no environment
let afterPrint = null;

patch(download, {
    /**
     * Name a print by a token, and ask what was logged when it is there.
     *
     * @override
     */
    async _download(options) {
        if (!afterPrint || options.url !== "/report/download" || !options.data) {
            return super._download(...arguments);
        }
        const token = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
        const context = JSON.parse(options.data.context || "{}");
        const result = await super._download({
            ...options,
            data: {
                ...options.data,
                context: JSON.stringify({...context, [TOKEN]: token}),
            },
        });
        afterPrint(token); // nobody waits for it: the print is there
        return result;
    },
});

/** Tells after a print what was logged, or asks whether to log it. */
export const announcePrintService = {
    dependencies: ["action", "notification", "orm"],
    start(env, {notification, orm}) {
        function tell(token, announcement) {
            if (announcement.message) {
                announceEntries(env, {
                    message: announcement.message,
                    entryIds: announcement.entry_ids,
                    undone: announcement.undone,
                    undo:
                        announcement.can_undo &&
                        (() => orm.call(MODEL, "undo_announced", [token])),
                });
            }
            if (announcement.warning) {
                notification.add(announcement.warning, {type: "warning"});
            }
        }

        function ask(token, question) {
            const close = notification.add(question, {
                type: "info",
                sticky: true,
                buttons: [
                    {
                        name: _t("Log It"),
                        primary: true,
                        onClick: async () => {
                            close();
                            const told = await orm.call(MODEL, "log_announced", [
                                token,
                            ]);
                            await env.services.action.doAction("soft_reload");
                            tell(token, told);
                        },
                    },
                    {name: _t("Don't Log"), onClick: () => close()},
                ],
            });
        }

        afterPrint = async (token) => {
            let announcement = {};
            try {
                announcement = await orm.silent.call(MODEL, "get_announcement", [
                    token,
                ]);
            } catch {
                return; // what was printed was printed; the log has it all the same
            }
            tell(token, announcement);
            if (announcement.question) {
                ask(token, announcement.question);
            }
        };
    },
};

registry
    .category("services")
    .add("interaction_log_announce_print", announcePrintService);
