import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Takes a line off when the form is saved; until then, an arrow that puts it back. */
export class CustomerRemoveContact extends Component {
    static template = "customer_portal_access.RemoveContact";
    static props = { ...standardWidgetProps };

    get isRemoved() {
        return this.props.record.data.removed;
    }

    get title() {
        const name = this.props.record.data.partner_id?.display_name || "";
        return this.isRemoved ? _t("Put %s back", name) : _t("Remove %s", name);
    }

    onClick() {
        return this.env.customerRemove(this.props.record);
    }
}

registry.category("view_widgets").add("customer_remove_contact", {
    component: CustomerRemoveContact,
    fieldDependencies: [
        { name: "partner_id", type: "many2one" },
        { name: "removed", type: "boolean", readonly: false },
    ],
});
