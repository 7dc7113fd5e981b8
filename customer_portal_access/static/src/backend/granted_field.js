import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { BooleanField, booleanField } from "@web/views/fields/boolean/boolean_field";

/**
 * The tick "gets access": asks before it is taken from somebody who has been let in.
 */
export class CustomerGrantedField extends BooleanField {
    setup() {
        super.setup();
        this.dialog = useService("dialog");
    }

    onChange(granted) {
        const { partner_id: contact, state } = this.props.record.data;
        if (granted || !["invited", "active", "expired"].includes(state)) {
            return super.onChange(granted);
        }
        this.state.value = granted;
        this.dialog.add(ConfirmationDialog, {
            title: _t("End this access?"),
            body: _t("Once you save, the links and open sessions of %s stop working.", contact.display_name),
            confirmLabel: _t("End access"),
            confirm: () => super.onChange(granted),
            cancel: () => {
                this.state.value = true;
            },
        });
    }
}

registry.category("fields").add("customer_granted", {
    ...booleanField,
    component: CustomerGrantedField,
    fieldDependencies: [
        { name: "partner_id", type: "many2one" },
        { name: "state", type: "selection" },
    ],
});
