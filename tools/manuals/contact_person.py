"""The pictures for contact persons: from the mail to a message to the team."""

import re

from .samples import SAMPLES

ADDON = "customer_portal_access"
TEMPLATE = "customer_portal_access.manual_contact_person"

# The company, and a contact of a customer; on top of what a manual needs.
COMPANY = """
import io
from base64 import b64encode
from datetime import timedelta

from PIL import Image, ImageDraw, ImageFont

from odoo.fields import Command, Date
from odoo.tools import file_open, file_path

font = ImageFont.truetype(file_path("web/static/fonts/google/Open_Sans/Open_Sans-Bold.ttf"), 30)
logo, content = Image.new("RGBA", (250, 60)), io.BytesIO()
ImageDraw.Draw(logo).text((0, 30), "Nordic Interiors", "#22315c", font, anchor="lm")
logo.save(content, "PNG")
env.company.write({"name": "Nordic Interiors", "phone": "+47 22 00 00 00",
                   "email": "hello@nordic.example", "country_id": env.ref("base.no").id,
                   "logo": b64encode(content.getvalue())})
env.ref("base.EUR").active = True
pia = env.ref("customer_portal_access.user_pia")
pia.partner_id.write({"phone": "+47 22 00 00 12", "email": "pia@nordic.example"})
env = env(context={"lang": lang, "no_reset_password": True, "mail_auto_subscribe_no_notify": True})
for name in ("planned", "in_progress"):
    env.ref(f"customer_portal_access.project_task_type_{name}").name = words[name]
customer = env["res.partner"].create({"name": words["customer"], "is_company": True})
contact = env["res.partner"].create({
    "name": words["contact"], "email": words["email"], "phone": f"+47 406 12 4{number:02d}",
    "parent_id": customer.id, "lang": lang, "tz": "Europe/Oslo",
})
today = Date.today()
"""

PREPARE = (
    COMPANY
    + """
stages = env.ref("customer_portal_access.project_utrecht").type_ids
project = env["project.project"].create({
    "name": words["project"], "partner_id": customer.id, "user_id": pia.id,
    "privacy_visibility": "portal", "type_ids": [Command.set(stages.ids)],
})
for stage, name, days in zip(("in_progress", "planned"), words["jobs"], (4, 11)):
    env["project.task"].create({
        "name": name, "project_id": project.id, "customer_visible": True,
        "stage_id": env.ref(f"customer_portal_access.project_task_type_{stage}").id,
        "user_ids": [Command.set(pia.ids)], "date_deadline": today + timedelta(days),
    })
access = env["customer.access"].create({
    "partner_id": contact.id, "project_id": project.id,
    "role_id": env.ref("customer_portal_access.role_contact_person").id,
})
with file_open("customer_portal_access/demo/file/ground_floor.pdf", "rb") as file:
    plan = env["ir.attachment"].create({"name": words["plan"] + ".pdf", "raw": file.read()})
publications = env["customer.publication"].create([
    {"project_id": project.id, "sequence": sequence, **values} for sequence, values in enumerate([
        {"kind": "offer", "name": words["offer"], "body": words["offer_body"], "amount": 6400,
         "currency_id": env.ref("base.EUR").id,
         "require_signature": True, "date_until": today + timedelta(21)},
        {"kind": "list", "name": words["list"], "body": words["list_body"],
         "allow_new_rows": False, "columns_definition": [
            {"name": "what", "string": words["what"], "type": "char"},
            {"name": "day", "string": words["day"], "type": "date"},
            {"name": "lift", "string": words["lift"], "type": "boolean"}]},
        {"kind": "file", "name": words["plan"], "attachment_ids": [Command.set(plan.ids)]},
    ])
])
env["customer.publication.entry"].create([
    {"publication_id": publications[1].id, "values": {
        "what": what, "lift": days < 20,
        "day": str(today + timedelta(days)) if days < 20 else False}}
    for what, days in zip(words["goods"], (12, 20))
])
for publication in publications.with_user(pia):
    publication._publish()
project.with_user(pia).message_post(
    body=words["message"], message_type="comment",
    subtype_xmlid="customer_portal_access.mt_to_customer")
result = {"access_id": access.id, "phone": access.code_number,
          "offer": publications[0].id, "list": publications[1].id}
"""
)


def walk(live, camera, lang):
    """Come in as the contact does, and take a picture of each step."""
    words = SAMPLES[lang]
    number = list(SAMPLES).index(lang)
    facts = live.shell(PREPARE, lang=lang, words=words, number=number)
    come_in(live, camera, facts, words["email"])
    path = camera.page.url
    camera.take("jobs", 680, "#jobs .card-body")
    _answer(camera, path, facts["offer"], words)
    camera.page.goto(f"{path}/publication/{facts['list']}")
    camera.take("list", 455, "h1")
    camera.page.goto(f"{path}/request")
    camera.page.locator("[name=title]").fill(words["request"])
    camera.page.locator("[name=text]").fill(words["request_text"])
    camera.take("request", 455, "h1")
    _files_messages_and_me(camera, path, words)


def come_in(live, camera, facts, email):
    """Open the mail, the link, the code and the workspace."""
    live.rpc("pia").call("customer.access", "send_invitation", ids=[facts["access_id"]])
    [mail] = live.mails(email)
    page = camera.page
    # addresses that are read, not those where its pictures come from
    page.set_content(re.sub(rf"(?<![\"'])\b{live.url}", "https://nordic.example", mail.html))
    camera.take("mail", 450)
    page.goto(next(link for link in mail.links if "/customer/link/" in link))
    camera.take("link", 450)
    page.locator("form button.button").first.click()
    page.wait_for_url("**/customer/verify**")
    page.locator("button[name=action][value=send]").click()
    [sms] = live.sms(facts["phone"])
    page.locator("#code").fill(re.search(r"\d{6}", sms.content)[0])
    camera.take("code", 450)
    page.locator("form:has(#code) button.button").click()
    page.wait_for_url("**/my/customer/*")
    page.goto(page.url.partition("?")[0])
    camera.take("workspace", 680)


def _answer(camera, path, offer, words):
    """Fill in the answer to the offer, as if about to accept."""
    page = camera.page
    page.goto(f"{path}/publication/{offer}")
    page.locator("#signed_by").fill(words["contact"])
    pad = page.locator("canvas").first
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 60)
    page.mouse.down()
    for step in range(24):
        height = 45 if step % 4 < 2 else 75
        page.mouse.move(box["x"] + 30 + 7 * step, box["y"] + height, steps=3)
    page.mouse.up()
    camera.take("offer", 455, "#answer .card-body")


def _files_messages_and_me(camera, path, words):
    page = camera.page
    page.goto(path)
    photo = {"name": words["photo"], "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0photo"}
    files = page.locator("#files")
    files.locator("input[type=file]").set_input_files(photo)
    files.locator("button[type=submit]").last.click()
    page.wait_for_load_state("networkidle")
    page.locator("#text").fill(words["reply"])
    page.locator("#messages button[type=submit]").last.click()
    page.wait_for_url("**#messages")
    camera.take("files", 385, "#files .card-body")
    camera.take("messages", 385, "#messages .card-body")
    page.goto(f"{path}/me")
    camera.take("me", 385, "h1")
