import {CalendarController} from "@web/views/calendar/calendar_controller";
import {CalendarModel} from "@web/views/calendar/calendar_model";
import {InteractionLogButton} from "./log_button";
import {calendarView} from "@web/views/calendar/calendar_view";
import {_t} from "@web/core/l10n/translation";
import {formatInteger} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";
import {serializeDateTime} from "@web/core/l10n/dates";

/**
 * What was logged together, such as a meeting with several people, is shown as one.
 */
class InteractionLogCalendarModel extends CalendarModel {
    async fetchRecords(data) {
        const {activeFields, context, fieldNames, resModel} = this.meta;
        const {entries, total} = await this.orm.call(
            resModel,
            "get_calendar_entries",
            [
                this.computeDomain(data),
                [...new Set([...fieldNames, ...Object.keys(activeFields)])],
            ],
            {
                context,
                start: serializeDateTime(data.range.start),
                end: serializeDateTime(data.range.end),
            }
        );
        Object.assign(data, {shownCount: entries.length, totalCount: total});
        return entries;
    }

    normalizeRecord(rawRecord) {
        const record = super.normalizeRecord(rawRecord);
        const {interaction_number: number, partner_name: contact} = rawRecord;
        record.title =
            number > 1 ? `${number} × ${record.title}` : `${record.title}, ${contact}`;
        record.isStriked = rawRecord.state === "canceled";
        record.isHatched = rawRecord.state === "postponed";
        return record;
    }
}

class InteractionLogCalendarController extends CalendarController {
    static template = "interaction_log.CalendarController";
    static components = {...CalendarController.components, InteractionLogButton};

    /** What is said where there is more in the period than can be shown. */
    get limitText() {
        const {shownCount, totalCount} = this.model.data;
        if (!(shownCount < totalCount)) {
            return "";
        }
        return _t(
            "Showing %(shown)s of %(total)s interactions, the first of each day. Filter them or choose a shorter period.",
            {
                shown: formatInteger(shownCount),
                total: formatInteger(totalCount),
            }
        );
    }

    /** A day that is clicked is when the interaction was that is logged. */
    createRecord({start}) {
        return this.action.doAction("interaction_log.interaction_log_create_action", {
            additionalContext: {
                ...this.props.context,
                default_date: serializeDateTime(start),
            },
            onClose: () => this.model.load(),
        });
    }

    editRecord(record, context) {
        const batchId = record.rawRecord?.interaction_batch_id;
        if (!batchId) {
            return super.editRecord(record, context);
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "interaction.batch",
            res_id: batchId,
            views: [[false, "form"]],
        });
    }
}

registry.category("views").add("interaction_log_calendar", {
    ...calendarView,
    Controller: InteractionLogCalendarController,
    Model: InteractionLogCalendarModel,
    buttonTemplate: "interaction_log.CalendarButtons",
});
