import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";

/**
 * The publications of a workspace: a line opens its own form in a dialog, where it is
 * published, closed and reopened at once, not only when the workspace is saved.
 */
export class CustomerPublicationsField extends X2ManyField {
    setup() {
        super.setup();
        this.actionService = useService("action");
    }

    async openRecord(record) {
        const { root } = this.props.record.model;
        if (!(await root.save())) {
            return;
        }
        await this.actionService.doActionButton({
            type: "object",
            name: "action_open",
            resModel: record.resModel,
            resId: record.resId,
            onClose: () => root.load(),
        });
    }
}

registry.category("fields").add("customer_publications", {
    ...x2ManyField,
    component: CustomerPublicationsField,
});
