import { onMounted, onWillUnmount } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { ProgressBarField, progressBarField } from "@web/views/fields/progress_bar/progress_bar_field";

const SECONDS = 3;

/**
 * How far a job in the background is: read anew every few seconds while it runs.
 */
export class CustomerJobProgressField extends ProgressBarField {
    setup() {
        super.setup();
        onMounted(() => {
            this.timer = setInterval(() => this.look(), SECONDS * 1000);
        });
        onWillUnmount(() => clearInterval(this.timer));
    }

    async look() {
        const { record } = this.props;
        if (record.data.state !== "running" || document.hidden || (await record.isDirty())) {
            return;
        }
        await record.load();
    }
}

registry.category("fields").add("customer_job_progress", {
    ...progressBarField,
    component: CustomerJobProgressField,
});
