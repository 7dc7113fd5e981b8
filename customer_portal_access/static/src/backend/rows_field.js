import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";
import { Record } from "@web/model/relational_model/record";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";
import { ListRenderer } from "@web/views/list/list_renderer";

/**
 * Odoo sends all cells of a row when one was changed. With them goes what stood there when
 * the row was read, so that what somebody else has changed since is not overwritten.
 */
patch(Record.prototype, {
    _getChanges() {
        const changes = super._getChanges(...arguments);
        if (this.resModel === "customer.publication.entry" && this.resId && changes.values) {
            changes.seen_values = this._formatServerValue("properties", this._values.values || []);
        }
        return changes;
    },
});

/**
 * Shows all columns of the list, in their order. Odoo shows properties in lists of their
 * own, not in those inside a form, and hides each until somebody asks for it.
 */
class RowsListRenderer extends ListRenderer {
    getPropertyFieldColumns(column, list) {
        const [record] = list.records;
        const definitions = record?.data[column.name] || [];
        for (const { name } of definitions) {
            const field = `${column.name}.${name}`;
            list.activeFields[field] = list.activeFields[field] || record.activeFields[field];
        }
        const columns = super.getPropertyFieldColumns(column, list);
        return definitions.flatMap(({ name, string }) =>
            columns
                .filter((property) => property.name === `${column.name}.${name}`)
                .map((property) => ({ ...property, label: string, optional: false, attrs: {} }))
        );
    }
}

export class RowsField extends X2ManyField {
    static components = { ...X2ManyField.components, ListRenderer: RowsListRenderer };
}

registry.category("fields").add("customer_rows", { ...x2ManyField, component: RowsField });
