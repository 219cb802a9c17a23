import {CALLED_MODELS} from "@interaction_log/js/phone_field";

CALLED_MODELS.add("crm.lead");
