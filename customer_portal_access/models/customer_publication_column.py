from odoo import api, models
from odoo.exceptions import ValidationError

from ..utils import LIST_CHOICES, LIST_COLUMNS, LIST_LABEL_LENGTH

# What a cell may hold, by the types that Odoo's properties have for it.
COLUMN_TYPES = ("char", "text", "integer", "float", "date", "selection", "boolean")

# The form of a row has fields of its own beside those of the columns.
RESERVED_NAMES = {
    "access_id",
    "action",
    "as_json",
    "csrf_token",
    "entry_id",
    "form_id",
    "kind",
    "page",
    "publication_id",
    "revision",
    "target_id",
}


class Base(models.AbstractModel):
    """A property may be required: Odoo's hook for further keys is on the base model."""

    _inherit = "base"

    def _additional_allowed_keys_properties_definition(self):
        return (*super()._additional_allowed_keys_properties_definition(), "required")


class CustomerPublication(models.Model):
    """The columns of a list: which properties they may be, and what they are called."""

    _inherit = "customer.publication"

    @api.constrains("columns_definition")
    def _check_columns(self):
        for publication in self:
            columns = publication._columns()
            if len(columns) > LIST_COLUMNS:
                raise ValidationError(
                    self.env._("A list has at most %(count)s columns.", count=LIST_COLUMNS)
                )
            titles = set()
            for column in columns:
                publication._check_column(column)
                title = column["string"].strip().casefold()
                if title in titles:
                    raise ValidationError(
                        self.env._(
                            "Two columns are called “%(title)s”: customers could not tell them "
                            "apart.",
                            title=column["string"],
                        )
                    )
                titles.add(title)

    def _check_column(self, column):
        """Refuse a column that customers could not fill in.

        :param dict column: of ``_columns()``
        :raises ValidationError: saying what is wrong with it
        """
        title = (column.get("string") or "").strip()
        if not title or len(title) > LIST_LABEL_LENGTH:
            raise ValidationError(
                self.env._(
                    "Every column needs a title of at most %(count)s characters.",
                    count=LIST_LABEL_LENGTH,
                )
            )
        if column["type"] not in COLUMN_TYPES:
            raise ValidationError(
                self.env._(
                    "“%(title)s” cannot be a column of a list: only text, number, date, choice "
                    "and tick can.",
                    title=title,
                )
            )
        if column["name"] in RESERVED_NAMES:
            raise ValidationError(
                self.env._(
                    "A column cannot have the technical name “%(name)s”.", name=column["name"]
                )
            )
        if column["type"] == "selection":
            self._check_choices(title, column["selection"])

    def _check_choices(self, title, choices):
        """Refuse choices that nobody could pick."""
        if not 0 < len(choices) <= LIST_CHOICES:
            raise ValidationError(
                self.env._(
                    "“%(title)s” needs choices to pick from, at most %(count)s.",
                    title=title,
                    count=LIST_CHOICES,
                )
            )
        for key, label in choices:
            if not (key and isinstance(key, str) and isinstance(label, str) and label.strip()):
                raise ValidationError(self.env._("A choice of “%(title)s” is empty.", title=title))

    def _columns(self):
        """Return the definitions of the columns, in their order.

        :return: dicts with ``name``, ``type``, ``string``, ``selection``, ``required``
        :rtype: list[dict]
        """
        self.ensure_one()
        return self.columns_definition or []
