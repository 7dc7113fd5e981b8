from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import file_path, get_lang

FALLBACK = "en"


class CustomerContactRole(models.Model):
    """The manual of a role: two pages to download, in the reader's language."""

    _inherit = "customer.contact.role"

    manual = fields.Selection(
        selection=[("contact_person", "Contact person")],
        help="The contacts in this role download it from the menu of their pages.",
    )

    def action_open_manual(self):
        """Open the manual in the user's language."""
        self.ensure_one()
        manuals = self._manuals()
        if not manuals:
            raise UserError(self.env._("This role has no manual."))
        return {"type": "ir.actions.act_url", "url": manuals[0]["url"], "target": "new"}

    def _manual_addons(self):
        """Return the name of the addon that has the file, by the code of the manual."""
        return {"contact_person": "customer_portal_access"}

    def _manuals(self):
        """Return the manuals for those who hold these roles, each once.

        :return: ``name`` and ``url``, in the reader's language
        :rtype: list[dict]
        """
        names = dict(self._fields["manual"]._description_selection(self.env))
        codes = dict.fromkeys(code for code in self.mapped("manual") if code)
        manuals = [{"name": names[code], "url": self._manual_url(code)} for code in codes]
        return [manual for manual in manuals if manual["url"]]

    def _manual_url(self, code):
        """Return the path of a manual in the reader's language, else in English.

        It tells how the pages work and nothing else, so it is a static file for everybody.

        :param str code: of the manual
        :return: a false value when the file is not there
        """
        lang = get_lang(self.env).code
        for name in (lang, lang.partition("_")[0], FALLBACK):
            path = f"{self._manual_addons()[code]}/static/manuals/{code}.{name}.pdf"
            try:
                file_path(path)
            except FileNotFoundError:
                continue
            return f"/{path}"
        return ""
