import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_invitation_tour", {
    steps: () => [
        {
            content: "Open the Customer Centre",
            trigger: ".o_notebook a[name='customer_centre']",
            run: "click",
        },
        {
            content: "Its line shows the contact",
            trigger: ".o_field_widget[name='customer_access_ids'] .o_data_row:contains('Anna Berg')",
        },
        {
            content: "Send the invitation",
            trigger: ".o_statusbar_buttons button[name='action_customer_invitation']",
            run: "click",
        },
        {
            content: "The wizard shows the mail as Anna will get it",
            trigger: ".modal .o_field_widget[name='preview_subject']:contains('Kitchen for Berg')",
        },
        {
            content: "Who cannot be invited is named with the reason",
            trigger: ".modal .o_data_row:contains('No mobile number')",
        },
        {
            content: "Send",
            trigger: ".modal footer button[name='action_send']",
            run: "click",
        },
        {
            content: "The result is told",
            trigger: ".o_notification:contains('1 sent, 1 skipped: Bo Berg: No mobile number')",
        },
        {
            content: "The line says so, too",
            trigger: ".o_data_row:contains('Anna Berg') .o_field_widget[name='state']:contains('Invited')",
        },
    ],
});
