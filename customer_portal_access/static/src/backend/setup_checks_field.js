import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The set-up checks: each with its state, a try and the way to where it is mended.
 */
export class CustomerSetupChecksField extends Component {
    static template = "customer_portal_access.SetupChecksField";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get checks() {
        return this.props.record.data[this.props.name] || [];
    }

    icon({ ok }) {
        if (ok) {
            return "fa-check-circle text-success";
        }
        return ok === null ? "fa-info-circle text-info" : "fa-exclamation-circle text-danger";
    }

    async test({ test }) {
        await this.action.doAction(await this.orm.call(this.props.record.resModel, test, []));
    }

    mend({ action }) {
        return this.action.doAction(action);
    }
}

registry.category("fields").add("customer_setup_checks", {
    component: CustomerSetupChecksField,
    supportedTypes: ["json"],
});
