from .common import CustomerData


class PublicationData(CustomerData):
    """One publication of each kind on the opportunity, for all roles."""

    @classmethod
    def _create_publication(cls, kind="offer", target=None, state="published", **values):
        target = target or cls.lead
        field = {"crm.lead": "lead_id", "project.project": "project_id"}[target._name]
        publication = cls.env["customer.publication"].create(
            {"name": f"The {kind}", "kind": kind, field: target.id, **values}
        )
        publication.sudo().state = state
        return publication
