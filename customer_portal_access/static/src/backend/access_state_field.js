import { registry } from "@web/core/registry";
import { BadgeField, badgeField } from "@web/views/fields/badge/badge_field";

const COLORS = { active: "success", blocked: "warning", expired: "warning", invited: "info" };

/**
 * The state of an access as a badge and, below it, its reason, where the customer is
 * right now, what helps, and whose the password is.
 */
export class CustomerAccessStateField extends BadgeField {
    static template = "customer_portal_access.AccessStateField";

    get data() {
        return this.props.record.data;
    }

    get badgeClass() {
        return `text-bg-${COLORS[this.data[this.props.name]] || "300"}`;
    }
}

registry.category("fields").add("customer_access_state", {
    ...badgeField,
    component: CustomerAccessStateField,
    supportedTypes: ["selection"],
    fieldDependencies: [
        { name: "partner_id", type: "many2one" },
        { name: "state_reason", type: "char" },
        { name: "customer_step", type: "char" },
        { name: "stuck_hint", type: "char" },
        { name: "login_note", type: "char" },
    ],
});
