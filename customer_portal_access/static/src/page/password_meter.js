/** @odoo-module ignore **/

// Asks the server how good the password is that is being typed: only one place knows the
// rules. Without an answer it says nothing, and the server says it when the form is sent.
(function () {
    "use strict";

    const PAUSE = 300;

    function watch(meter) {
        const form = meter.closest("form");
        const input = form.querySelector(`input[name="${meter.dataset.strength}"]`);
        const [bar, text] = meter.children;
        let timer, asked;

        async function ask() {
            const question = (asked = {});
            const body = new FormData();
            body.append("csrf_token", form.querySelector("input[name=csrf_token]").value);
            body.append("password", input.value);
            body.append("token", form.querySelector("input[name=token]")?.value || "");
            let answer = {};
            try {
                const response = await fetch("/customer/password/strength", { method: "POST", body });
                answer = response.ok ? await response.json() : {};
            } catch {
                // offline, say
            }
            if (question !== asked) {
                return; // more has been typed since
            }
            meter.hidden = !answer.text;
            meter.classList.toggle("password_meter_ok", Boolean(answer.ok));
            bar.value = answer.score || 0;
            text.textContent = answer.text || "";
        }

        input.addEventListener("input", () => {
            clearTimeout(timer);
            asked = null;
            if (input.value) {
                timer = setTimeout(ask, PAUSE);
            } else {
                meter.hidden = true;
            }
        });
    }

    document.querySelectorAll("[data-strength]").forEach(watch);
})();
