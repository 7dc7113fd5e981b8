from odoo import api, models

from ..utils import PASSWORD_LENGTH, PASSWORD_MINIMUM


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    @api.onchange("minlength")
    def _on_change_mins(self):
        """Show at once which minimum counts."""
        res = super()._on_change_mins()
        self.minlength = self._counting_minimum()
        return res

    def set_values(self):
        """Save the minimum that counts, also when no page corrected it."""
        self.minlength = self._counting_minimum()
        return super().set_values()

    def _counting_minimum(self):
        return min(max(self.minlength, PASSWORD_MINIMUM), PASSWORD_LENGTH)
