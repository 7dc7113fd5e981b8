import { Component, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useSortable } from "@web/core/utils/sortable_owl";
import { uuid } from "@web/core/utils/strings";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { PropertyDefinitionSelection } from "@web/views/fields/properties/property_definition_selection";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Odoo's editor of choices, without a default: rows begin empty. */
class Choices extends PropertyDefinitionSelection {
    static template = "customer_portal_access.Choices";
}

/**
 * The columns of a list, one line each.
 *
 * It writes the definition of Odoo's properties. Odoo's own editor of definitions works on
 * a row, one column at a time; here staff see them all, before there is any row.
 */
export class ColumnsField extends Component {
    static template = "customer_portal_access.ColumnsField";
    static components = { Choices };
    static props = { ...standardFieldProps };

    setup() {
        this.types = [
            ["char", _t("Text")],
            ["text", _t("Text of several lines")],
            ["integer", _t("Whole number")],
            ["float", _t("Number")],
            ["date", _t("Date")],
            ["selection", _t("Choice")],
            ["boolean", _t("Tick")],
        ];
        this.fixedHint = _t("To change the type, remove the column and add another one.");
        this.state = useState({ saved: [] });
        this.queue = Promise.resolve();
        this.root = useRef("root");
        useRecordObserver((record) => {
            if (!record.dirty) {
                const columns = record.data[this.props.name] || [];
                this.state.saved = columns.map((column) => column.name);
            }
        });
        useEffect(() => {
            const line = this.added && this.root.el.querySelector(`[data-name="${this.added}"]`);
            if (line) {
                line.querySelector("input").focus();
                this.added = null;
            }
        });
        useSortable({
            enable: () => !this.props.readonly,
            ref: this.root,
            elements: "tbody tr",
            handle: ".o_customer_column_handle",
            cursor: "grabbing",
            onDrop: ({ element, previous }) =>
                this.move(element.dataset.name, previous?.dataset.name),
        });
    }

    get columns() {
        return JSON.parse(JSON.stringify(this.props.record.data[this.props.name] || []));
    }

    get hasChoices() {
        return this.columns.some((column) => column.type === "selection");
    }

    /** What is filled in already would not fit another type. */
    isTypeFixed(column) {
        return this.props.readonly || this.state.saved.includes(column.name);
    }

    typeLabel(column) {
        return this.types.find(([type]) => type === column.type)?.[1] || column.type;
    }

    /** Change the columns, one change after the other: each begins with what is there then. */
    update(change) {
        this.queue = this.queue.then(() =>
            this.props.record.update({ [this.props.name]: change(this.columns) })
        );
        return this.queue;
    }

    add() {
        const name = uuid().replaceAll("-", "").slice(0, 16);
        this.added = name;
        return this.update((columns) => [...columns, { name, string: "", type: "char" }]);
    }

    remove(name) {
        return this.update((columns) => columns.filter((column) => column.name !== name));
    }

    change(name, values) {
        return this.update((columns) =>
            columns.map((column) => {
                if (column.name !== name) {
                    return column;
                }
                const changed = { ...column, ...values };
                if (changed.type === "selection") {
                    changed.selection = changed.selection || [];
                } else {
                    delete changed.selection;
                }
                return changed;
            })
        );
    }

    move(name, previous) {
        return this.update((columns) => {
            const moved = columns.find((column) => column.name === name);
            const others = columns.filter((column) => column.name !== name);
            const place = others.findIndex((column) => column.name === previous) + 1;
            others.splice(place, 0, moved);
            return others;
        });
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            ev.target.blur(); // takes over what was typed
            this.add();
        }
    }
}

registry.category("fields").add("customer_columns", {
    component: ColumnsField,
    supportedTypes: ["properties_definition"],
});
