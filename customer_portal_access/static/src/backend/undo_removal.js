import { _t } from "@web/core/l10n/translation";
import { x2ManyCommands } from "@web/core/orm_service";
import { patch } from "@web/core/utils/patch";
import { useService } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";

const A_MINUTE = 60000;
const LISTS = ["customer_member_ids", "customer_access_ids"];

/** Return the ids of the accesses that these changes take off. */
function removedIds(changes) {
    return LISTS.flatMap((name) => changes[name] || [])
        .filter(([command, , values]) => command === x2ManyCommands.UPDATE && values.removed)
        .map(([, id]) => id);
}

/** For a minute after saving, what was taken off a list of contacts can be put back. */
patch(FormController.prototype, {
    setup() {
        super.setup();
        this.customerNotification = useService("notification");
        this.customerOrm = useService("orm");
    },

    async onRecordSaved(record, changes) {
        await super.onRecordSaved(...arguments);
        const ids = removedIds(changes);
        if (ids.length) {
            this.offerUndo(record, ids);
        }
    },

    offerUndo(record, ids) {
        const { customerNotification: notification, customerOrm: orm } = this;
        const text = ids.length > 1 ? _t("%s contacts removed.", ids.length) : _t("Contact removed.");
        const undo = async () => {
            close();
            const count = await orm.call("customer.access", "undo_removal", [ids]);
            notification.add(
                count
                    ? _t("Back on the list. Old links stay dead: invite again.")
                    : _t("The minute is over: add the contact again."),
                { type: count ? "success" : "warning" }
            );
            if (this.model.root === record && !record.dirty) {
                await record.load();
            }
        };
        const close = notification.add(text, {
            type: "info",
            autocloseDelay: A_MINUTE,
            buttons: [{ name: _t("Undo"), primary: true, onClick: undo }],
        });
    },
});
