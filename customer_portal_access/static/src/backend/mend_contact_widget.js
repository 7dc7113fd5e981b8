import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * Opens the contact of a line that lacks something above the wizard, and looks at the
 * line again once it is saved. A button of type "object" would close the wizard.
 */
export class CustomerMendContact extends Component {
    static template = "customer_portal_access.MendContact";
    static props = { ...standardWidgetProps };

    setup() {
        this.dialog = useService("dialog");
    }

    async onClick() {
        const { model } = this.props.record;
        const { id, display_name } = this.props.record.data.partner_id;
        if (!(await model.root.save())) {
            return;
        }
        this.dialog.add(FormViewDialog, {
            resModel: "res.partner",
            resId: id,
            title: display_name,
            canExpand: false,
            onRecordSaved: () => model.root.load(),
        });
    }
}

registry.category("view_widgets").add("customer_mend_contact", {
    component: CustomerMendContact,
    fieldDependencies: [
        { name: "partner_id", type: "many2one" },
        { name: "reason", type: "char" },
    ],
});
