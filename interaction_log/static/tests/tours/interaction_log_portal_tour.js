import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("interaction_log_portal", {
    steps: () => [
        {
            content: "The page is there with all of its parts",
            trigger: "#chatterRoot:shadow .o-mail-Chatter .o-mail-Thread",
        },
        {
            content: "Download what the page shows",
            trigger: "a.o_portal_invoice_print[href*='report_type=pdf']:visible:first",
            async run() {
                // as a click does, but that the tour waits for the file
                const response = await fetch(this.anchor.href);
                const content = await response.text();
                if (!content.startsWith("%PDF")) {
                    throw new Error("There is no PDF to download.");
                }
            },
        },
    ],
});
