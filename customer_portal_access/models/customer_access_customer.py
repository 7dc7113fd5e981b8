from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain

# What an access on a customer may open, by the word in the address: model, field, and
# what of that model is a workspace.
WORKSPACES = {
    "lead": ("crm.lead", "lead_id", Domain("type", "=", "opportunity")),
    "project": ("project.project", "project_id", Domain("is_template", "=", False)),
}


class Opened(NamedTuple):
    """Which workspace an access on a customer stands for.

    It lives in a context; as a class of its own, for contexts from outside are JSON.
    """

    access_id: int
    model: str
    res_id: int


class CustomerAccess(models.Model):
    """An access on a customer, and the workspaces of the customer that it opens."""

    _inherit = "customer.access"

    # ------------------------------------------------------------
    # ONE ACCESS AT MANY WORKSPACES
    # ------------------------------------------------------------

    def _at(self, target):
        """Return this access as it stands at one workspace of its customer.

        :param target: an opportunity or a project
        """
        return self.with_context(customer_opened=Opened(self.id, target._name, target.id))

    def _opened(self):
        """Return what this access was opened for, or ``None``."""
        opened = self.env.context.get("customer_opened")
        return opened if isinstance(opened, Opened) and opened.access_id == self.id else None

    def _target(self):
        opened = self._opened()
        return self.env[opened.model].browse(opened.res_id) if opened else super()._target()

    @api.depends_context("customer_opened")
    def _compute_workspace(self):
        return super()._compute_workspace()

    def _path(self):
        path, opened = super()._path(), self._opened()
        if not opened:
            return path
        kind = next(kind for kind, place in WORKSPACES.items() if place[0] == opened.model)
        return f"{path}/{kind}/{opened.res_id}"

    # ------------------------------------------------------------
    # WHAT IT OPENS
    # ------------------------------------------------------------

    def _customer_domain(self, kind):
        """Return the domain of the customer's workspaces of one kind.

        :param str kind: a key of ``WORKSPACES``
        """
        return (
            WORKSPACES[kind][2]
            & Domain("partner_id.commercial_partner_id", "=", self.customer_id.id)
            & Domain("company_id", "in", [self.company_id.id, False])
            & Domain("active", "=", True)
        )

    def _own_accesses(self):
        """Return the contact's explicit accesses on the customer's workspaces."""
        return self.search(
            Domain("partner_id", "=", self.partner_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain.OR(
                Domain(field, "any", self._customer_domain(kind))
                for kind, (_model, field, _domain) in WORKSPACES.items()
            )
        )

    def _open_workspace(self, kind, res_id, assurance):
        """Return the access by which the contact sees a workspace of this customer.

        An explicit access goes first, and decides alone: whoever was taken off one
        project stays off it.

        :param str kind: ``lead`` or ``project``
        :param int res_id: id of the opportunity or project
        :param str assurance: the level the visitor has reached
        :return: an access, or none when it is not open to this contact
        """
        self.ensure_one()
        access_sudo = self.sudo()  # contacts have no rights of their own
        if kind not in WORKSPACES or not access_sudo._check("all_workspaces", assurance):
            return self.browse()
        model, field, _domain = WORKSPACES[kind]
        domain = access_sudo._customer_domain(kind) & Domain("id", "=", res_id)
        target_sudo = access_sudo.env[model].search(domain)
        if not access_sudo.customer_id or not target_sudo:
            return self.browse()
        own_sudo = access_sudo._own_accesses().filtered(lambda own: own[field] == target_sudo)
        if own_sudo:
            return own_sudo.filtered(lambda own: own._check(None, assurance))
        return access_sudo._at(target_sudo)

    def _listed_accesses(self, assurance):
        """Return the accesses by which the customer's workspaces are open to this contact.

        :param str assurance: the level the visitor has reached
        :rtype: list
        """
        if assurance == "link":  # a link shows its one access
            return []
        access_sudo = self.sudo()  # as in _open_workspace
        own_sudo = access_sudo._own_accesses()
        opened = own_sudo.filtered(lambda own: own._check(None, assurance))._ids
        accesses = list(own_sudo.browse(opened))
        if access_sudo._check("all_workspaces", assurance):
            for kind, (model, field, _domain) in WORKSPACES.items():
                domain = access_sudo._customer_domain(kind)
                domain &= Domain("id", "not in", own_sudo[field].ids)
                accesses += map(access_sudo._at, access_sudo.env[model].search(domain))
        return accesses

    def _workspace_list(self, assurance):
        """Return the customer's workspaces that are open to this contact.

        :param str assurance: the level the visitor has reached
        :rtype: list[dict]
        """
        return [
            {
                "title": access._workspace_title(),
                "kind": access._target()._name,
                "role": access.role_id.name,
                "path": access._path(),
            }
            for access in self._listed_accesses(assurance)
        ]

    def _workspace_values(self, assurance):
        values = super()._workspace_values(assurance)
        values["path"] = self._path()
        values["parent"] = None
        if self._opened():
            page = self.with_context(customer_opened=None)._path()
            values["parent"] = {"title": self.customer_id.name, "path": page}
        if values["kind"] == "res.partner":
            values["customer"] = ""  # it is the title
        return values

    def _workspace_page_values(self, assurance):
        """Return what the page of a workspace shows beside its messages.

        :param str assurance: the level the visitor has reached
        :rtype: dict
        """
        self.ensure_one()
        if self.sudo()._target()._name != "res.partner":
            return {}
        return {
            "workspaces": self._workspace_list(assurance),
            "workspaces_wait": assurance == "link" and bool(self._workspace_list("code")),
        }
