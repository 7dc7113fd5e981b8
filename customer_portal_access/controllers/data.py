from odoo.http import request

from .page import enter, find_access, time_zone, workspace_route
from .workspace import CustomerWorkspace


class CustomerData(CustomerWorkspace):
    """The data of a workspace: seen and edited by all who may."""

    @workspace_route("/data", methods=["GET"])
    def customer_data(self, access_id, kind=None, target_id=None, saved=None, **_kwargs):
        """Show the data.

        :param saved: how much the last form changed; only chooses a sentence
        """
        access_sudo, assurance = self._data_access(access_id, kind, target_id)
        return self._render_data(access_sudo, assurance, saved=saved)

    @workspace_route("/data", methods=["POST"])
    def customer_data_save(self, access_id, kind=None, target_id=None, lang=None, **_kwargs):
        """Save what was changed; what is wrong or to decide is told at its field."""
        access_sudo, assurance = self._data_access(access_id, kind, target_id)
        if lang in dict(request.env["res.lang"].get_installed()):
            # numbers were typed as the page was shown
            access_sudo = access_sudo.with_context(lang=lang)
        form = request.httprequest.form.to_dict(flat=False)
        result = access_sudo._save_data(form, assurance)
        if result["status"] in ("saved", "same"):
            path = f"{access_sudo._path()}/data?saved={result['count']}"
            return enter(path, access_sudo.partner_id)
        return self._render_data(
            access_sudo,
            assurance,
            form=form,
            errors=result["errors"],
            conflicts=result["conflicts"],
        )

    def _data_access(self, access_id, kind, target_id):
        """Return the access, in the contact's time zone, and the assurance."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        return access_sudo.with_context(tz=time_zone(access_sudo)), assurance

    def _render_data(self, access_sudo, assurance, saved=None, **typed):
        """Render the data page, or the way to confirm who one is; else the workspace."""
        page = access_sudo._data_page(assurance, **typed)
        if page is None and access_sudo._data_waits(assurance):
            return self._render_waiting(access_sudo, assurance, section="data")
        if page is None:
            return request.redirect(access_sudo._path())
        return request.render(
            "customer_portal_access.portal_data",
            {
                **self._prepare_customer_layout_values(),
                **access_sudo._workspace_values(assurance),
                **page,
                "saved": saved,
                "time_zone": access_sudo.env.context["tz"],
            },
        )
