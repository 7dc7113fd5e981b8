"""Installing leaves no warning, uninstalling leaves nothing, the wheels hold the addons."""

import re
import zipfile

import pytest

from tools import wheel
from tools.console import Step
from tools.databases import install, run_code
from tools.instance import addons
from tools.paths import LOGS

ADDON = "customer_portal_access"
GLUE = sorted(set(addons()) - {ADDON})

# What a database is made of, as far as an addon may leave traces: one query a kind.
TRACES = {
    "table": "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = {schema}",
    "view": "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = {schema}",
    "sequence": "SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = {schema}",
    "index": "SELECT relname FROM pg_class WHERE relkind = 'i' AND relnamespace = {schema}",
    "column": """
        SELECT table_name || '.' || column_name FROM information_schema.columns
        WHERE table_schema = current_schema
    """,
    "constraint": "SELECT conname FROM pg_constraint WHERE connamespace = {schema}",
    "trigger": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    "function": "SELECT proname FROM pg_proc WHERE pronamespace = {schema}",
    "model": "SELECT model FROM ir_model",
    "field": "SELECT model || '.' || name FROM ir_model_fields",
    "external id": "SELECT module || '.' || name FROM ir_model_data WHERE module <> '__export__'",
    "parameter": "SELECT key FROM ir_config_parameter",
    "menu": "SELECT name->>'en_US' FROM ir_ui_menu",
    "view of Odoo": "SELECT name FROM ir_ui_view",
    "action": "SELECT name->>'en_US' FROM ir_actions",
    "rule": "SELECT name FROM ir_rule",
    "right": "SELECT name FROM ir_model_access",
    "group": "SELECT name->>'en_US' FROM res_groups",
    "scheduled action": "SELECT cron_name FROM ir_cron",
    "mail template": "SELECT name->>'en_US' FROM mail_template",
    "message subtype": "SELECT name->>'en_US' FROM mail_message_subtype",
    "attachment": "SELECT name FROM ir_attachment WHERE res_model LIKE 'customer.%'",
}
SCHEMA = "current_schema::regnamespace"

# A module's own entry stays, so that it can be installed again.
KEPT = {f"base.module_{name}" for name in addons()}

USE_IT = """
partner = env["res.partner"].create({"name": "Uma", "email": "uma@example.com"})
lead = env["crm.lead"].create({"name": "Kitchen", "partner_id": partner.id})
project = env["project.project"].create({"name": "House"})
role = env["customer.contact.role"].search([("code", "=", "contact_person")])
for target in ({"lead_id": lead.id}, {"project_id": project.id}):
    env["customer.access"].create({"partner_id": partner.id, "role_id": role.id, **target})
env["res.users"].with_context(no_reset_password=True).create({
    "name": "Uma", "login": "uma@example.com", "partner_id": partner.id,
    "group_ids": [(6, 0, [env.ref("base.group_portal").id])],
})
env.cr.commit()
"""

UNINSTALL = """
env["ir.module.module"].search([("name", "=", "%s")]).button_immediate_uninstall()
env.cr.commit()
"""


@pytest.fixture(scope="module")
def database(databases):
    """A database of one's own with what the addons depend on."""
    with databases.temporary(databases.ensure_base(), "installation") as name:
        yield name


@pytest.fixture(scope="module")
def before(odoo, database):
    """What was in the database before the addons."""
    return _traces(odoo, database)


@pytest.fixture(scope="module")
def installed(odoo, database, before):
    """The database with all addons; the value is Odoo's log of installing the first."""
    return _install(odoo, database, ADDON)


@pytest.fixture(scope="module")
def alone(odoo, databases):
    """A database with the first addon, and no glue although what it needs is there."""
    with databases.temporary(databases.ensure_base(), "alone") as name:
        _install(odoo, name, ADDON, "--skip-auto-install")
        yield name


def test_install_no_warning(installed):
    assert not _complaints(installed)


def test_glue_installs_itself(odoo, database, installed):
    with odoo.cursor(database) as cursor:
        cursor.execute("SELECT name FROM ir_module_module WHERE state = 'installed'")
        assert set(addons()) <= {name for (name,) in cursor.fetchall()}


def test_uninstall_leaves_nothing(odoo, database, before, installed):
    run_code(odoo, database, USE_IT)
    run_code(odoo, database, UNINSTALL % ADDON)
    _assert_same(before, _traces(odoo, database))
    with odoo.cursor(database) as cursor:
        cursor.execute("SELECT active, share FROM res_users WHERE login = 'uma@example.com'")
        assert cursor.fetchall() == [(True, True)]


@pytest.mark.parametrize("name", GLUE)
def test_glue_leaves_nothing(odoo, alone, name):
    before = _traces(odoo, alone)
    assert not _complaints(_install(odoo, alone, name, "--skip-auto-install"))
    run_code(odoo, alone, UNINSTALL % name)
    _assert_same(before, _traces(odoo, alone))


def test_wheels_hold_addons(tmp_path):
    paths = {path.name.split("-")[0]: path for path in wheel.build(tmp_path)}
    assert set(paths) == {f"odoo_addon_{name}" for name in addons()}
    for name in addons():
        with zipfile.ZipFile(paths[f"odoo_addon_{name}"]) as archive:
            names = archive.namelist()
        for path in ("__manifest__.py", "models/__init__.py", "static/description/icon.png"):
            assert f"odoo/addons/{name}/{path}" in names
    metadata = _metadata(paths[f"odoo_addon_{ADDON}"])
    assert f"\nName: odoo-addon-{ADDON}\n" in metadata
    assert "\nRequires-Dist: phonenumbers\n" in metadata
    for name in GLUE:
        assert f"\nRequires-Dist: odoo-addon-{ADDON}" in _metadata(paths[f"odoo_addon_{name}"])


def _install(odoo, database, name, *options):
    """Install an addon; return Odoo's log of it."""
    with Step(f"install {name}") as step:
        install(odoo, database, [name], step, *options)
    return (LOGS / f"install-{database}.log").read_text()


def _complaints(log):
    return re.findall(r"^\S+ \S+ \d+ (?:WARNING|ERROR|CRITICAL) .*$", log, re.MULTILINE)


def _assert_same(before, after):
    """Compare what was there before an addon and after it, both ways."""
    left = {kind: sorted(after[kind] - before[kind] - KEPT) for kind in TRACES}
    assert not {kind: names for kind, names in left.items() if names}
    lost = {kind: sorted(before[kind] - after[kind]) for kind in TRACES}
    assert not {kind: names for kind, names in lost.items() if names}


def _metadata(path):
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        return next(archive.read(name).decode() for name in names if "METADATA" in name)


def _traces(odoo, database):
    """Return the names of everything in a database, by kind."""
    with odoo.cursor(database) as cursor:
        traces = {}
        for kind, query in TRACES.items():
            cursor.execute(query.replace("{schema}", SCHEMA))
            traces[kind] = {name for (name,) in cursor.fetchall()}
        return traces
