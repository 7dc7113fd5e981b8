import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** Loads pictures from other sites where they are asked for, without leaving the page. */
export class HeldImages extends Interaction {
    static selector = ".o_customer_held_text";
    dynamicContent = {
        ".o_customer_held_note a": { "t-on-click.prevent": this.onShow },
    };

    onShow() {
        for (const image of this.el.querySelectorAll("[data-held-src]")) {
            image.src = image.dataset.heldSrc;
            image.removeAttribute("data-held-src");
            image.classList.remove("o_customer_held");
        }
        for (const element of this.el.querySelectorAll("[data-held-background]")) {
            element.style.backgroundImage = `url("${element.dataset.heldBackground}")`;
            element.removeAttribute("data-held-background");
        }
        this.el.querySelector(".o_customer_held_note").remove();
        const note = this.el.querySelector(".o_customer_shown_note");
        note.textContent = _t("The images are shown now.");
        const text = this.el.querySelector(".o_customer_text");
        text.tabIndex = -1;
        text.focus();
    }
}

registry.category("public.interactions").add("customer_portal_access.held_images", HeldImages);
