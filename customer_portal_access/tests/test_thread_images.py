from lxml import html
from markupsafe import Markup

from .file_common import PNG
from .portal_common import PortalPageCase

EVIL = "https://evil.example/x.png"


class TestThreadImages(PortalPageCase):
    """A message to the customer loads nothing from elsewhere before somebody asks for it."""

    def _say(self, body, **values):
        return self.lead.message_post(
            body=Markup(body), subtype_xmlid="customer_portal_access.mt_to_customer", **values
        )

    def _images(self, page):
        return html.fromstring(page.content).xpath("//section[@id='messages']//img")

    def test_external_images_wait(self):
        self._say(f'<p>Look: <img src="{EVIL}" alt="Oak"></p>')
        page = self._open_by_code()
        [image] = self._images(page)
        self.assertIsNone(image.get("src"))
        self.assertEqual((image.get("alt"), image.get("data-held-src")), ("Oak", EVIL))
        [show] = html.fromstring(page.content).xpath("//a[contains(@href, 'images=1')]")
        [image] = self._images(self.url_open(show.get("href")))
        self.assertEqual(image.get("src"), EVIL)

    def test_other_ways_to_load(self):
        self._say(
            f'<p style="background-image: url({EVIL})">a</p><table background="{EVIL}"></table>'
            f'<video src="{EVIL}" poster="{EVIL}"></video><img srcset="{EVIL} 2x" src="{EVIL}">'
        )
        page = html.fromstring(self._open_by_code().content)
        for node in page.xpath("//section[@id='messages']//*"):
            for name, value in node.attrib.items():
                if "evil" in value:
                    self.assertIn(name, ("href", "data-held-src", "data-held-background"))

    def test_images_of_our_own_are_shown(self):
        file = self.env["ir.attachment"].create(
            {"name": "a.png", "raw": PNG, "res_model": "crm.lead", "res_id": self.lead.id}
        )
        pasted = file.copy()
        [token] = pasted.generate_access_token()
        self._say(
            f'<img src="/web/image/{file.id}"><img src="/web/image/{pasted.id}?access_token={token}">',
            attachment_ids=file.ids,
        )
        page = self._open_by_code()
        attached, embedded = (image.get("src") for image in self._images(page))
        self.assertEqual(attached, f"{self._path(self.access)}/file/{file.id}")
        self.assertEqual(embedded, f"/web/image/{pasted.id}?access_token={token}")
        for address in (attached, embedded):
            self.assertEqual(self._get(address).content, PNG)
        self.assertNotIn("images=1", page.text)

    def test_plain_messages_are_as_they_were_written(self):
        self._say("<p>1 + 1 = 2 <b>&lt;b&gt;</b><br>x</p>")
        page = self._open_by_code()
        [body] = html.fromstring(page.content).find_class("o_customer_message_body")
        self.assertEqual(body.text_content().strip(), "1 + 1 = 2 <b>x")
