import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** Prints the page; without scripts the browser's own menu does. */
export class PrintPage extends Interaction {
    static selector = ".o_customer_print";
    dynamicContent = {
        _root: {
            "t-att-class": () => ({ "d-none": false }),
            "t-on-click": () => window.print(),
        },
    };
}

registry.category("public.interactions").add("customer_portal_access.print_page", PrintPage);
