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

    @classmethod
    def _create_response(cls, publication, access, decision="accepted", **values):
        """Answer an offer as the contact of an access, without going through its page."""
        cls.env.flush_all()  # a unique index knows one answer that counts
        return cls.env["customer.publication.response"].create(
            {
                "publication_id": publication.id,
                "version_id": publication._current_version().id,
                "access_id": access.id,
                "partner_id": access.partner_id.id,
                "partner_name": access.partner_id.name,
                "partner_email": access.email,
                "decision": decision,
                **values,
            }
        )
