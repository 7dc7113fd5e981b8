import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { Dialog } from "@web/core/dialog/dialog";
import { registry } from "@web/core/registry";

/**
 * Shows a personal link once. It lives in this dialog and on the clipboard only.
 */
export class CopyLinkDialog extends Component {
    static template = "customer_portal_access.CopyLinkDialog";
    static components = { Dialog };
    static props = {
        url: String,
        name: String,
        expires: { type: [String, Boolean], optional: true },
        requires_code: { type: Boolean, optional: true },
        close: Function,
    };

    setup() {
        this.state = useState({ copied: false });
        this.input = useRef("input");
        onMounted(() => this.copy());
    }

    async copy() {
        this.input.el.select();
        try {
            await browser.navigator.clipboard.writeText(this.props.url);
            this.state.copied = true;
        } catch {
            // The browser does not let us: the address is selected, ready for Ctrl+C.
            this.state.copied = false;
        }
    }
}

registry
    .category("actions")
    .add("customer_portal_access.copy_link", (env, { params }) => {
        env.services.dialog.add(CopyLinkDialog, params);
        // lets the view below show what the new link changed
        return { type: "ir.actions.act_window_close" };
    });
