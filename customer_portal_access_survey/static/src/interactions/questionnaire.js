import { rpc } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";
import { redirect } from "@web/core/utils/urls";
import { patchDynamicContent } from "@web/public/utils";
import { SurveyForm } from "@survey/interactions/survey_form";

const STEP = /^\/survey\/(begin|submit|next_question)\//;

function customerPath() {
    return document.querySelector("form.o_survey-fill-form")?.dataset.customerPath;
}

// Below a workspace the steps go to the contact's own page, which asks the gate each time.
async function takeStep(path, step, params, settings) {
    try {
        return await rpc(`${path}/${step}`, { ...params, csrf_token: odoo.csrf_token }, settings);
    } catch (error) {
        if (error.exceptionName?.includes("SessionExpired") || error.data?.name?.includes("SessionExpired")) {
            // the page says why, and how to come back
            window.location.reload();
            return new Promise(() => {});
        }
        throw error;
    }
}

patch(rpc, {
    _rpc(url, params, settings) {
        const path = customerPath();
        const step = path && STEP.exec(url)?.[1];
        return step ? takeStep(path, step, params, settings) : super._rpc(url, params, settings);
    },
});

patch(SurveyForm.prototype, {
    setup() {
        super.setup();
        if (!customerPath()) {
            return;
        }
        patchDynamicContent(this.dynamicContent, {
            ".o_customer_survey_leave": { "t-on-click.prevent": (ev) => this.onCustomerLeave(ev) },
            // on a phone one leaves for another app without a word
            _document: {
                "t-on-visibilitychange": () => {
                    if (document.visibilityState === "hidden") {
                        this.customerSave();
                    }
                },
            },
        });
    },

    async onCustomerLeave(ev) {
        const { href } = ev.currentTarget;
        await this.waitFor(this.customerSave());
        redirect(href);
    },

    /** Keeps what is typed so far; what cannot be kept does not hold anybody back. */
    async customerSave() {
        if (this.submitting || this.options.isStartScreen || this.readonly) {
            return;
        }
        const form = this.el.querySelector("form.o_survey-fill-form");
        if (!form.querySelector("[data-question-type]")) {
            return;
        }
        const params = {};
        this.prepareSubmitValues(new FormData(form), params);
        delete params.token;
        await takeStep(customerPath(), "save", params, { silent: true }).catch(() => {});
    },
});
