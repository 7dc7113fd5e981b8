import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** Sends a form of the workspace once, however often its button is pressed. */
export class SendOnce extends Interaction {
    static selector = ".o_customer form:not(.o_customer_upload)";
    dynamicContent = {
        _root: { "t-on-submit": this.onSubmit },
        // The browser's Back button may bring the page back as it was left.
        _window: { "t-on-pageshow": () => (this.isSent = false) },
    };

    onSubmit(ev) {
        if (this.isSent) {
            ev.preventDefault();
        }
        this.isSent = true;
    }
}

registry.category("public.interactions").add("customer_portal_access.send_once", SendOnce);
