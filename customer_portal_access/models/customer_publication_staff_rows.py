from odoo import models
from odoo.fields import Command


class CustomerPublication(models.Model):
    """The rows of a list, as staff work with them."""

    _inherit = "customer.publication"

    def write(self, vals):
        if vals.get("entry_ids"):
            vals = {**vals, "entry_ids": self._keep_rows(vals["entry_ids"])}
        return super().write(vals)

    def _keep_rows(self, commands):
        """Return the commands with rows taken off the list in place of deleted.

        A click on the bin must not end what customers have filled in.

        :param list commands: what is to be written to ``entry_ids``
        :rtype: list
        """
        kept = []
        for command in commands:
            if command and command[0] in (Command.DELETE, Command.UNLINK):
                entry = self.env["customer.publication.entry"].browse(command[1])
                if entry.exists() and entry.active and not entry._is_untouched():
                    command = Command.update(entry.id, {"active": False})
            kept.append(command)
        return kept

    def action_import_rows(self):
        """Open the import of rows.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import or paste rows"),
            "res_model": "customer.publication.import",
            "view_mode": "form",
            "target": "new",
            "context": {"default_publication_id": self.id},
        }

    def action_removed_rows(self):
        """Open the removed rows, which can be put back.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Removed rows of “%(list)s”", list=self.name),
            "res_model": "customer.publication.entry",
            "view_mode": "list",
            "domain": [("publication_id", "=", self.id), ("active", "=", False)],
            "context": {"active_test": False},
        }

    def _append_rows(self, rows):
        """Add rows at the end of the list.

        :param list rows: values by column name
        :return: the rows
        """
        self.ensure_one()
        Entry = self.env["customer.publication.entry"]
        last = Entry.search(
            [("publication_id", "=", self.id)], order="sequence desc, id desc", limit=1
        )
        return Entry.create(
            [
                {
                    "publication_id": self.id,
                    "sequence": last.sequence or 10,
                    "values": values,
                }
                for values in rows
            ]
        )
