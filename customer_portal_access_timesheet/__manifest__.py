# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Customer Portal Access: hours and shifts",
    "summary": "Contacts approve the hours of a project and order shifts",
    "version": "19.0.1.0.0",
    "category": "Services/Timesheets",
    "license": "LGPL-3",
    "author": "Customer Portal Access contributors",
    "depends": ["customer_portal_access", "hr_timesheet"],
    "data": [
        "security/ir.model.access.csv",
        "security/customer_hours_rules.xml",
        "data/customer_permission.xml",
        "data/mail_template_hours.xml",
        "data/ir_cron_hours.xml",
        "wizards/customer_hours_reopening_views.xml",
        "wizards/customer_portal_settings_hours_views.xml",
        "views/hours_views.xml",
        "views/hours_report.xml",
        "views/portal_hours.xml",
    ],
    "demo": ["demo/hours.xml"],
    "auto_install": True,
}
