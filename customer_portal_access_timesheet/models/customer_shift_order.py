import uuid

from babel.dates import format_date as babel_date

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date, format_time
from odoo.tools.misc import babel_locale_parse

from odoo.addons.base.models.res_partner import _tz_get
from odoo.addons.customer_portal_access.utils import without_defaults

from ..utils import in_zone

STATES = [
    ("requested", "Requested"),
    ("confirmed", "Confirmed"),
    ("declined", "Declined"),
    ("cancelled", "Cancelled"),
]
OPEN_STATES = ("requested", "confirmed")
# What was ordered: whoever changes it, the other side is told.
FACTS = ("date_start", "date_end", "people", "kind_id", "place", "note")
# Written by verbs only.
VERB_FIELDS = (
    "state",
    "revision",
    "uid",
    "series",
    "company_id",
    "ordered_by",
    "changed_by",
    "decline_reason",
    "in_calendar",
    "hours_made_at",
    "hours_problem",
)
PEOPLE_MAXIMUM = 200


class CustomerShiftOrder(models.Model):
    """A shift that a customer orders in a project: one span of time, for some people.

    This file holds what is ordered; ``customer_shift_staff`` and
    ``customer_shift_customer`` are what the two sides do with it, ``customer_shift_hours``
    what becomes of it afterwards.
    """

    _name = "customer.shift.order"
    _description = "Shift order"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_start, id"
    _check_company_auto = True

    project_id = fields.Many2one(
        "project.project",
        required=True,
        ondelete="restrict",
        index=True,
        domain=[("is_template", "=", False)],
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    customer_id = fields.Many2one(
        related="project_id.partner_id.commercial_partner_id", string="Customer"
    )
    access_id = fields.Many2one(
        "customer.access",
        string="Contact",
        ondelete="set null",
        index="btree_not_null",
        help="The contact who ordered it and gets the mails about it.",
    )
    ordered_by = fields.Char(
        string="Ordered by", readonly=True, copy=False, help="Kept when the access is removed."
    )
    kind_id = fields.Many2one(
        "customer.shift.kind",
        string="Kind of work",
        required=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    date_start = fields.Datetime(string="From", required=True, index=True, tracking=True)
    date_end = fields.Datetime(string="To", required=True, tracking=True)
    tz = fields.Selection(
        _tz_get,
        string="Time zone",
        required=True,
        default=lambda self: self.env.user.tz or "UTC",
        help="On whose clock it was ordered.",
    )
    people = fields.Integer(required=True, default=1, tracking=True)
    place = fields.Char(tracking=True)
    note = fields.Text()
    series = fields.Char(
        readonly=True, copy=False, index="btree_not_null", help="What was ordered together."
    )
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="requested",
        copy=False,
        tracking=True,
        group_expand=True,
    )
    changed_by = fields.Selection(
        [("customer", "Changed by the customer"), ("staff", "Changed by us")],
        string="Changed",
        readonly=True,
        copy=False,
        help="Who changed last what was ordered.",
    )
    decline_reason = fields.Text(string="Reason", readonly=True, copy=False)
    employee_ids = fields.Many2many(
        "hr.employee", string="Assigned", check_company=True, copy=False
    )
    assigned = fields.Integer(string="Assigned people", compute="_compute_assigned")
    # of the calendar file that the customer has (RFC 5545: UID and SEQUENCE)
    uid = fields.Char(
        readonly=True, required=True, copy=False, default=lambda self: str(uuid.uuid4())
    )
    revision = fields.Integer(
        readonly=True, required=True, default=0, copy=False, help="Counts what was changed."
    )
    in_calendar = fields.Boolean(
        readonly=True, copy=False, help="The customer was sent a file for the calendar."
    )

    _ends_later = models.Constraint(
        "CHECK (date_end > date_start)", "A shift ends after it begins."
    )
    _people_limit = models.Constraint(
        f"CHECK (people BETWEEN 1 AND {PEOPLE_MAXIMUM})",
        "A shift is for one person at least, and for two hundred at most.",
    )

    @api.depends("employee_ids")
    def _compute_assigned(self):
        for order in self:
            order.assigned = len(order.employee_ids)

    @api.depends("kind_id", "people", "date_start", "date_end", "tz")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for order in self:
            order.display_name = (
                f"{order.kind_id.name}, {order._when()}" if order.date_end else order.kind_id.name
            )

    def _when(self):
        """Return the span in words, on the customer's clock, in the reader's language.

        :rtype: str
        """
        self.ensure_one()
        if not self.date_start or not self.date_end:
            return ""
        start, end = in_zone(self.date_start, self.tz), in_zone(self.date_end, self.tz)
        times = [
            format_time(self.env, moment.time(), time_format="short") for moment in (start, end)
        ]
        if start.date() == end.date():
            return f"{self._day(start)}, {times[0]} – {times[1]}"
        return f"{self._day(start)}, {times[0]} – {self._day(end)}, {times[1]}"

    def _day(self, moment):
        """Return the day of a moment with its weekday, in the reader's language."""
        locale = babel_locale_parse(self.env.lang or "en_US")
        weekday = babel_date(moment.date(), "EEE", locale)
        return f"{weekday} {format_date(self.env, moment.date())}"

    # ------------------------------------------------------------
    # RIGHTS AND FACTS
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        vals_list = [dict(vals) for vals in vals_list]
        assigned = [vals.pop("employee_ids", []) for vals in vals_list]
        for vals in vals_list:
            self._check_verb_fields(vals)
            vals.update(self._ordered_by_staff(vals))
        records = without_defaults(self, (*VERB_FIELDS, "employee_ids"))
        orders = super(CustomerShiftOrder, records).create(vals_list)
        for order, commands in zip(orders, assigned, strict=True):
            order._assign(commands)
        return orders.with_env(self.env)

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        self._check_verb_fields(vals)
        vals = dict(vals)
        self._assign(vals.pop("employee_ids", []))
        before = {order: order._facts() for order in self}
        if any(order.hours_made_at for order in self) and vals.keys() & {*FACTS, "project_id"}:
            raise UserError(
                self.env._(
                    "The hours of this shift are made already: change them in the timesheets."
                )
            )
        result = super().write(vals)
        self.filtered(lambda order: before[order] != order._facts())._changed_by_staff()
        return result

    def _check_verb_fields(self, vals):
        """Refuse what only verbs write.

        :raises AccessError: when it is among the values
        """
        if vals.keys() & set(VERB_FIELDS):
            raise AccessError(self.env._("The state of an order changes by its buttons only."))

    def _assign(self, commands):
        """Assign employees, or take them off, for a user who need not be of Human Resources.

        :param list commands: of the field
        :raises AccessError: for anybody whom the user does not see, and for other commands
        """
        if not commands:
            return
        self.check_access("write")
        ids = set()
        for command, number, numbers in ((*command, 0, 0)[:3] for command in commands):
            if command == Command.SET:
                ids.update(numbers)
            elif command == Command.LINK:
                ids.add(number)
            elif command not in (Command.UNLINK, Command.CLEAR):
                raise AccessError(self.env._("Employees are not changed here."))
        self.env["hr.employee.public"].browse(ids).check_access("read")
        self.sudo().write({"employee_ids": commands})  # Odoo shows others the public part only

    def _facts(self):
        """Return what was ordered, to compare."""
        return tuple(self[name] for name in FACTS)

    def _ordered_by_staff(self, vals):
        """Return what an order says that staff have typed in for a customer.

        :param dict vals: of the order
        :rtype: dict
        """
        project = self.env["project.project"].browse(vals.get("project_id"))
        access = self.env["customer.access"].browse(vals.get("access_id"))
        project.check_access("read")
        access.check_access("read")
        return {
            "company_id": (access.company_id or project.company_id or self.env.company).id,
            "ordered_by": access.partner_id.name or self.env.user.name,
        }

    @api.constrains("access_id", "project_id")
    def _check_access_id(self):
        for order_sudo in self.sudo():  # whoever may write an order need not see accesses
            access = order_sudo.access_id
            here = access.project_id or access.customer_id
            wanted = order_sudo.project_id if access.project_id else order_sudo.customer_id
            if access and (here != wanted or access.company_id != order_sudo.company_id):
                raise ValidationError(self.env._("This contact belongs to another project."))

    def _locked(self):
        """Wait for whoever changes these now, and look again.

        :return: those that are still there
        """
        self.flush_recordset()
        self.env.cr.execute(
            "SELECT id FROM customer_shift_order WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            [self.ids],
        )
        found = {row[0] for row in self.env.cr.fetchall()}
        self.invalidate_recordset()
        return self.filtered(lambda order: order.id in found)
