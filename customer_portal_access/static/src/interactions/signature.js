import { Component, useEffect, useExternalListener, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { NameAndSignature } from "@web/core/signature/name_and_signature";

/** Odoo's signature pad with buttons that have names, beside a field of the page for the name. */
class SignaturePad extends NameAndSignature {
    static template = "customer_portal_access.SignaturePad";

    setup() {
        super.setup();
        useEffect(
            () => {
                if (this.signaturePad && this.state.signMode === "auto") {
                    this.drawCurrentName();
                }
            },
            () => [this.props.signature.name]
        );
    }

    /** The name is in a field of the page; taking the focus would scroll past the offer. */
    focusName() {}
}

/** A signature in a form of the page: what is drawn goes into its hidden field. */
export class Signature extends Component {
    static template = "customer_portal_access.Signature";
    static components = { SignaturePad };
    static props = {};

    setup() {
        this.form = document.querySelector(".o_customer_accept");
        this.signature = useState({
            name: this.form.elements.signed_by.value,
            getSignatureImage: () => "",
            resetSignature: () => {},
            isSignatureEmpty: true,
        });
        useExternalListener(this.form.elements.signed_by, "input", (ev) => {
            this.signature.name = ev.target.value;
        });
    }

    onChange() {
        const { isSignatureEmpty, getSignatureImage } = this.signature;
        this.form.elements.signature.value = isSignatureEmpty ? "" : getSignatureImage();
    }
}

registry.category("public_components").add("customer_portal_access.signature", Signature);
