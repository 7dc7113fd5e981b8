import { registry } from "@web/core/registry";
import { pick } from "@web/core/utils/objects";
import {
    buildM2OFieldDescription,
    Many2OneField,
} from "@web/views/fields/many2one/many2one_field";

/** The contact of a line: its name opens the small form to edit it. */
export class CustomerContactNameField extends Many2OneField {
    static template = "customer_portal_access.ContactNameField";

    get contact() {
        return this.props.record.data[this.props.name];
    }

    get isSaved() {
        return Boolean(this.props.record.resId && this.contact);
    }

    /** As a button of the line: saves the form before, and reads it again afterwards. */
    edit() {
        const { record } = this.props;
        return this.env.onClickViewButton({
            clickParams: { name: "action_edit_contact", type: "object" },
            getResParams: () =>
                pick(record, "context", "evalContext", "resModel", "resId", "resIds"),
        });
    }
}

registry.category("fields").add("customer_contact_name", {
    ...buildM2OFieldDescription(CustomerContactNameField),
});
