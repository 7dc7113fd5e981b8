import phonenumbers
from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..utils import hash_secret

KEPT_DAYS = 30  # so long one may leave a form open and be told who changed what
FINGERPRINT = 16


class CustomerAccess(models.Model):
    """Data: only what one has changed is written, and never over what one has not seen."""

    _inherit = "customer.access"

    def _save_data(self, form, assurance):
        """Save what was changed on the data page: all of it, or nothing.

        Each value comes with the one the form was rendered with. If it is another one by
        now, the visitor is shown both and decides.

        :param dict form: what the browser sent: lists of texts by name
        :param str assurance: the level the visitor has reached
        :return: ``status`` (``saved``, ``same``, ``open``: there is something to mend or to
            decide, ``refused``), ``count`` of changes, ``errors``, ``conflicts``
        :rtype: dict
        """
        self.ensure_one()
        result = {"status": "open", "count": 0, "errors": {}, "conflicts": {}}
        if not self._may_edit_data(assurance):
            return {**result, "status": "refused"}
        access_sudo = self.sudo()  # contacts have no rights on what they change here
        access_sudo._data_lock()
        edits = access_sudo._data_edits(form, result["errors"], result["conflicts"])
        if result["errors"] or result["conflicts"]:
            return result
        if not edits:
            return {**result, "status": "same"}
        words = access_sudo._data_words(edits)
        try:
            with self.env.cr.savepoint():
                access_sudo._data_write(edits)
        except UserError as error:
            result["errors"]["form"] = error.args[0]
            return result
        access_sudo._data_report(edits, words)
        return {**result, "status": "saved", "count": len(edits)}

    def _data_lock(self):
        """Wait for whoever is saving the same data.

        If another transaction has changed it since this one began, the database refuses,
        and Odoo runs the request again on what is there now.
        """
        target = self._target()
        if target._name == "crm.lead":
            self._data_lock_rows(target)
        self._data_lock_rows(self._data_people().partner_id.sorted("id"))

    def _data_lock_rows(self, records):
        self.env.cr.execute(
            SQL(
                "SELECT id FROM %s WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                SQL.identifier(records._table),
                records._ids,
            )
        )

    # ------------------------------------------------------------
    # WHAT WAS CHANGED
    # ------------------------------------------------------------

    def _data_edits(self, form, errors, conflicts):
        """Return the values to write; fill in what is wrong, and what there is to decide.

        :param dict form: what the browser sent
        :param dict errors: sentences by name, filled in
        :param dict conflicts: what is there now by name, filled in
        :return: pairs of a ``DataField`` and its new value
        :rtype: list[tuple]
        """
        fields, edits = self._data_fields(), []
        if lost := self._data_lost(form, fields):
            errors["form"] = self.env._(
                "Not shared any more, and therefore not saved: %(lost)s", lost=lost
            )
        for key, field in fields.items():
            if f"base-{key}" not in form or field.locked:
                continue  # it was not on the form
            try:
                value, conflict = self._data_edit(field, fields, form)
            except UserError as error:
                errors[key] = error.args[0]
                continue
            if conflict:
                conflicts[key] = conflict
            elif value is not None:
                edits.append((field, value))
        return edits

    def _data_edit(self, field, fields, form):
        """Return the new value of a field, if it was changed, or what there is to decide.

        :return: the value to write, or ``None``, and what ``_data_conflict`` returns, or ``None``
        :rtype: tuple
        :raises UserError: saying what is wrong with what was typed
        """
        Value = self.env["customer.data.value"]
        base = form[f"base-{field.key}"][0]
        typed = Value._typed(field, form.get(field.key, []))
        before = field.with_base(base)
        if before and typed == self._data_as_typed(before):
            return None, None
        value = Value._read(self._data_moved(field, fields, form), typed)
        if field._replace(value=value).base() == field.base():
            return None, None  # it is so already
        if base != field.base():
            decision = self._data_decision(field, form)
            if decision != "mine":
                return None, None if decision else self._data_conflict(field)
        self._data_check(field, value)
        return value, None

    def _data_decision(self, field, form):
        """Return what the visitor decided about the value that there is now, or ``None``."""
        decision = (form.get(f"decide-{field.key}") or [""])[0]
        seen = (form.get(f"seen-{field.key}") or [""])[0]
        return decision if seen == field.base() and decision in ("mine", "theirs") else None

    def _data_as_typed(self, field):
        """Return what the browser sends back of an input that nobody touched."""
        Value = self.env["customer.data.value"]
        shown = Value._shown(field)
        return Value._typed(field, shown if isinstance(shown, list) else [shown])

    def _data_lost(self, form, fields):
        """Return what was typed into fields that have left the page meanwhile."""
        return "; ".join(
            " ".join(texts)
            for key, texts in form.items()
            if f"base-{key}" in form and key not in fields and any(texts)
        )

    def _data_moved(self, field, fields, form):
        """Return a phone's field as it is read in the country typed beside it."""
        if field.kind != "phone":
            return field
        country = fields[f"person-{field.record.id}-country_id"]
        typed = (form.get(country.key) or [""])[0]
        known = {str(value): value for value, _label in country.options}
        if typed not in known:
            return field
        moved = field.record.new({"country_id": known[typed]}, origin=field.record)
        return field._replace(record=moved)

    def _data_check(self, field, value):
        """Refuse a value that is right in itself, but would do more than it says.

        :raises UserError: saying why
        """
        if field.record._name != "res.partner":
            return
        partner = field.record
        typed = field.kind == "phone" and not field.own and value
        if typed and partner._customer_gets_sms(phonenumbers.parse(typed)):
            raise UserError(
                self.env._(
                    "A mobile number is for %(contact)s to enter: codes may go there.",
                    contact=partner.name,
                )
            )
        if field.name != "country_id":
            return
        if partner._customer_number_depends_on(value.id) and not partner._customer_one_number():
            raise UserError(
                self.env._(
                    "In this country the phone number on record would be another one, and codes "
                    "would go there. Please ask %(name)s to change it.",
                    name=self.person_in_charge_id.name or self.company_id.name,
                )
            )

    def _data_conflict(self, field):
        """Return what is there now in place of what the form was rendered with.

        :return: ``theirs`` (in words), ``seen`` (to send back with the decision), and who
            changed it when, if the log knows: ``who``, ``when``
        :rtype: dict
        """
        event = self._data_event(field)
        here = self.search(self._place_domain())
        return {
            "theirs": self.env["customer.data.value"]._words(field),
            "seen": field.base(),
            "who": event.partner_id.name if event.access_id in here else "",
            "when": event.create_date,
        }

    def _data_event(self, field):
        """Return the line of the log about the value that a field has now."""
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM customer_access_event
                 WHERE kind = 'data_changed' AND company_id = %s
                   AND create_date > (now() AT TIME ZONE 'UTC') - make_interval(days => %s)
                   AND facts -> 'data' ->> %s = %s
                 ORDER BY id DESC LIMIT 1
                """,
                self.company_id.id,
                KEPT_DAYS,
                self._data_name(field),
                self._data_fingerprint(field),
            )
        )
        return self.env["customer.access.event"].browse(row[0] for row in self.env.cr.fetchall())

    def _data_name(self, field):
        return f"{field.record._name},{field.record.id},{field.key}"

    def _data_fingerprint(self, field):
        """Return what the log keeps of a value: enough to know it again, not to read it."""
        return hash_secret(self.env, self._data_name(field), field.base())[:FINGERPRINT]

    # ------------------------------------------------------------
    # WRITING AND TELLING
    # ------------------------------------------------------------

    def _data_write(self, edits):
        """Write new values.

        :param list edits: what ``_data_edits`` returned
        """
        by_record = {}
        for field, value in edits:
            by_record.setdefault(field.record, []).append((field, value))
        for record, changes in by_record.items():
            if record._name == "crm.lead":
                self._data_write_lead(record, changes)
            else:
                record._customer_write_data({field.name: value for field, value in changes})

    def _data_words(self, edits):
        """Return what staff read of the changes: lines of (label, old, new), in their language.

        :param list edits: what ``_data_edits`` returned
        :rtype: list[tuple]
        """
        in_charge = self.person_in_charge_id
        lang = in_charge.lang or self.company_id.partner_id.lang or self.env.lang
        staff = self.with_context(lang=lang, tz=in_charge.tz or self.env.context.get("tz"))
        Value = staff.env["customer.data.value"]
        fields, lines = staff._data_fields(), []
        for edited, value in edits:
            field = fields[edited.key]
            label = field.label
            if field.record._name == "res.partner":
                label = f"{field.record.name}: {label}"
            lines.append((label, Value._words(field), Value._words(field._replace(value=value))))
        return lines

    def _data_report(self, edits, lines):
        """Note the changes in log and chatter.

        :param list edits: what ``_data_edits`` returned
        :param list lines: what ``_data_words`` returned
        """
        in_charge = self.person_in_charge_id
        staff = self.with_context(lang=in_charge.lang or self.env.lang)
        name = self.partner_id.name
        items = Markup("").join(Markup("<li><b>%s</b>: %s → %s</li>") % line for line in lines)
        self._report(
            "data_changed",
            Markup("<p>%s</p><ul>%s</ul>")
            % (staff.env._("%(name)s changed data:", name=name), items),
            activity=staff.env._("%(name)s changed data", name=name),
            reason=", ".join(label for label, _old, _new in lines)[:1000],
            facts={
                "data": {
                    self._data_name(field): self._data_fingerprint(field._replace(value=value))
                    for field, value in edits
                }
            },
        )
