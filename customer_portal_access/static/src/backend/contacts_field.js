import { useSubEnv } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { pick } from "@web/core/utils/objects";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";
import { ListRenderer } from "@web/views/list/list_renderer";
import { CustomerEmailBox } from "./email_box";

/** Fades the lines that are taken off when the form is saved. */
class CustomerContactsListRenderer extends ListRenderer {
    getRowClass(record) {
        return `${super.getRowClass(record)} ${record.data.removed ? "opacity-50" : ""}`;
    }
}

/**
 * The contact persons of a record: a box to add them by e-mail address, and lines that
 * stay, faded, after they were removed, until the form is saved.
 */
export class CustomerContactsField extends X2ManyField {
    static template = "customer_portal_access.ContactsField";
    static components = {
        ...X2ManyField.components,
        CustomerEmailBox,
        ListRenderer: CustomerContactsListRenderer,
    };

    setup() {
        super.setup();
        useSubEnv({ customerRemove: (record) => this.toggleRemoved(record) });
    }

    /** Take a line off, or put it back; one that was never saved goes at once. */
    async toggleRemoved(record) {
        if (this.props.readonly) {
            return;
        }
        await this.list.leaveEditMode({ canAbandon: false });
        if (record.isNew) {
            return this.list.delete(record);
        }
        return record.update({ removed: !record.data.removed });
    }

    get boxProps() {
        const { record } = this.props;
        const { company_id: company, partner_id: partner } = record.data;
        const isCustomer = record.resModel === "res.partner";
        return {
            customerId: (isCustomer ? record.resId : partner?.id) || false,
            companyId: company?.id || false,
            isPresent: (id) => this.present(id),
            add: (contact, roleId, isNew) => this.addContact(contact, roleId, isNew && isCustomer),
            invite: (id) => this.inviteContact(id),
        };
    }

    present(contactId) {
        return this.list.records.find(({ data }) => data.partner_id?.id === contactId);
    }

    /** As a button of the line, which is there once the form is saved. */
    inviteContact(contactId) {
        return this.env.onClickViewButton({
            clickParams: { name: "action_send_invitation", type: "object" },
            getResParams: () =>
                pick(
                    this.present(contactId),
                    "context",
                    "evalContext",
                    "resModel",
                    "resId",
                    "resIds"
                ),
        });
    }

    /** Add a line for a contact; put it back if it was just taken off. */
    async addContact(contact, roleId, joins) {
        const line = this.present(contact.id);
        if (line) {
            return line.data.removed && line.update({ removed: false });
        }
        await this.list.leaveEditMode({ canAbandon: false });
        const context = {
            ...this.props.context,
            default_partner_id: contact.id,
            default_role_id: roleId,
            default_joins_customer: joins && !this.props.record.resId,
        };
        return this.list.addNewRecord({ context, mode: "readonly", position: "bottom" });
    }
}

registry.category("fields").add("customer_contacts", {
    ...x2ManyField,
    component: CustomerContactsField,
});
