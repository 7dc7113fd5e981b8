import { _t } from "@web/core/l10n/translation";
import { x2ManyCommands } from "@web/core/orm_service";
import { patch } from "@web/core/utils/patch";
import { Record } from "@web/model/relational_model/record";

const A_MINUTE = 60000;

/** Offer "Invite" for new contacts, of whom the server says who may be invited. */
async function offerInvite({ env }, ids) {
    // not those of the dialog, which is gone when they answer
    const { action, notification, orm } = env.services;
    const contacts = await orm.read("res.partner", ids, ["name", "customer_invite_way"]);
    for (const { id, name } of contacts.filter((contact) => contact.customer_invite_way)) {
        const invite = async () => {
            close();
            action.doAction(await orm.call("res.partner", "action_customer_invite", [[id]]));
        };
        const close = notification.add(_t("%s may come to the customer portal.", name), {
            type: "info",
            autocloseDelay: A_MINUTE,
            buttons: [{ name: _t("Invite"), primary: true, onClick: invite }],
        });
    }
}

/** Offer it for those who were made last among the persons of a company. */
async function offerToNewest(model, companyId, limit) {
    const domain = [["parent_id", "=", companyId]];
    const { orm } = model.env.services;
    await offerInvite(model, await orm.search("res.partner", domain, { limit, order: "id desc" }));
}

/**
 * For a minute after a contact was made where its own form is not shown, it can be invited:
 * in the dialog of a field, by its name alone, or on the Contacts tab of its company.
 */
patch(Record.prototype, {
    async _save() {
        if (this.resModel !== "res.partner") {
            return super._save(...arguments);
        }
        const isNew = !this.resId;
        const commands = this._getChanges().child_ids || [];
        const persons = commands.filter(([command]) => command === x2ManyCommands.CREATE).length;
        const saved = await super._save(...arguments);
        if (saved && isNew && this.model.env.inDialog) {
            offerInvite(this.model, [this.resId]);
        }
        if (saved && persons) {
            offerToNewest(this.model, this.resId, persons);
        }
        return saved;
    },

    async _completeMany2OneValue(value, fieldName, resModel) {
        const completed = await super._completeMany2OneValue(...arguments);
        if (resModel === "res.partner" && completed?.id && !value.id) {
            offerInvite(this.model, [completed.id]);
        }
        return completed;
    },
});
