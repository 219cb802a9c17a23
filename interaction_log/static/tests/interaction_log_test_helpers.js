import {defineModels, mockService, models} from "@web/../tests/web_test_helpers";
import {expect} from "@odoo/hoot";
import {mailModels} from "@mail/../tests/mail_test_helpers";

// Their fields are those of the server
export class InteractionLogEntry extends models.ServerModel {
    _name = "interaction.log.entry";
}

export class InteractionTemplate extends models.ServerModel {
    _name = "interaction.template";
}

export const interactionModels = {
    ...mailModels,
    InteractionLogEntry,
    InteractionTemplate,
};

export function defineInteractionModels() {
    return defineModels(interactionModels);
}

/**
 * Let no action be done but those that the test is about: each other one that is asked
 * for is a step.
 *
 * @param {Function} [isDone] whether to do the given action
 * @returns {Object[]} the options of those that are asked for
 */
export function mockActions(isDone = () => false) {
    const asked = [];
    mockService("action", {
        doAction(action, options) {
            if (isDone(action)) {
                return super.doAction(action, options);
            }
            expect.step(action);
            asked.push(options || {});
            return Promise.resolve();
        },
    });
    return asked;
}
