from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CustomerWorkspaceMixin(models.AbstractModel):
    """What an opportunity and a project share as workspaces of their contacts."""

    _name = "customer.workspace.mixin"
    _description = "Customer workspace"

    # each model adds customer_access_ids with its own inverse
    customer_access_count = fields.Integer(compute="_compute_customer_access_count")
    customer_publication_count = fields.Integer(compute="_compute_customer_publication_count")
    customer_proposed_id = fields.Many2one(
        "res.partner",
        compute="_compute_customer_proposed_id",
        help="The contact of the record itself, while it is not among the accesses.",
    )
    customer_hint = fields.Char(compute="_compute_customer_hint")
    customer_person_find = fields.Char(
        string="Contact person", store=False, search="_search_customer_person_find"
    )

    @api.depends("customer_access_ids")
    def _compute_customer_access_count(self):
        for workspace in self:
            workspace.customer_access_count = len(workspace.customer_access_ids)

    @api.depends("customer_publication_ids")
    def _compute_customer_publication_count(self):
        field = self._fields["customer_publication_ids"].inverse_name
        # sudo: who may see a workspace may know how much is published on it
        publications_sudo = self.env["customer.publication"].sudo()
        counts = {
            workspace.id: count
            for workspace, count in publications_sudo._read_group(
                [(field, "in", self.ids)], [field], ["__count"]
            )
        }
        for workspace in self:
            workspace.customer_publication_count = counts.get(workspace._origin.id, 0)

    @api.depends("customer_access_ids.granted", "customer_access_ids.role_id")
    def _compute_customer_hint(self):
        for workspace in self:
            workspace.customer_hint = workspace._customer_hint_text()

    @api.model
    def _search_customer_person_find(self, operator, value):
        """Find workspaces by the name, e-mail address or number of a contact person."""
        if operator != "ilike":
            return NotImplemented
        persons = self.env["res.partner"]._customer_person_domain(value)
        return Domain("customer_access_ids", "any", Domain("partner_id", "any", persons))

    def _customer_hint_text(self):
        """Say in words what the ticked contacts will see.

        :rtype: str
        """
        ticked = self.customer_access_ids.filtered("granted")
        if not ticked:
            return self.env._(
                "Add the contacts who should get in and tick them. They see what "
                "you publish, who looks after them, and the messages you write to them."
            )
        editors = ticked.filtered(lambda access: access.role_id._holds("edit_data"))
        if editors:
            return self.env._(
                "The invited see what you publish, who looks after them and the messages you "
                "write to them. %(names)s may see and change all data entered here.",
                names=", ".join(editors.partner_id.mapped("name")),
            )
        return self.env._(
            "The invited see what you publish, who looks after them and the messages you "
            "write to them. Internal notes stay with you."
        )

    @api.depends("partner_id", "customer_access_ids.partner_id")
    def _compute_customer_proposed_id(self):
        for workspace in self:
            contact = workspace.partner_id.filtered(lambda partner: not partner.is_company)
            workspace.customer_proposed_id = contact - workspace.customer_access_ids.partner_id

    @api.model
    def _sql_error_to_message(self, exc):
        return self.env["customer.access"]._own_sql_error(exc) or super()._sql_error_to_message(exc)

    @api.ondelete(at_uninstall=False)
    def _refuse_while_access(self):
        """Keep what contacts have access to."""
        for workspace in self:
            # sudo: who may delete it sees all that hangs on it
            workspace.sudo().customer_access_ids._let_go(
                lambda names, workspace=workspace: UserError(
                    self.env._(
                        "“%(workspace)s” cannot be deleted while contacts have access to it:\n"
                        "%(names)s\n"
                        "Revoke or remove their access first, or archive it: they can still "
                        "read it then, but not write.",
                        workspace=workspace.display_name,
                        names=names,
                    )
                ),
                "partner_id.display_name",
                self.env,
            )
            # sudo: as above; by the ORM, for the files to go with them
            workspace.sudo().customer_publication_ids.unlink()

    def action_customer_add_proposed(self):
        """Add the record's own contact as Primary Applicant.

        :rtype: bool
        """
        self.ensure_one()
        role = self.env.ref("customer_portal_access.role_primary_applicant")
        if self.customer_proposed_id:
            self.customer_access_ids = [
                fields.Command.create(
                    {"partner_id": self.customer_proposed_id.id, "role_id": role.id}
                )
            ]
        return True

    def action_customer_invitation(self):
        """Open the invitation of the ticked contacts.

        :return: an action
        :rtype: dict
        :raises UserError: when nobody is ticked
        """
        self.ensure_one()
        ticked = self.customer_access_ids.filtered("granted")
        if not ticked:
            raise UserError(
                self.env._(
                    "Nobody is ticked. Add a contact on the Customer Centre tab and tick "
                    "“Gets access”."
                )
            )
        return ticked.action_send_invitation()

    def action_customer_accesses(self):
        """Open the list of this workspace's accesses.

        :rtype: dict
        """
        self.ensure_one()
        field = self._fields["customer_access_ids"].inverse_name
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_access.customer_access_action"
        )
        return dict(
            action,
            domain=[(field, "=", self.id)],
            context={f"default_{field}": self.id},
        )

    def action_customer_publications(self):
        """Open the list of what is published on this workspace.

        :rtype: dict
        """
        self.ensure_one()
        field = self._fields["customer_publication_ids"].inverse_name
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_access.customer_publication_action"
        )
        return dict(
            action,
            domain=[(field, "=", self.id)],
            context={f"default_{field}": self.id, "customer_workspace": True},
        )

    def action_customer_publication_new(self):
        """Open the form of a new publication; the context says of which kind.

        :rtype: dict
        """
        self.ensure_one()
        field = self._fields["customer_publication_ids"].inverse_name
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New publication"),
            "res_model": "customer.publication",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                f"default_{field}": self.id,
                "default_kind": self.env.context.get("default_kind", "offer"),
                "customer_workspace": True,
                "dialog_size": "extra-large",
            },
        }

    def action_customer_publication_copy(self):
        """Open the dialog that copies publications of another workspace to this one.

        :rtype: dict
        """
        self.ensure_one()
        field = self._fields["customer_publication_ids"].inverse_name
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Copy from another project or opportunity"),
            "res_model": "customer.publication.copy",
            "view_mode": "form",
            "target": "new",
            "context": {f"default_{field}": self.id},
        }

    def action_customer_message(self):
        """Open the composer for a message that the contacts read in their workspace.

        The contacts who are in get it by mail, too.

        :rtype: dict
        """
        self.ensure_one()
        closed = self.env["customer.access"]._closed_domain()
        readers = self.customer_access_ids.filtered("invited_at").filtered_domain(~closed)
        return readers._message_composer(self)
