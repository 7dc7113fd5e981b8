import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

const CELL = ".o_customer_input";
const ROW = ".o_customer_row";
const MERGES = 5;

/**
 * Saves the rows of a list as one goes.
 *
 * Each cell knows what stood in it when it was last saved (`data-saved`), each row its
 * revision. Only cells that differ are sent. When a colleague was faster, cells that only
 * one of the two has touched are merged; for the others the visitor decides. All wording
 * is in the page (views/portal_list.xml).
 */
export class ListRows extends Interaction {
    static selector = ".o_customer_list[data-url]";
    dynamicContent = {
        _root: {
            "t-on-change": this.onChange,
            "t-on-input": this.onInput,
            "t-on-submit": this.onSubmit,
            "t-on-keydown": this.onKeydown,
            "t-on-click": this.onClick,
        },
        _window: { "t-on-beforeunload": this.onBeforeUnload },
    };

    setup() {
        this.queues = new Map();
        this.status = this.el.querySelector(".o_customer_list_status");
        this.el.classList.add("o_customer_list_live");
        for (const form of this.el.querySelectorAll(`${ROW} form`)) {
            form.noValidate = true; // errors are told at the field
        }
    }

    // what is typed

    onChange(ev) {
        const row = ev.target.closest(ROW);
        if (row && ev.target.matches(CELL) && !this.isNew(row)) {
            this.save(row);
        }
    }

    onInput(ev) {
        if (ev.target.matches(CELL)) {
            this.clearError(ev.target);
        }
    }

    onSubmit(ev) {
        ev.preventDefault();
        const row = ev.target.closest(ROW);
        if (!row) {
            ev.target.submit(); // the way back of a page without script
        } else if (this.isNew(row)) {
            this.add(row);
        } else if (ev.submitter?.value === "remove") {
            this.enqueue(row, () => this.remove(row));
        } else {
            this.save(row);
        }
    }

    onKeydown(ev) {
        const cell = ev.target;
        if (!cell.matches(CELL) || ev.isComposing || ev.altKey || ev.ctrlKey || ev.metaKey) {
            return;
        }
        if (ev.key === "Escape" && cell.dataset.saved !== undefined) {
            this.setValue(cell, cell.dataset.saved);
            this.clearError(cell);
        } else if (ev.key === "Enter" && !(cell.matches("textarea") && ev.shiftKey)) {
            ev.preventDefault();
            const row = cell.closest(ROW);
            if (this.isNew(row)) {
                this.add(row);
            } else {
                this.move(cell, 1) || this.save(row);
            }
        } else if (cell.matches("input[type=text]") && ["ArrowUp", "ArrowDown"].includes(ev.key)) {
            ev.preventDefault();
            this.move(cell, ev.key === "ArrowUp" ? -1 : 1);
        }
    }

    /** Go to the same column of another row. */
    move(cell, step) {
        const rows = [...this.el.querySelectorAll(`${ROW}:not(.o_customer_row_removed)`)];
        const row = rows[rows.indexOf(cell.closest(ROW)) + step];
        const target = row && this.cell(row, cell.name);
        target?.focus();
        target?.select?.();
        return Boolean(target);
    }

    onClick(ev) {
        const decision = ev.target.closest("[data-decide]")?.dataset.decide;
        const row = ev.target.closest(ROW);
        if (decision === "retry") {
            this.retry();
        } else if (decision === "restore") {
            this.enqueue(row, () => this.restore(row));
        } else if (decision === "drop") {
            row.remove();
        } else if (decision) {
            this.decide(row, ev.target.closest("td").querySelector(CELL), decision);
        }
    }

    onBeforeUnload(ev) {
        if (this.pending || this.dirtyRows().length) {
            ev.preventDefault();
        }
    }

    // rows and cells

    isNew(row) {
        return row.matches(".o_customer_row_new");
    }

    cells(row) {
        return [...row.querySelectorAll(CELL)];
    }

    cell(row, name) {
        return this.cells(row).find((cell) => cell.name === name);
    }

    value(cell) {
        return cell.type === "checkbox" ? (cell.checked ? "1" : "") : cell.value;
    }

    setValue(cell, value) {
        if (cell.type === "checkbox") {
            cell.checked = Boolean(value);
        } else {
            cell.value = value;
        }
    }

    /** Cells that hold something that is neither saved nor waits for a decision. */
    dirty(row) {
        return this.cells(row).filter(
            (cell) => this.value(cell) !== cell.dataset.saved && !cell.dataset.undecided
        );
    }

    dirtyRows() {
        return [...this.el.querySelectorAll(`${ROW}[data-entry]`)].filter(
            (row) =>
                !row.classList.contains("o_customer_row_removed") &&
                this.cells(row).some((cell) => this.value(cell) !== cell.dataset.saved)
        );
    }

    // what is sent

    /** Run one step after the other for a row: each needs the revision of the one before. */
    enqueue(row, step) {
        const queue = (this.queues.get(row) || Promise.resolve()).then(step);
        this.queues.set(
            row,
            queue.catch((error) => this.failed(error))
        );
    }

    /** Nothing is lost: what was typed stays, and is sent again with the next success. */
    failed(error) {
        this.offline = true;
        this.say("offline", true);
        if (!(error instanceof TypeError)) {
            throw error;
        }
    }

    save(row) {
        this.enqueue(row, () => this.saveCells(row));
    }

    retry() {
        this.dirtyRows().forEach((row) => this.save(row));
    }

    async send(row, action, fields = {}) {
        const body = new URLSearchParams({
            csrf_token: row.querySelector("[name=csrf_token]").value,
            action,
            ...(this.isNew(row)
                ? {}
                : { entry_id: row.dataset.entry, revision: row.dataset.revision }),
            ...fields,
        });
        this.pending = (this.pending || 0) + 1;
        this.say("saving");
        try {
            const response = await browser.fetch(this.el.dataset.url, {
                method: "POST",
                body,
                headers: { Accept: "application/json" },
            });
            if (!(response.headers.get("Content-Type") || "").startsWith("application/json")) {
                throw new TypeError("The session has ended.");
            }
            return await response.json();
        } finally {
            this.pending--;
        }
    }

    async saveCells(row, merged = 0) {
        const cells = this.dirty(row);
        const incomplete = cells.filter((cell) => cell.validity.badInput);
        incomplete.forEach((cell) => this.showError(cell, this.text("bad_date")));
        const sent = new Map(
            cells
                .filter((cell) => !incomplete.includes(cell))
                .map((cell) => [cell, this.value(cell)])
        );
        if (!sent.size) {
            return;
        }
        const fields = Object.fromEntries([...sent].map(([cell, value]) => [cell.name, value]));
        const answer = await this.send(row, "save", fields);
        if (answer.status === "ok") {
            this.saved(row, sent, answer.row, merged);
        } else if (answer.status === "invalid") {
            await this.refused(row, sent, answer.errors);
        } else if (answer.status === "conflict") {
            await this.merge(row, answer.row, merged);
        } else if (answer.status === "gone") {
            this.gone(row, answer.row);
        } else {
            this.say(answer.status, true);
        }
    }

    saved(row, sent, answer, merged) {
        row.dataset.revision = answer.revision;
        for (const [cell, value] of sent) {
            const stands = answer.cells[cell.name].value;
            this.clearError(cell);
            cell.dataset.saved = stands;
            if (this.value(cell) === value) {
                this.setValue(cell, stands); // as the language writes it
            }
        }
        this.say(merged ? "merged" : "saved");
        if (this.offline) {
            this.offline = false;
            this.retry();
        }
    }

    /** Show what is wrong; what is right with the others is saved all the same. */
    async refused(row, sent, errors) {
        const good = [...sent.keys()].filter((cell) => !errors[cell.name]);
        const bad = [...sent.keys()].filter((cell) => errors[cell.name]);
        if (good.length && bad.length) {
            const fields = Object.fromEntries(good.map((cell) => [cell.name, sent.get(cell)]));
            const answer = await this.send(row, "save", fields);
            if (answer.status === "ok") {
                this.saved(row, new Map(good.map((cell) => [cell, sent.get(cell)])), answer.row);
            }
        }
        bad.forEach((cell) => this.showError(cell, errors[cell.name]));
        this.say("invalid");
    }

    /** Take over what a colleague has changed; ask where both have changed the same cell. */
    async merge(row, theirs, merged) {
        row.dataset.revision = theirs.revision;
        let undecided = false;
        for (const cell of this.cells(row)) {
            const mine = this.value(cell);
            const now = theirs.cells[cell.name].value;
            const before = cell.dataset.saved;
            if (now === before) {
                continue;
            }
            cell.dataset.saved = now;
            if (mine === before) {
                this.setValue(cell, now);
                cell.closest("td").classList.add("o_customer_cell_theirs");
            } else if (mine !== now) {
                undecided = true;
                this.showConflict(cell, theirs);
            }
        }
        if (merged < MERGES) {
            await this.saveCells(row, merged + 1);
        }
        if (undecided) {
            this.say("decide", true);
        }
    }

    decide(row, cell, decision) {
        delete cell.dataset.undecided;
        this.clearError(cell);
        if (decision === "theirs") {
            this.setValue(cell, cell.dataset.saved);
            this.say("taken");
        } else {
            this.save(row);
        }
        cell.focus();
    }

    async add(row) {
        if (this.adding) {
            return;
        }
        this.adding = true;
        const form = row.querySelector("form");
        try {
            const fields = Object.fromEntries(
                this.cells(row).map((cell) => [cell.name, this.value(cell)])
            );
            const answer = await this.send(row, "add", {
                ...fields,
                form_id: form.elements.form_id.value,
            });
            this.cells(row).forEach((cell) => this.clearError(cell));
            if (answer.status === "ok") {
                this.added(row, form, answer);
            } else if (answer.status === "invalid") {
                this.showErrors(row, answer.errors);
            } else {
                this.say(answer.status, true);
            }
        } catch (error) {
            this.failed(error);
        } finally {
            this.adding = false;
        }
    }

    added(row, form, answer) {
        this.place(answer.html, (element) => {
            this.el.querySelector("tbody").append(element);
        });
        this.el.querySelector(".o_customer_rows_empty")?.remove();
        form.reset();
        form.elements.form_id.value = answer.form_id;
        this.cells(row)[0].focus();
        this.say("added");
    }

    async remove(row) {
        const answer = await this.send(row, "remove");
        if (answer.status === "ok") {
            this.showRemoved(row, answer.row, ".o_customer_list_removed");
            this.say("");
        } else if (answer.status === "conflict") {
            await this.merge(row, answer.row, MERGES);
            this.say("conflict", true);
        } else if (answer.status === "gone") {
            this.gone(row, answer.row);
        } else {
            this.say(answer.status, true);
        }
    }

    gone(row, answer) {
        if (answer) {
            this.showRemoved(row, answer, ".o_customer_list_gone");
        }
        this.say("gone", true);
    }

    /** Put a removed row back, and save what was typed in it before it went. */
    async restore(row) {
        const typed = this.dirty(row).map((cell) => [cell.name, this.value(cell)]);
        const answer = await this.send(row, "restore");
        if (!answer.html) {
            this.say(answer.status, true);
            return;
        }
        const back = this.place(answer.html, (element) => row.replaceWith(element));
        typed.forEach(([name, value]) => this.setValue(this.cell(back, name), value));
        this.cells(back)[0].focus();
        this.say("restored");
        await this.saveCells(back);
    }

    // what is shown

    text(name) {
        const texts = this.el.querySelector(".o_customer_list_texts").content;
        return texts.querySelector(`[data-text="${name}"]`)?.textContent.trim() || "";
    }

    clone(template) {
        return this.el.querySelector(template).content.cloneNode(true).firstElementChild;
    }

    /** Say what happened, to screen readers too; a failure stays until the next success. */
    say(name, failed = false) {
        this.status.textContent = name && this.text(name);
        this.status.classList.toggle("o_customer_failed", failed);
        if (name === "offline") {
            this.status.append(this.clone(".o_customer_list_retry"));
        }
    }

    place(html, insert) {
        const holder = document.createElement("template");
        holder.innerHTML = html.trim(); // rendered by the server, escaped there
        const element = holder.content.firstElementChild;
        element.querySelector("form").noValidate = true;
        insert(element);
        return element;
    }

    showErrors(row, errors) {
        this.say("invalid");
        let first = null;
        for (const [name, text] of Object.entries(errors)) {
            const cell = this.cell(row, name) || this.cells(row)[0];
            this.showError(cell, text);
            first = first || cell;
        }
        first?.focus();
    }

    showError(cell, text) {
        const note = document.createElement("p");
        note.className = "o_customer_cell_note invalid-feedback d-block mb-0";
        note.textContent = text;
        cell.classList.add("is-invalid");
        cell.setAttribute("aria-invalid", "true");
        this.showNote(cell, note);
    }

    showConflict(cell, theirs) {
        const note = this.clone(".o_customer_list_conflict");
        note.querySelector("[data-slot=by]").textContent = theirs.changed_by;
        note.querySelector("[data-slot=theirs]").textContent = theirs.cells[cell.name].text || "–";
        cell.dataset.undecided = "1";
        this.showNote(cell, note);
    }

    showNote(cell, note) {
        const place = cell.closest("td");
        place.querySelector(".o_customer_cell_note")?.remove();
        note.id = `${cell.id}_note`;
        cell.setAttribute("aria-describedby", note.id);
        place.append(note);
    }

    clearError(cell) {
        const place = cell.closest("td");
        place.classList.remove("o_customer_cell_theirs");
        if (!cell.dataset.undecided) {
            place.querySelector(".o_customer_cell_note")?.remove();
            cell.classList.remove("is-invalid");
            cell.removeAttribute("aria-invalid");
            cell.removeAttribute("aria-describedby");
        }
    }

    /** Leave one line in the place of a removed row, with the way back. */
    showRemoved(row, answer, template) {
        row.dataset.revision = answer.revision;
        row.classList.add("o_customer_row_removed");
        const cell = document.createElement("td");
        cell.colSpan = row.children.length;
        cell.setAttribute("role", "cell");
        const line = this.clone(template);
        const by = line.querySelector("[data-slot=by]");
        if (by) {
            by.textContent = answer.changed_by;
        }
        cell.append(line);
        row.append(cell);
        line.querySelector("button").focus();
    }
}

registry.category("public.interactions").add("customer_portal_access.list_rows", ListRows);
