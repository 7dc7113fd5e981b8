from odoo import api, models


class IrFieldsConverter(models.AbstractModel):
    _inherit = "ir.fields.converter"

    @api.model
    def db_id_for(self, model, field, subfield, value, savepoint):
        """Skip the accesses whose external id is not found, and only these.

        When a row may be skipped Odoo takes each external id for "no" and empties it.
        """
        skipped = self.env.context.get("import_skip_records") or []
        if model._name != "customer.access" or subfield is None or field.name not in skipped:
            return super().db_id_for(model, field, subfield, value, savepoint)
        asking = self.with_context(
            import_skip_records=[name for name in skipped if name != field.name]
        )
        try:
            return super(IrFieldsConverter, asking).db_id_for(
                model, field, subfield, value, savepoint
            )
        except ValueError:
            return None, []
