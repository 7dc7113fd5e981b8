from werkzeug.exceptions import NotFound

from odoo.http import request

from .page import find_access, workspace_route
from .workspace import CustomerWorkspace

FIELDS = ("name", "email", "phone", "message")


class CustomerColleague(CustomerWorkspace):
    """Proposing a colleague, and asking to remove one."""

    @workspace_route("/colleague", methods=["GET"])
    def customer_colleague(self, access_id, kind=None, target_id=None, **_kwargs):
        """Show the form to propose a colleague."""
        access_sudo, assurance = self._managing_access(access_id, kind, target_id)
        return self._render_colleague(access_sudo, assurance)

    @workspace_route("/colleague", methods=["POST"])
    def customer_colleague_propose(self, access_id, kind=None, target_id=None, **post):
        """Propose a colleague; what is wrong is told at its field."""
        access_sudo, assurance = self._managing_access(access_id, kind, target_id)
        typed = {field: post.get(field, "") for field in FIELDS}
        if errors := access_sudo._ask_colleague(**typed):
            return self._render_colleague(access_sudo, assurance, errors=errors, typed=typed)
        return request.redirect(f"{access_sudo._path()}?asked=propose#colleagues")

    @workspace_route("/colleague/<int:colleague_id>/remove", methods=["GET"])
    def customer_colleague_leave(
        self, access_id, colleague_id, kind=None, target_id=None, **_kwargs
    ):
        """Ask whether the colleague shall really go."""
        access_sudo, assurance = self._managing_access(access_id, kind, target_id)
        colleague_sudo = self._managed_colleague(access_sudo, colleague_id)
        return self._render_colleague(access_sudo, assurance, colleague=colleague_sudo)

    @workspace_route("/colleague/<int:colleague_id>/remove", methods=["POST"])
    def customer_colleague_remove(
        self, access_id, colleague_id, kind=None, target_id=None, message="", **_kwargs
    ):
        """Ask staff to end the colleague's access."""
        access_sudo, assurance = self._managing_access(access_id, kind, target_id)
        colleague_sudo = self._managed_colleague(access_sudo, colleague_id)
        if errors := access_sudo._ask_removal(colleague_sudo, message):
            return self._render_colleague(
                access_sudo,
                assurance,
                colleague=colleague_sudo,
                errors=errors,
                typed={"message": message},
            )
        return request.redirect(f"{access_sudo._path()}?asked=remove#colleagues")

    @workspace_route("/vouch/<int:registration_id>", methods=["POST"])
    def customer_vouch(
        self,
        access_id,
        registration_id,
        kind=None,
        target_id=None,
        answer="",
        comment="",
        **_kwargs,
    ):
        """Say whether somebody who has registered is known."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        if not access_sudo._check("manage_colleagues", assurance):
            raise NotFound()
        asked_sudo = access_sudo._open_vouches()
        for registration_sudo in asked_sudo.filtered(lambda one: one.id == registration_id):
            registration_sudo._answer_vouch(answer, comment)
        return request.redirect(access_sudo._path())

    def _managing_access(self, access_id, kind, target_id):
        """Return the access and the assurance of a visitor who may manage colleagues."""
        access_sudo, assurance = find_access(access_id, kind, target_id)
        if not access_sudo._may_ask(assurance):
            raise NotFound()
        return access_sudo, assurance

    def _managed_colleague(self, access_sudo, colleague_id):
        """Return the colleague's access."""
        colleague_sudo = access_sudo._colleague(colleague_id)
        if not colleague_sudo:
            raise NotFound()
        return colleague_sudo

    def _render_colleague(self, access_sudo, assurance, colleague=None, errors=None, typed=None):
        """Render the form, with what was typed in and what is wrong with it.

        :param colleague: the access to end; none: a colleague is proposed
        """
        template = "portal_colleague_remove" if colleague else "portal_colleague"
        return request.render(
            f"customer_portal_access.{template}",
            {
                **self._prepare_customer_layout_values(),
                **access_sudo._workspace_values(assurance),
                "colleague": colleague
                and {
                    "id": colleague.id,
                    "name": colleague.partner_id.name,
                    "role": colleague.role_id.name,
                },
                "errors": errors or {},
                "typed": typed or {},
            },
        )
