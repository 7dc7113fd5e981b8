from odoo import api, models, modules
from odoo.exceptions import UserError

from ..utils import PASSWORD_LENGTH, PASSWORD_MINIMUM, judge_password


class Verbatim(str):
    """A password whose blanks at both ends stay, though Odoo strips what is typed."""

    __slots__ = ()

    def strip(self, _chars=None):
        """Return the password as it is."""
        return self


class ResUsers(models.Model):
    """The rules for passwords: whatever sets one comes here, whoever sets it."""

    _inherit = "res.users"

    @api.model
    def get_password_policy(self):
        """Return what a page may say beforehand; Odoo's own minimum may be lower, or no number."""
        return {"minlength": self._password_minimum()}

    @api.model
    def _password_minimum(self):
        """Return how many characters a password needs: never less than 8, whatever is set.

        :rtype: int
        """
        # sudo: asked by whoever chooses a password
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        value = parameters_sudo.get_param("auth_password_policy.minlength") or ""
        wanted = int(value) if value.isdecimal() else 0
        return min(max(wanted, PASSWORD_MINIMUM), PASSWORD_LENGTH)

    def _check_password_policy(self, passwords):
        """Refuse what breaks the rules, before anything is hashed; Odoo's are among ours.

        Not while addons are loaded: their data may say ``demo``, and nobody is served then.

        :param list[str] passwords: of these users, in their order
        :raises UserError: with a sentence that helps
        """
        if not self.env.registry.ready:
            return
        users_sudo = self.sudo()  # a user may not read others
        if len(users_sudo) != len(passwords):
            users_sudo = [users_sudo.browse()] * len(passwords)
        for user_sudo, password in zip(users_sudo, passwords, strict=True):
            if not password or user_sudo._is_test_password(password):
                continue
            verdict = self._judge_password(password, user_sudo.partner_id)
            if verdict.code:
                raise UserError(self._password_text(verdict))

    def _is_test_password(self, password):
        """Say whether Odoo's own tests run: their users have their names as passwords."""
        name = self.login or ""
        return (
            bool(modules.module.current_test) and "@" not in name and password == name.ljust(8, "x")
        )

    @api.model
    def signup(self, values, token=None):
        """Let a refused password use up no token: the next one may be better."""
        with self.env.cr.savepoint():
            return super().signup(values, token)

    @api.model
    def _judge_password(self, password, partner):
        """Say whether a person may take a password.

        :param str password: what was typed
        :param partner: whose own words count for nothing in it; empty: nobody's are known
        :rtype: Verdict
        """
        return judge_password(password, partner._own_words(), self._password_minimum())

    @api.model
    def _password_text(self, verdict):
        """Say in the reader's words how good a password is, or what would help.

        :param Verdict verdict: what ``_judge_password`` returned
        :rtype: str
        """
        minimum = self._password_minimum()
        if not verdict.code:
            return {
                2: self.env._("Good enough."),
                3: self.env._("Strong."),
                4: self.env._("Very strong."),
            }[verdict.score]
        return {
            "short": lambda: self.env._(
                "Too short: a password has at least %(count)s characters.", count=minimum
            ),
            "long": lambda: self.env._(
                "Too long: a password has at most %(count)s characters.", count=PASSWORD_LENGTH
            ),
            "signs": lambda: self.env._(
                "A character in it cannot be used. Please type another one."
            ),
            "own": lambda: self.env._(
                "Easy to guess: names, e-mail address and company are known to others. Add "
                "words that have nothing to do with them."
            ),
            "common": lambda: self.env._(
                "Easy to guess: it is much like one of the most used passwords. Put three or "
                "four words in a row instead."
            ),
            "word": lambda: self.env._(
                "Easy to guess: a single word is soon found. Add two or three others."
            ),
            "keys": lambda: self.env._(
                "Easy to guess: the keys are neighbours. Put three or four words in a row instead."
            ),
            "repeat": lambda: self.env._(
                "Easy to guess: it repeats itself. Add words that are new in it."
            ),
            "sequence": lambda: self.env._(
                "Easy to guess: it goes on like abc or 123. Put three or four words in a row "
                "instead."
            ),
            "date": lambda: self.env._(
                "Easy to guess: a date or a year is soon found. Add two or three words."
            ),
            "simple": lambda: self.env._("Easy to guess. Add two or three words."),
        }[verdict.code]()

    @api.model
    def _password_hint(self):
        """Say in the reader's words what a password needs.

        :rtype: str
        """
        return self.env._("At least %(count)s characters.", count=self._password_minimum())

    def _change_password(self, new_passwd):
        """Take a new password as it was typed, with the blanks at its ends."""
        blank = not (new_passwd or "").strip()
        return super()._change_password(new_passwd if blank else Verbatim(new_passwd))
