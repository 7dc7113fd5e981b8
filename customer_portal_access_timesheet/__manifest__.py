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
        "data/customer_permission.xml",
    ],
    "auto_install": True,
}
