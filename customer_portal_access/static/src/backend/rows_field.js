import { registry } from "@web/core/registry";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";
import { ListRenderer } from "@web/views/list/list_renderer";

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
