from .publication_common import PublicationData

COLUMNS = [
    {"name": "item", "string": "Item", "type": "char", "required": True},
    {"name": "note", "string": "Note", "type": "text"},
    {"name": "pieces", "string": "Pieces", "type": "integer"},
    {"name": "price", "string": "Price", "type": "float"},
    {"name": "day", "string": "Day", "type": "date"},
    {
        "name": "colour",
        "string": "Colour",
        "type": "selection",
        "selection": [["r", "Red"], ["b", "Blue"]],
    },
    {"name": "urgent", "string": "Urgent", "type": "boolean"},
]


class ListData(PublicationData):
    """A list with a column of each type, and one row that staff have filled in."""

    @classmethod
    def _create_list(cls, columns=None, rows=({"item": "Oven", "pieces": 1},), **values):
        publication = cls._create_publication(
            "list", columns_definition=columns or COLUMNS, **values
        )
        cls.env["customer.publication.entry"].create(
            [{"publication_id": publication.id, "values": row} for row in rows]
        )
        return publication

    def _item(self, entry):
        """Return what stands in the first column, as the database has it."""
        entry.invalidate_recordset()
        return entry._stored().get("item")
