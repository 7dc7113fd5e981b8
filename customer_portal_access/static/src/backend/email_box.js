import { Component, onPatched, onWillStart, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";

const PAUSE = 300;
const EMPTY = { status: "", contacts: [], email: "" };
const DEFAULT_ROLE = "contact_person";

let boxes = 0;

/**
 * Type an e-mail address: whoever has it is found and added, or made when nobody has it.
 *
 * Enter adds a known contact or asks for the name of a new one. Where several have the
 * address, or the only one is archived, a person decides.
 */
export class CustomerEmailBox extends Component {
    static template = "customer_portal_access.EmailBox";
    static props = {
        customerId: { type: [Number, Boolean] },
        companyId: { type: [Number, Boolean] },
        isPresent: Function,
        add: Function,
        invite: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.id = `o_customer_box_${++boxes}`;
        this.emailInput = useRef("email");
        this.nameInput = useRef("name");
        this.phoneInput = useRef("phone");
        this.choices = useRef("choices");
        this.asked = 0;
        this.goal = null;
        this.state = useState({
            typed: "",
            name: "",
            phone: "",
            roleId: false,
            found: EMPTY,
            error: {},
            told: "",
            added: false,
            busy: false,
        });
        this.lookUpSoon = useDebounced(() => this.lookUp(), PAUSE);
        onWillStart(() => this.loadRoles());
        onPatched(() => this.reachGoal());
    }

    async loadRoles() {
        const companies = this.props.companyId ? [this.props.companyId, false] : false;
        const domain = companies ? [["company_id", "in", companies]] : [];
        this.roles = await this.orm.searchRead("customer.contact.role", domain, ["name", "code"]);
        const usual = this.roles.find((role) => role.code === DEFAULT_ROLE) || this.roles[0];
        this.state.roleId = usual?.id || false;
    }

    // ------------------------------------------------------------
    // WHAT IS SHOWN
    // ------------------------------------------------------------

    /** What was found, and what to do: a mark in words. */
    get mark() {
        const { status, contacts } = this.state.found;
        const [contact] = contacts;
        if (status === "known" && this.isHere(contact)) {
            return { kind: "info", label: _t("On the list"), text: this.describe(contact) };
        }
        if (status === "known" && !contact.active) {
            return {
                kind: "warning",
                label: _t("Archived"),
                text: _t("%s is in the archive.", this.describe(contact)),
            };
        }
        return {
            known: () => ({ kind: "success", label: _t("Known"), text: this.describe(contact) }),
            several: () => ({
                kind: "warning",
                label: _t("Several"),
                text: _t("%s contacts have this address: choose one.", contacts.length),
            }),
            new: () => ({
                kind: "info",
                label: _t("New"),
                text: this.state.found.may_create
                    ? _t("Nobody has %s yet: type the name.", this.state.found.email)
                    : _t(
                          "Nobody has %s yet, and you may not make contacts. Ask an administrator.",
                          this.state.found.email
                      ),
            }),
        }[status]?.();
    }

    describe({ name, customer, phone, internal }) {
        const works = internal ? _t("works here") : "";
        return [name, customer, phone, works].filter(Boolean).join(" · ");
    }

    isHere(contact) {
        const line = this.props.isPresent(contact.id);
        return Boolean(line) && !line.data.removed;
    }

    get asksDetails() {
        return this.state.found.status === "new" && this.state.found.may_create;
    }

    get onlyContact() {
        const { status, contacts } = this.state.found;
        return status === "known" && !this.isHere(contacts[0]) ? contacts[0] : null;
    }

    // ------------------------------------------------------------
    // TYPING
    // ------------------------------------------------------------

    onInput() {
        this.goal = null;
        this.state.error = {};
        this.state.told = "";
        this.state.found = EMPTY;
        this.asked++;
        this.lookUpSoon();
    }

    /** Ask who has the address; an answer that comes after more was typed is not shown. */
    async lookUp() {
        const asked = ++this.asked;
        const typed = this.state.typed.trim();
        const found = typed.includes("@")
            ? await this.orm.call("res.partner", "customer_lookup", [typed], {
                  company_id: this.props.companyId,
              })
            : { ...EMPTY, status: typed ? "invalid" : "" };
        if (asked === this.asked) {
            this.state.found = found;
        }
    }

    async onEmailKeydown(ev) {
        if (ev.key === "Escape" && this.state.typed) {
            ev.preventDefault();
            ev.stopPropagation();
            this.clear();
        }
        if (ev.key !== "Enter") {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
        this.lookUpSoon.cancel();
        await this.lookUp();
        this.next();
    }

    /** After Enter: add whom there is no doubt about, else go where it is decided. */
    next() {
        const { status, contacts } = this.state.found;
        if (status === "invalid") {
            this.fail("email", _t("%s is not one valid e-mail address.", this.state.typed.trim()));
        } else if (status === "known" && contacts[0].active && !this.isHere(contacts[0])) {
            this.add(contacts[0]);
        } else if (this.asksDetails) {
            this.goTo(() => this.nameInput.el);
        } else {
            this.goTo(() => this.choices.el?.querySelector("button:not(:disabled)"));
        }
    }

    /** Put the focus where it is decided, at once or as soon as that is shown. */
    goTo(goal) {
        this.goal = goal;
        this.reachGoal();
    }

    reachGoal() {
        const target = this.goal?.();
        if (target) {
            this.goal = null;
            target.focus();
        }
    }

    onDetailKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            ev.stopPropagation();
            this.make();
        }
    }

    // ------------------------------------------------------------
    // ADDING
    // ------------------------------------------------------------

    async add(contact, isNew = false) {
        await this.props.add(contact, this.state.roleId, isNew);
        this.clear();
        this.state.told = _t("%s was added to the list.", contact.name);
        this.state.added = contact.id;
        this.emailInput.el?.focus();
    }

    async reactivate(contact) {
        await this.attempt(async () => {
            await this.add(await this.orm.call("res.partner", "customer_reactivate", [contact.id]));
        });
    }

    /** Make the new contact, unless somebody else did meanwhile. */
    async make() {
        await this.attempt(async () => {
            const answer = await this.orm.call("res.partner", "customer_make_contact", [
                this.state.typed,
                this.state.name,
                this.state.phone,
                this.props.customerId,
                this.props.companyId,
            ]);
            if (answer.contact) {
                await this.add(answer.contact, true);
            } else if (answer.field) {
                this.fail(answer.field, answer.message);
            } else {
                this.state.found = answer;
            }
        });
    }

    /** Once at a time; what the server refuses is told at the field. */
    async attempt(act) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            await act();
        } catch (error) {
            if (!(error instanceof RPCError) || !error.data?.message) {
                throw error;
            }
            this.fail("email", error.data.message);
        } finally {
            this.state.busy = false;
        }
    }

    async merge() {
        const ids = this.state.found.contacts.filter(({ active }) => active).map(({ id }) => id);
        await this.action.doAction("base.action_partner_merge", {
            additionalContext: { active_model: "res.partner", active_ids: ids },
            onClose: () => this.lookUp(),
        });
    }

    fail(field, message) {
        this.state.error = { field, message };
        const input = { email: this.emailInput, name: this.nameInput, phone: this.phoneInput };
        input[field].el?.focus();
    }

    clear() {
        this.asked++;
        Object.assign(this.state, { typed: "", name: "", phone: "", found: EMPTY, error: {}, told: "", added: false });
    }
}
