import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** Says what is wrong with chosen files before they are sent; the server checks again. */
export class FileField extends Interaction {
    static selector = ".o_customer_file_field";
    dynamicContent = {
        "input[type=file]": { "t-on-change": this.onChange },
    };

    onChange(ev) {
        const input = ev.currentTarget;
        const refusals = this.refusals([...input.files]);
        const list = document.createElement("ul");
        list.className = "list-unstyled mb-0";
        for (const [name, code] of refusals) {
            const item = document.createElement("li");
            if (name) {
                const strong = document.createElement("strong");
                strong.textContent = `${name}: `;
                item.append(strong);
            }
            item.append(this.sentence(code));
            list.append(item);
        }
        this.el.querySelector(".o_customer_wrong").replaceChildren(...(refusals.length ? [list] : []));
        input.classList.toggle("is-invalid", refusals.length > 0);
        input.setAttribute("aria-invalid", refusals.length > 0);
        // keeps the browser from sending the form
        input.setCustomValidity(refusals.length ? list.textContent : "");
    }

    refusals(files) {
        const { size, together, count, extensions } = this.el.dataset;
        const refusals = [];
        for (const file of files) {
            const extension = file.name.includes(".") ? file.name.split(".").pop().toLowerCase() : "";
            if (!extensions.split(" ").includes(`.${extension}`)) {
                refusals.push([file.name, "type"]);
            } else if (file.size > Number(size)) {
                refusals.push([file.name, "size"]);
            } else if (!file.size) {
                refusals.push([file.name, "empty"]);
            }
        }
        if (files.length > Number(count)) {
            refusals.push(["", "many"]);
        }
        if (files.reduce((sum, file) => sum + file.size, 0) > Number(together)) {
            refusals.push(["", "too_large"]);
        }
        return refusals;
    }

    sentence(code) {
        const template = this.el.querySelector(`template[data-code=${code}]`);
        return template.content.textContent.trim().replace(/\s+/g, " ");
    }
}

/** Uploads with a progress bar, and puts the server's answer where the form was. */
export class Upload extends Interaction {
    static selector = ".o_customer_upload";
    dynamicContent = {
        _root: { "t-on-submit.prevent": this.onSubmit },
        ".o_customer_cancel": { "t-on-click": () => this.request.abort() },
        ".o_customer_progress": { "t-att-class": () => ({ "d-none": !this.request }) },
        ".o_customer_checking": { "t-att-class": () => ({ "d-none": this.percent < 100 }) },
        ".o_customer_lost": { "t-att-class": () => ({ "d-none": !this.isLost }) },
        progress: { "t-att-value": () => this.percent },
        ".o_customer_percent": { "t-out": () => `${this.percent} %` },
        ".o_customer_send": { "t-att-class": () => ({ "d-none": !!this.request }) },
        "input[type=file]": { "t-att-disabled": () => !!this.request },
    };

    setup() {
        this.request = null;
        this.isLost = false;
        this.percent = 0;
    }

    destroy() {
        this.request?.abort();
    }

    onSubmit() {
        if (this.request) {
            return;
        }
        const form = new FormData(this.el);
        const request = new XMLHttpRequest();
        this.request = request;
        this.isLost = false;
        this.percent = 0;
        request.open("POST", this.el.action);
        request.responseType = "document";
        this.addListener(request.upload, "progress", (ev) => {
            this.percent = ev.total ? Math.floor((100 * ev.loaded) / ev.total) : 0;
        });
        this.addListener(request, "load", () => this.onAnswer(request.response));
        this.addListener(request, "error", () => this.onEnd(true));
        this.addListener(request, "timeout", () => this.onEnd(true));
        this.addListener(request, "abort", () => this.onEnd(false));
        request.send(form);
    }

    onEnd(isLost) {
        this.request = null;
        this.isLost = isLost;
    }

    onAnswer(page) {
        const answer = page?.querySelector("#files");
        if (!answer) {
            this.onEnd(true);
            return;
        }
        this.request = null;
        const section = document.adoptNode(answer);
        const interactions = this.services["public.interactions"];
        const old = this.el.closest("#files");
        old.after(section);
        interactions.startInteractions(section);
        section.querySelector(".o_customer_files_answer").focus();
        interactions.stopInteractions(old);
        old.remove();
    }
}

registry.category("public.interactions").add("customer_portal_access.file_field", FileField);
registry.category("public.interactions").add("customer_portal_access.upload", Upload);
