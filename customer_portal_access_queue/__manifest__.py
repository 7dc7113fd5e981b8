# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Customer Portal Access: job queue",
    "summary": "Bulk invitations run as jobs of OCA's queue, on many workers and machines",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "license": "LGPL-3",
    "author": "Customer Portal Access contributors",
    "depends": ["customer_portal_access", "queue_job"],
    "data": ["data/queue_job.xml"],
    "uninstall_hook": "uninstall_hook",
    "auto_install": True,
}
