import { registry } from "@web/core/registry";

const LINES = ".o_field_widget[name='customer_publication_ids']";

registry.category("web_tour.tours").add("customer_publication_tour", {
    steps: () => [
        {
            content: "Open the tab",
            trigger: ".o_notebook a[name='customer_web']",
            run: "click",
        },
        {
            content: "Add a page",
            trigger: "button[name='action_customer_publication_new']:contains('Page')",
            run: "click",
        },
        {
            content: "Give it a title",
            trigger: ".modal .o_field_widget[name='name'] input",
            run: "edit What happens when",
        },
        {
            content: "Publishing it empty is refused",
            trigger: ".modal button[name='action_publish']",
            run: "click",
        },
        {
            content: "The sentence says what is missing",
            trigger: ".modal:contains('write a text') button:contains('Close')",
            run: "click",
        },
        {
            content: "Nothing is lost: write the text",
            trigger: ".modal .o_field_widget[name='body'] .odoo-editor-editable",
            run: "editor We begin on Monday.",
        },
        {
            content: "Save the draft",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "The line says that it is a draft",
            trigger: `${LINES} .o_data_row:contains('What happens when'):contains('customers do not see it')`,
        },
        {
            content: "Open the accepted offer",
            trigger: `${LINES} .o_data_row:contains('Accepted by Anna Berg') td[name='name']`,
            run: "click",
        },
        {
            content: "It is locked",
            trigger: ".modal .o_field_widget[name='amount'].o_readonly_modifier",
        },
        {
            content: "Reopen it",
            trigger: ".modal button[name='action_reopen']",
            run: "click",
        },
        {
            content: "Confirm",
            trigger: ".modal:contains('told so by mail') .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "The line no longer says accepted",
            trigger: `${LINES} .o_data_row:contains('The offer'):contains('Not opened yet')`,
        },
    ],
});
