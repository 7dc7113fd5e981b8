/** @odoo-module ignore **/

// What makes the pages before the workspace handier; all of them work without it.
// In no bundle: a bundle's script tag has an inline handler, which their policy forbids.
(function () {
    "use strict";

    /** Send a form once, however often its button is pressed. */
    function sendOnce(form) {
        form.addEventListener("submit", (ev) => {
            if (form.dataset.sent) {
                ev.preventDefault();
            }
            form.dataset.sent = "true";
        });
        // The browser's Back button may bring the page back as it was left.
        window.addEventListener("pageshow", () => delete form.dataset.sent);
    }

    /** Copy the text of a field. */
    function copyButton(button) {
        const field = document.getElementById(button.dataset.copy);
        const done = document.querySelector(`[data-copied="${field.id}"] > span`);
        button.hidden = false;
        button.addEventListener("click", async () => {
            field.select();
            try {
                await navigator.clipboard.writeText(field.value);
            } catch {
                // Built-in browsers of mail apps have no clipboard API, or do not allow it.
                document.execCommand("copy");
            }
            done.hidden = false;
        });
    }

    /** Show or hide what is typed into a password field. */
    function showButton(button) {
        const field = document.getElementById(button.dataset.show);
        button.hidden = false;
        button.addEventListener("click", () => {
            const shown = field.type === "text";
            field.type = shown ? "password" : "text";
            button.setAttribute("aria-pressed", String(!shown));
        });
    }

    /** Count down to when the button may be pressed again. */
    function countDown(button) {
        const form = button.form;
        const seconds = form.querySelector("[data-seconds]");
        const end = Date.now() + 1000 * Number(button.dataset.wait);
        const tick = () => {
            const left = Math.ceil((end - Date.now()) / 1000);
            seconds.textContent = Math.max(left, 0);
            if (left <= 0) {
                clearInterval(timer);
                button.disabled = false;
                form.querySelector("[data-waiting]").hidden = true;
                form.querySelector("[data-ready]").hidden = false;
            }
        };
        const timer = setInterval(tick, 250);
        button.disabled = true;
    }

    /** Let the example of a phone number and the name of the number follow the country. */
    function followCountry(select) {
        const phone = document.getElementById("phone");
        const label = document.getElementById("vat_label");
        select.addEventListener("change", () => {
            const {example, prefix, vatLabel} = select.selectedOptions[0].dataset;
            phone.placeholder = example || prefix || "";
            label.textContent = vatLabel || "";
        });
    }

    document.querySelectorAll("form").forEach(sendOnce);
    document.querySelectorAll("[data-countries]").forEach(followCountry);
    document.querySelectorAll("[data-copy]").forEach(copyButton);
    document.querySelectorAll("[data-show]").forEach(showButton);
    document.querySelectorAll("[data-wait]").forEach(countDown);
})();
