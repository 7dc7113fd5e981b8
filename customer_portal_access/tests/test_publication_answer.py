import base64
import io
import struct
import zlib
from datetime import timedelta

from lxml import html
from PIL import Image, ImageDraw

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from ..utils import MESSAGE_LENGTH, SIGNATURE_BYTES, read_signature
from .common import CustomerCase
from .publication_common import PublicationData
from .test_publication_pages import PublicationPageCase

PREFIX = "data:image/png;base64,"


def draw(size=(300, 100), line=True, image_format="PNG"):
    """Return a drawn signature as a browser's canvas gives it."""
    image = Image.new("RGBA", size, (255, 255, 255, 0))
    if line:
        ImageDraw.Draw(image).line((20, 80, 200, 20), fill=(0, 0, 90, 255), width=3)
    target = io.BytesIO()
    (image if image_format == "PNG" else image.convert("RGB")).save(target, image_format)
    return PREFIX + base64.b64encode(target.getvalue()).decode()


@tagged("post_install", "-at_install")
class TestReadSignature(TransactionCase):
    """A signature is a PNG of ours, whatever was sent."""

    def test_drawn_is_read_with_and_without_prefix(self):
        for value in (draw(), draw().removeprefix(PREFIX)):
            image, problem = read_signature(value)
            self.assertIsNone(problem)
            self.assertTrue(image.startswith(b"\x89PNG"))

    def test_nothing_or_nothing_drawn_is_empty(self):
        for value in (None, "", "  ", PREFIX, draw(line=False)):
            self.assertEqual(read_signature(value), (None, "empty"))

    def test_everything_else_is_bad(self):
        svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
        for value in (
            "data:image/svg+xml;base64," + base64.b64encode(svg).decode(),
            PREFIX + base64.b64encode(svg).decode(),
            PREFIX + base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"x" * 50).decode(),
            draw(image_format="JPEG"),
            draw(image_format="GIF"),
            draw((2500, 2000)),
            "%%%not base64%%%",
            "æøå",
            PREFIX + "A" * (SIGNATURE_BYTES * 2),
        ):
            with self.subTest(value=value[:60]):
                self.assertEqual(read_signature(value), (None, "bad"))

    def test_a_picture_that_unpacks_to_gigabytes_is_bad(self):
        raw = bytearray(base64.b64decode(draw().removeprefix(PREFIX)))
        raw[16:24] = struct.pack(">II", 60_000, 60_000)  # its width and height
        raw[29:33] = struct.pack(">I", zlib.crc32(raw[12:29]))
        value = base64.b64encode(raw).decode()
        self.assertEqual(read_signature(value), (None, "bad"))

    def test_what_hides_behind_the_picture_is_gone(self):
        raw = base64.b64decode(draw().removeprefix(PREFIX)) + b"<script>alert(1)</script>"
        image, _problem = read_signature(base64.b64encode(raw).decode())
        self.assertNotIn(b"<script>", image)


class TestPublicationAnswer(CustomerCase, PublicationData):
    """An offer is answered once, by whom the gate lets, as it stands."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_login_free = True
        cls.access = cls._create_access(cls.bo, cls.contact_person)
        cls.colleague = cls._create_access(cls.anna)
        cls.offer = cls._create_publication("offer", amount=900)

    def _respond(self, access=None, decision="accepted", assurance="code", **typed):
        typed = {"signed_by": "Bo Berg", **typed} if decision == "accepted" else typed
        self.env.flush_all()
        with self.mock_mail_gateway():
            result = self.offer.sudo()._respond(
                access or self.access, decision, assurance=assurance, **typed
            )
        self.env.invalidate_all()
        return result

    def test_accepted(self):
        self.assertEqual(self._respond(comment=" Start in\nMay. "), {"status": "ok"})
        answer = self.offer.response_ids
        self.assertEqual(answer.decision, "accepted")
        self.assertEqual(answer.signed_by, "Bo Berg")
        self.assertEqual(answer.comment, "Start in\nMay.")
        self.assertEqual((answer.partner_id, answer.access_id), (self.bo, self.access))
        self.assertEqual((answer.partner_name, answer.partner_email), ("Bo Berg", self.bo.email))
        self.assertEqual(answer.version_id, self.offer._current_version())
        self.assertEqual(answer.version_id.amount, 900)

    def test_staff_are_told(self):
        self._respond(comment="<b>May</b>")
        body = self.lead.message_ids[0].body
        self.assertIn("Bo Berg has accepted “The offer”", body)
        self.assertIn("Version 1, $&nbsp;900.00, signed by Bo Berg", body)
        self.assertIn("&lt;b&gt;May&lt;/b&gt;", body)
        [activity] = self.lead.activity_ids
        self.assertEqual(activity.user_id, self.sara)
        self.assertEqual(activity.summary, "Bo Berg has accepted “The offer”")
        messages = self.env["mail.message"].search(
            [("model", "=", "crm.lead"), ("res_id", "=", self.lead.id)]
        )
        told = messages.filtered(lambda m: "accepted" in m.body).notified_partner_ids
        self.assertEqual(told, self.sara.partner_id)
        event = self.access.event_ids.filtered(lambda e: e.kind == "publication_answered")
        self.assertEqual(event.reason, "accepted: The offer")

    def test_who_answered_gets_a_mail_without_link(self):
        self.offer.name = "Oak\r\nBcc: evil@evil.example"
        self._respond(comment="<i>May</i>")
        mail = self.env["mail.mail"].search([("email_to", "like", "bo@berg.example")])
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.subject, "Your answer: Oak Bcc: evil@evil.example")
        self.assertIn("you have accepted this offer", mail.body_html)
        self.assertIn("900.00", mail.body_html)
        self.assertIn("&lt;i&gt;May&lt;/i&gt;", mail.body_html)
        self.assertNotIn("/customer/", mail.body_html)

    def test_declined_needs_a_reason(self):
        result = self._respond(decision="declined", comment="  ")
        self.assertEqual(result["status"], "error")
        self.assertIn("comment", result["errors"])
        self.assertFalse(self.offer.response_ids)
        self.assertEqual(self._respond(decision="declined", comment="No"), {"status": "ok"})
        self.assertEqual(self.offer.response_ids.decision, "declined")
        self.assertIn("Bo Berg has declined", self.lead.message_ids[0].body)

    def test_accepting_needs_a_name(self):
        for name in ("", "  ", "\u200b", "x" * 201):
            result = self._respond(signed_by=name)
            self.assertEqual(result["status"], "error")
            self.assertIn("signed_by", result["errors"])
        self.assertFalse(self.offer.response_ids)

    def test_signature_where_it_is_required(self):
        self.offer.require_signature = True
        for signature in ("", draw(line=False), "data:image/svg+xml;base64,PHN2Zy8+"):
            result = self._respond(signature=signature)
            self.assertIn("signature", result["errors"])
        self.assertFalse(self.offer.response_ids)
        self.assertEqual(self._respond(signature=draw()), {"status": "ok"})
        self.assertTrue(base64.b64decode(self.offer.response_ids.signature).startswith(b"\x89PNG"))

    def test_too_long_a_comment(self):
        result = self._respond(comment="x" * (MESSAGE_LENGTH + 1))
        self.assertIn("comment", result["errors"])

    def test_second_click_is_one_answer(self):
        for _click in range(2):
            self.assertEqual(self._respond(), {"status": "ok"})
        self.assertEqual(len(self.offer.response_ids), 1)
        self.assertEqual(len(self.lead.activity_ids), 1)

    def test_colleague_is_too_late(self):
        self._respond()
        for decision in ("accepted", "declined"):
            result = self._respond(self.colleague, decision, comment="No", assurance="code")
            self.assertEqual(result, {"status": "answered"})
        self.assertEqual(self._respond(decision="declined", comment="x"), {"status": "answered"})
        self.assertEqual(self.offer.response_ids.access_id, self.access)

    def test_reopened_by_staff_can_be_answered_again(self):
        self._respond()
        self.offer.action_reopen()
        self.assertEqual(self._respond(decision="declined", comment="No"), {"status": "ok"})
        self.assertEqual(len(self.offer.response_ids), 2)

    def test_not_the_version_that_was_read(self):
        self.offer.sudo()._current_version()
        self.offer.amount = 950
        self.assertEqual(self._respond(version="1"), {"status": "changed"})
        for forged in ("3", "x", "2 OR 1=1"):
            self.assertEqual(self._respond(version=forged), {"status": "changed"})
        self.assertFalse(self.offer.response_ids)
        self.assertEqual(self._respond(version="2"), {"status": "ok"})
        self.assertEqual(self.offer.response_ids.version_id.amount, 950)

    def test_closed_and_expired(self):
        self.offer.date_until = fields.Date.today() - timedelta(days=1)
        self.assertEqual(self._respond(), {"status": "closed"})
        self.offer.date_until = fields.Date.today()
        self.offer.sudo().state = "closed"
        self.assertEqual(self._respond(), {"status": "closed"})
        self.assertFalse(self.offer.response_ids)

    def test_only_what_staff_allow(self):
        self.offer.allow_accept = False
        self.assertEqual(self._respond(), {"status": "no"})
        self.offer.write({"allow_accept": True, "allow_decline": False})
        self.assertEqual(self._respond(decision="declined", comment="x"), {"status": "no"})
        self.assertEqual(self._respond(decision="maybe"), {"status": "no"})
        self.assertEqual(self.offer._decisions(), ["accepted"])

    def test_who_may_not(self):
        watcher = self._role("timesheet_approver")
        role = self.contact_person.copy({"code": "reader"})
        role.permission_ids -= self.env.ref("customer_portal_access.permission_respond_offers")
        reader = self._create_contact("Cy Berg", "cy@berg.example")
        dee = self._create_contact("Dee Berg", "dee@berg.example")
        for access in (
            self._create_access(reader, role),
            self._create_access(reader, self.contact_person, self.project),
            self._create_access(dee, watcher),
        ):
            self.assertEqual(self._respond(access, assurance="account"), {"status": "no"})
        self.offer.role_ids = self.applicant
        self.assertEqual(self._respond(), {"status": "no"})
        self.offer.role_ids = False
        self.offer.sudo().state = "draft"
        self.assertEqual(self._respond(), {"status": "no"})
        self.offer.sudo().state = "published"
        self.offer.sudo().company_id = self.other_company
        self.assertEqual(self._respond(), {"status": "no"})
        self.offer.sudo().company_id = self.company
        self.access.revoke()
        self.assertEqual(self._respond(), {"status": "no"})

    def test_other_kinds_are_not_answered(self):
        page = self._create_publication("page")
        result = page.sudo()._respond(self.access, "accepted", signed_by="x", assurance="code")
        self.assertEqual(result, {"status": "no"})

    def test_code_required_by_the_company(self):
        self.assertEqual(self.offer.sudo()._may_respond(self.access, "link"), "yes")
        self.company.customer_require_code_to_respond = True
        self.assertEqual(self._respond(assurance="link"), {"status": "waits"})
        self.assertFalse(self.offer.response_ids)
        self.assertEqual(self._respond(assurance="code"), {"status": "ok"})

    def test_preview_by_staff_answers_nothing(self):
        preview = self.access.with_context(customer_preview=True)
        self.assertEqual(self._respond(preview), {"status": "no"})
        self.assertFalse(self.offer.response_ids)

    def test_answer_outlives_the_access(self):
        self._respond()
        self.access.unlink()
        answer = self.offer.response_ids
        self.assertFalse(answer.access_id)
        self.assertEqual(answer.partner_name, "Bo Berg")

    def test_staff_write_no_answers(self):
        with self.assertRaises(AccessError):
            self.env["customer.publication.response"].with_user(self.sara).create(
                {"publication_id": self.offer.id, "decision": "accepted"}
            )


class TestPublicationAnswerPages(PublicationPageCase):
    """Answering in the browser."""

    def _answer(self, page=None, decision="accepted", **typed):
        """Submit a form of the offer's page, as a browser does."""
        page = page or self._open(self.offer)
        for form in self._forms(page):
            values = {key: value or "" for key, value in form.form_values()}
            if values.get("decision") == decision:
                values |= typed
                return self.url_open(form.action, data=values, allow_redirects=False)
        self.fail(f"{decision} is not offered")

    def _forms(self, page):

        return [
            form for form in html.fromstring(page.content).forms if form.action.endswith("/respond")
        ]

    def test_accept(self):
        self._open_by_link()
        answer = self._answer()
        path = f"{self._url(self.offer)}?answered=ok#answer"
        self.assertURLEqual(answer.headers["Location"], path)
        page = self.url_open(answer.headers["Location"])
        text = self._text(page)
        self.assertIn("Thank you. Your answer is noted", text)
        self.assertIn("Accepted by Bo Berg, ", text)
        self.assertFalse(self._forms(page))
        self.assertEqual(self.offer.response_ids.signed_by, "Bo Berg")

    def test_decline_keeps_what_is_wrong_open(self):
        self._open_by_link()
        page = self._answer(decision="declined", comment=" ")
        self.assertEqual(page.status_code, 200)
        self.assertIn("Please give a reason", self._text(page))
        answer = self._answer(page, decision="declined", comment="Too <b>dear</b>")
        page = self.url_open(answer.headers["Location"])
        self.assertIn("Too &lt;b&gt;dear&lt;/b&gt;", page.text)

    def test_nothing_is_lost_when_something_is_missing(self):
        self.offer.require_signature = True
        self._open_by_link()
        page = self._answer(signed_by="Bo B.", comment="In May")
        self.assertIn("Please draw your signature.", self._text(page))
        [form] = [form for form in self._forms(page) if form.fields["decision"] == "accepted"]
        self.assertEqual(form.fields["signed_by"], "Bo B.")
        self.assertEqual(form.fields["comment"].strip(), "In May")
        self._answer(page, signature=draw())
        page = self._open(self.offer)
        self.assertIn('alt="Signature of Bo B."', page.text)

    def test_second_is_told_who_answered_and_when(self):
        self._open_by_link()
        page = self._open(self.offer)
        self.env.flush_all()
        self.offer.sudo()._respond(self.access, "accepted", signed_by="Anna", assurance="code")
        answer = self._answer(page)
        text = self._text(self.url_open(answer.headers["Location"]))
        self.assertIn("Anna was faster: this offer is answered already.", text)
        self.assertRegex(text, r"Accepted by Anna, \d+/\d+/\d+")
        self.assertEqual(self.offer.response_ids.access_id, self.access)

    def test_changed_meanwhile_shows_the_new_text(self):
        self.offer.sudo()._current_version()
        self._open_by_link()
        page = self._open(self.offer)
        self.offer.body = "<p>Now in ash</p>"
        page = self._answer(page, comment="In May")
        text = self._text(page)
        self.assertIn("has been changed while you were reading it", text)
        self.assertIn("Now in ash", text)
        self.assertIn("In May", text)
        self._answer(page)
        self.assertEqual(self.offer.response_ids.version_id.number, 2)

    def test_code_is_asked_for_before_the_form(self):
        self.company.customer_require_code_to_respond = True
        self._open_by_link()
        page = self._open(self.offer)
        self.assertFalse(self._forms(page))
        answer = self._submit(page, action="/confirm")
        self.assertURLEqual(answer.headers["Location"], "/customer/verify")
        forced = self._post(f"{self._url(self.offer)}/respond", self._path(self.guest))
        self.assertEqual(self._headline(forced), "Confirm who you are")
        self.assertFalse(self.offer.response_ids)

    def test_after_the_code_the_form_is_there(self):
        self.company.customer_require_code_to_respond = True
        self._open_by_code()
        page = self._open(self.offer, self.access)
        self.assertEqual(len(self._forms(page)), 2)

    def test_contract_without_a_version(self):
        self._open_by_link()
        self._post(
            f"{self._url(self.offer)}/respond",
            self._path(self.guest),
            decision="accepted",
            comment="",
            signed_by="Bo Berg",
            signature="",
        )
        self.assertEqual(self.offer.response_ids.decision, "accepted")

    def test_refused_without_token_or_by_get(self):
        self._open_by_link()
        url = f"{self._url(self.offer)}/respond"
        data = {"decision": "accepted", "signed_by": "x"}
        self.assertEqual(self.url_open(url, data=data).status_code, 400)
        self.assertEqual(self._get(f"{url}?decision=accepted&signed_by=x").status_code, 405)
        self.assertFalse(self.offer.response_ids)

    def test_not_somebody_else_s(self):
        self._open_by_link()
        page = self._path(self.guest)
        for url in (
            f"{self._url(self.offer, self.access)}/respond",
            f"{self._path(self.guest)}/publication/999999999/respond",
            f"{self._url(self.publications['page'])}/respond",
        ):
            answer = self._post(url, page, decision="accepted", signed_by="x")
            self.assertEqual(answer.status_code, 404)

    def test_who_may_only_read_sees_no_form(self):
        role = self.contact_person.copy({"code": "reader"})
        role.permission_ids -= self.env.ref("customer_portal_access.permission_respond_offers")
        self.guest.role_id = role
        self._open_by_link()
        page = self._open(self.offer)
        self.assertEqual(self._headline(page), "The offer")
        self.assertNotIn("Your answer", self._text(page))

    def test_without_script_a_signature_says_what_to_do(self):
        self.offer.require_signature = True
        self._open_by_link()
        text = self._text(self._open(self.offer), "//noscript")
        self.assertIn("JavaScript, which is off in your browser", text)
