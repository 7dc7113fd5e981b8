import { onMounted, onWillUnmount } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { ProgressBarField, progressBarField } from "@web/views/fields/progress_bar/progress_bar_field";

const SECONDS = 3;

/**
 * How far a job in the background is: read anew every few seconds while it runs, and while
 * the mails of its pilot leave.
 */
export class CustomerJobProgressField extends ProgressBarField {
    setup() {
        super.setup();
        onMounted(() => {
            this.timer = setInterval(() => this.look(), SECONDS * 1000);
        });
        onWillUnmount(() => clearInterval(this.timer));
    }

    get isMoving() {
        const { state, queued_count: queued } = this.props.record.data;
        return state === "running" || (state === "waiting" && queued > 0);
    }

    async look() {
        // one look at a time, however slow the server is
        if (this.looking || document.hidden || !this.isMoving) {
            return;
        }
        this.looking = true;
        try {
            const { record } = this.props;
            if (!(await record.isDirty())) {
                await record.load();
            }
        } finally {
            this.looking = false;
        }
    }
}

registry.category("fields").add("customer_job_progress", {
    ...progressBarField,
    component: CustomerJobProgressField,
});
