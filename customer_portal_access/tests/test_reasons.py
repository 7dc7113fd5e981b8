import itertools
from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from .common import CustomerCase


def _of_access(**values):
    return lambda access: access.write(values)


def _of_contact(**values):
    return lambda access: access.partner_id.write(values)


class TestReasons(CustomerCase):
    """What closes an access: for one access, in a search and in groups it is the same."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_portal_default = "enabled"
        cls.elsewhere = cls.env["res.partner"].create({"name": "Dahl AS", "is_company": True})
        cls.facts = {
            "nothing": lambda access: None,
            "revoked": _of_access(revoked_at=fields.Datetime.now()),
            "not ticked": _of_access(granted=False),
            "begins tomorrow": _of_access(date_from=cls._day(1), date_until=False),
            "begins today": _of_access(date_from=cls._day(0), date_until=False),
            "ended yesterday": _of_access(date_from=False, date_until=cls._day(-1)),
            "ends today": _of_access(date_from=False, date_until=cls._day(0)),
            "role": _of_access(role_id=cls.observer.id),
            "no address": _of_contact(email=False),
            "no number": _of_contact(phone=False),
            "archived": _of_contact(active=False),
            "user archived": lambda access: cls._add_user(access, "portal", active=False),
            "user": lambda access: cls._add_user(access, "portal"),
            "internal": lambda access: cls._add_user(access, "user"),
            "other's log-in": lambda access: cls._take_login(access),
            "disabled": lambda access: cls._set_policy(access, "disabled"),
            "enabled": lambda access: cls._set_policy(access, "enabled"),
            "disabled elsewhere": lambda access: cls._set_policy(
                access, "disabled", cls.other_company
            ),
            "by policy": _of_access(by_policy=True),
            "moved": _of_contact(parent_id=cls.elsewhere.id),
            "employee": _of_contact(employee=True),
            "invoices": _of_contact(type="invoice"),
            "invited": _of_access(invited_at=fields.Datetime.now()),
            "link ended": _of_access(link_expires_at=cls._day(-1)),
            "seen": _of_access(last_seen_at=fields.Datetime.now()),
        }
        cls.numbers = itertools.count()
        cls.accesses = cls.env["customer.access"]
        for number, names in enumerate(itertools.combinations(cls.facts, 2)):
            contact = cls._create_contact(f"Person {number}", f"p{number}@berg.example")
            contact.phone = f"+47 406 {number:05d}"
            role = cls.applicant if number % 2 else cls.contact_person
            access = cls._create_access(contact, role, cls.customer)
            for name in names:
                cls.facts[name](access)
            cls.accesses |= access
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _day(cls, days):
        return fields.Date.today() + timedelta(days=days)

    @classmethod
    def _add_user(cls, access, group, **values):
        cls.env["res.users"].with_context(no_reset_password=True).create(
            {
                "name": access.partner_id.name,
                "login": f"{next(cls.numbers)}@users.example",
                "partner_id": access.partner_id.id,
                "group_ids": [Command.set([cls.env.ref(f"base.group_{group}").id])],
                **values,
            }
        )

    @classmethod
    def _take_login(cls, access):
        if access.partner_id.email_normalized:
            cls.env["res.users"].with_context(no_reset_password=True).create(
                {"name": "Somebody", "login": access.partner_id.email_normalized}
            )

    @classmethod
    def _set_policy(cls, access, policy, company=None):
        partner = access.partner_id.with_company(company or cls.company)
        partner._customer_set_policy(policy, None)

    def _groups(self, model, field, records):
        groups = model._read_group([("id", "in", records.ids)], [field], ["id:recordset"])
        return {record: value for value, held in groups for record in held}

    def test_one_access_and_a_search_say_the_same(self):
        ids = [("id", "in", self.accesses.ids)]
        Access = self.env["customer.access"].with_context(active_test=False)
        domains = Access._closed_domains()
        self.assertEqual(list(domains), list(Access._closed_tests()))
        found = {code: Access.search([*ids, domain]) for code, domain in domains.items()}
        closed = Access.search([*ids, Access._closed_domain()])
        for access in self.accesses:
            reason = next((code for code, held in found.items() if access in held), False)
            with self.subTest(access=access.partner_id.name):
                self.assertEqual(access._closed(), reason)
                self.assertEqual(access in closed, bool(reason))
        self.assertEqual({access._closed() for access in self.accesses}, {False, *domains})

    def test_one_session_and_a_search_say_the_same(self):
        self.company.customer_login_free = True
        Link = self.env["customer.access.link"]
        sessions = self.env["customer.access.session"]
        for access in self.accesses:
            _url, _end = Link._issue(access, "login_free", "copy")
            sessions |= sessions._open(access.link_ids[:1], "link")
        some = [sessions[number::4] for number in range(4)]
        some[0].ended_at = fields.Datetime.now()
        some[1].link_id.revoked_at = fields.Datetime.now()
        some[2].link_id.epoch = self.company.customer_login_free_epoch - 1
        alive = sessions._alive()
        self.assertTrue(alive)
        self.assertFalse(alive - some[3])
        for session in sessions:
            with self.subTest(session=session.access_id.partner_id.name):
                self.assertEqual(session._is_alive(), session in alive)

    def test_states_of_accesses_are_the_same_in_lists_and_groups(self):
        Access = self.env["customer.access"]
        groups = self._groups(Access, "state", self.accesses)
        states = set(self.accesses.mapped("state"))
        self.assertEqual(states, set(dict(Access._fields["state"].selection)))
        for state in states:
            expected = self.accesses.filtered(lambda access, state=state: access.state == state)
            found = Access.search([("id", "in", self.accesses.ids), ("state", "=", state)])
            others = Access.search([("id", "in", self.accesses.ids), ("state", "!=", state)])
            grouped = {access for access, value in groups.items() if value == state}
            with self.subTest(state=state):
                self.assertEqual(found, expected)
                self.assertEqual(others, self.accesses - expected)
                self.assertEqual(grouped, set(expected))

    def test_states_of_contacts_are_the_same_in_lists_and_groups(self):
        Partner = self.env["res.partner"].with_context(active_test=False)
        contacts = self.accesses.partner_id.with_context(active_test=False)
        contacts |= self._create_contact("Without", "without@berg.example")
        for field in ("customer_portal_state", "customer_never_signed_in", "customer_link_expired"):
            groups = self._groups(Partner, field, contacts)
            values = set(contacts.mapped(field))
            self.assertEqual(len(values), 5 if field == "customer_portal_state" else 2)
            for value in values:
                expected = contacts.filtered(
                    lambda contact, field=field, value=value: contact[field] == value
                )
                found = Partner.search([("id", "in", contacts.ids), (field, "=", value)])
                grouped = {contact for contact, held in groups.items() if held == value}
                with self.subTest(field=field, value=value):
                    self.assertEqual(set(found), set(expected))
                    self.assertEqual(grouped, set(expected))

    def test_who_can_sign_in_is_the_same_in_a_list_and_of_one_contact(self):
        contacts = self.accesses.partner_id
        for default in ("enabled", "disabled"):
            self.company.customer_portal_default = default
            found = contacts.search(
                [("id", "in", contacts.ids), ("customer_can_sign_in", "=", True)]
            )
            others = contacts.search(
                [("id", "in", contacts.ids), ("customer_can_sign_in", "=", False)]
            )
            expected = contacts.filtered("customer_can_sign_in")
            with self.subTest(default=default):
                self.assertTrue(expected)
                self.assertEqual(set(found), set(expected & (found | others)))
                self.assertEqual(set(others), set((found | others) - expected))
