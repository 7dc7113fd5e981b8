import base64

from lxml import html
from markupsafe import Markup

from odoo.tests import TransactionCase, tagged

from ..utils.html import Page, attachments_in, hold_external
from .test_publication_pages import PublicationPageCase

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)
BASE = "https://portal.example"
EVIL = "https://evil.example/x.png"


@tagged("post_install", "-at_install")
class TestHoldExternal(TransactionCase):
    """Nothing in a text loads from elsewhere before somebody asks for it."""

    def _hold(self, body, show=False, local=None):
        texts = {"image": "Image", "media": "Open film or sound"}
        return hold_external(body, Page(BASE, local or {}, texts, show))

    def test_whatever_fetches_is_held_back(self):
        for body in (
            f'<img src="{EVIL}">',
            f'<img src="{EVIL.upper()}">',
            '<img src="//evil.example/x.png">',
            '<img src="\\\\evil.example/x.png">',
            '<img src="/\\evil.example/x.png">',
            '<img src="/\t/evil.example/x.png">',
            '<img src=" https://evil.example/x.png ">',
            f'<img src="data:image/png;base64,AA==" srcset="{EVIL} 2x">',
            f'<picture><source srcset="{EVIL}"><img src="{EVIL}"></picture>',
            f'<video src="{EVIL}" poster="{EVIL}" autoplay></video>',
            f'<video><source src="{EVIL}"></video>',
            f'<audio src="{EVIL}"></audio>',
            f'<iframe src="{EVIL}"></iframe>',
            f'<object data="{EVIL}"></object><embed src="{EVIL}">',
            f'<table background="{EVIL}"><tr><td background="{EVIL}">x</td></tr></table>',
            f'<p style="background-image: url({EVIL})">x</p>',
            f"<p style=\"background-image: url('{EVIL}')\">x</p>",
            f'<p style="background:red url({EVIL})">x</p>',
            f'<p style="background-image:image-set(&quot;{EVIL}&quot; 1x)">x</p>',
            '<p style="background-image:u\\72l(https://evil.example/x)">x</p>',
            f'<p style="background-image:/**/url({EVIL})">x</p>',
            f'<p style="color:red;list-style:url({EVIL});content:url({EVIL})">x</p>',
            f"<style>p {{ background: url({EVIL}) }}</style><p>x</p>",
            f'<style>@import "{EVIL}";</style><link rel="stylesheet" href="{EVIL}">',
            f'<svg><image href="{EVIL}" xlink:href="{EVIL}"></image></svg>',
            f'<input type="image" src="{EVIL}">',
            f'<!--[if mso]><img src="{EVIL}"><![endif]-->',
            f'<bgsound src="{EVIL}"><base href="{EVIL}">',
        ):
            with self.subTest(body=body):
                text, _held = self._hold(body)
                root = html.fragment_fromstring(text, create_parent="div")
                for name, value in (i for e in root.iter() for i in e.attrib.items()):
                    if "evil" in value.lower():
                        self.assertIn(name, ("data-held-src", "data-held-background", "href"))
                self.assertFalse(root.xpath("//*[not(self::a)]/@href | //@srcset | //style"))
                self.assertFalse(root.xpath("//video | //audio | //iframe | //object | //embed"))

    def test_image_is_replaced_by_its_alternative_text(self):
        text, held = self._hold(f'<p>A <img src="{EVIL}" alt="Oak door" width="200"> B</p>')
        [image] = html.fragment_fromstring(text, create_parent="div").iter("img")
        self.assertEqual(held, 1)
        self.assertEqual(image.get("alt"), "Oak door")
        self.assertEqual(image.get("data-held-src"), EVIL)
        self.assertIsNone(image.get("src"))
        text, _held = self._hold(f'<img src="{EVIL}">')
        self.assertIn('alt="Image"', text)

    def test_shown_when_asked_for(self):
        body = f'<img src="{EVIL}"><p style="background-image: url({EVIL}); color: red">x</p>'
        text, held = self._hold(body, show=True)
        self.assertEqual(held, 0)
        self.assertIn(f'<img alt="" src="{EVIL}">', text)
        style = html.fragment_fromstring(text, create_parent="div").xpath("//p/@style")
        self.assertEqual(style, [f'color:red; background-image: url("{EVIL}")'])
        self.assertEqual(self._hold(body)[1], 2)

    def test_what_is_our_own_is_shown(self):
        data = "data:image/png;base64,iVBORw0KGgo="
        for source, shown in (
            (data, data),
            ("/web/static/img/placeholder.png", "/web/static/img/placeholder.png"),
            ("/web/image/7", "/here/7"),
            ("/web/image/7-ab12cd34/a.png?access_token=x", "/here/7"),
            (f"{BASE}/web/image/7?access_token=x", "/here/7"),
            ("/web/image/ir.attachment/7/raw", "/here/7"),
            ("/web/image/8", None),
            ("/web/image/77", None),
            ("/web/image/res.partner/7/avatar_128", None),
            ("/web/session/logout", None),
            ("/web/static/../session/logout", None),
            ("data:image/svg+xml;base64,AA==", None),
            ("data:text/html,x", None),
            ("javascript:alert(1)", None),
        ):
            with self.subTest(source=source):
                text, held = self._hold(f'<img src="{source}">', local={7: "/here/7"})
                images = html.fragment_fromstring(text, create_parent="div").xpath("//img")
                self.assertEqual([image.get("src") for image in images], [shown])
                self.assertEqual(held, 0)

    def test_links(self):
        for address, expected in (
            ("https://plan.example/a", "https://plan.example/a"),
            ("mailto:a@b.example", "mailto:a@b.example"),
            ("#top", "#top"),
            ("/my/home", "/my/home"),
            ("/web/content/7?access_token=x&amp;download=true", "/here/7"),
            ("/web/content/8?access_token=x", None),
            ("javascript:alert(1)", None),
            ("java\nscript:alert(1)", None),
            ("data:text/html,x", None),
            ("file:///etc/passwd", None),
        ):
            with self.subTest(address=address):
                text, _held = self._hold(f'<a href="{address}">x</a>', local={7: "/here/7"})
                [link] = html.fragment_fromstring(text, create_parent="div").iter("a")
                self.assertEqual(link.get("href"), expected)
        self.assertIn('rel="noopener noreferrer"', self._hold('<a href="//x.example">x</a>')[0])

    def test_scripts_and_odoo_components_are_gone(self):
        text, _held = self._hold(
            '<p onclick="evil()">a</p><script>evil()</script><form action="/evil"><input></form>'
            '<owl-component name="evil" props="{}"></owl-component><p t-out="evil">b</p>'
            '<p style="position:fixed;top:0;width:100%">c</p>'
        )
        self.assertNotIn("evil", text)
        self.assertNotIn("owl-component", text)
        self.assertNotIn("position", text)
        self.assertNotIn("<form", text)

    def test_text_and_styles_stay(self):
        body = (
            '<h2 class="x">T &amp; C</h2>tail <b style="color: rgb(1, 2, 3); font-family: '
            "'Open Sans', sans-serif\">b</b><br>end"
        )
        text, _held = self._hold(body)
        self.assertIn("T &amp; C", text)
        self.assertIn("color:rgb(1, 2, 3); font-family:'Open Sans', sans-serif", text)
        self.assertTrue(text.endswith("end"))
        self.assertEqual(self._hold("a &lt;b&gt; word")[0], "<p>a &lt;b&gt; word</p>")
        self.assertEqual(self._hold(False), (Markup(), 0))

    def test_attachments_are_found_wherever_they_are(self):
        body = (
            '<img src="/web/image/1-abc/x.png?access_token=t1"><a href="/web/content/2">x</a>'
            f'<p style="background-image:url({BASE}/web/image/3)">x</p><img src="{EVIL}">'
        )
        self.assertEqual(sorted(attachments_in(body, BASE)), [(1, "t1"), (2, None), (3, None)])


class TestEmbedded(PublicationPageCase):
    """Pictures that staff paste are seen by who sees the publication, and by nobody else."""

    def _paste(self, **values):
        """Return an attachment as Odoo's editor leaves it, and the HTML that shows it."""
        file = self.env["ir.attachment"].create(
            {
                "name": "door.png",
                "raw": PIXEL,
                "res_model": "customer.publication",
                "res_id": self.offer.id,
                **values,
            }
        )
        [token] = file.generate_access_token()
        return file, f'<p><img src="/web/image/{file.id}-ab12/door.png?access_token={token}"></p>'

    def _image(self, page):
        return html.fromstring(page.content).xpath("//article//img/@src")

    def test_pasted_picture_is_shown_through_the_gate(self):
        file, self.offer.body = self._paste()
        self.assertFalse(file.access_token)
        self.assertNotIn("access_token", self.offer.body)
        self._open_by_link()
        [address] = self._image(self._open(self.offer))
        self.assertEqual(address, f"{self._url(self.offer)}/embedded/{file.id}")
        served = self._get(address)
        self.assertEqual(served.content, PIXEL)
        self.assertEqual(served.headers["X-Content-Type-Options"], "nosniff")
        self.assertIn("default-src 'none'", served.headers["Content-Security-Policy"])
        self.assertNotIn("attachment", served.headers.get("Content-Disposition", ""))

    def test_through_no_other_door(self):
        file, body = self._paste()
        token = file.access_token
        self.offer.body = body
        self._open_by_link()
        for address in (
            f"/web/image/{file.id}",
            f"/web/image/{file.id}?access_token={token}",
            f"/web/content/{file.id}?access_token={token}",
        ):
            self.assertNotEqual(self._get(address).content, PIXEL)
        embedded = f"{self._url(self.offer)}/embedded/{file.id}"
        self.assertEqual(self._get(embedded).status_code, 200)
        self.offer.sudo().state = "draft"
        self.assertEqual(self._get(embedded).status_code, 404)
        self._other_browser()
        self.assertIn("/web/login", self._get(embedded).headers["Location"])

    def test_picture_of_a_new_publication_becomes_its_own(self):
        file, body = self._paste(res_id=0)
        page = self._create_publication("page", body=body)
        self.assertEqual(file.res_id, page.id)
        self.assertEqual(page._embedded(), file)

    def test_picture_of_another_publication_is_copied(self):
        file, self.offer.body = self._paste()
        copied = self.offer.copy()
        copy = copied._embedded()
        self.assertNotEqual(copy, file)
        self.assertEqual(copy.raw, PIXEL)
        self.offer.unlink()
        self.assertTrue(copy.exists())
        self.assertIn(f"/web/image/{copy.id}", copied.body)

    def test_what_the_author_may_not_read_is_not_shown(self):
        secret = self.env["ir.attachment"].create({"name": "secret.png", "raw": PIXEL})
        offer = self.offer.with_user(self.sara)
        for body in (
            f'<img src="/web/image/{secret.id}">',
            f'<img src="/web/image/{secret.id}?access_token=guessed">',
        ):
            offer.body = body
            self.assertFalse(self.offer._embedded())
        self._open_by_link()
        self.assertEqual(self._image(self._open(self.offer)), [])
        url = f"{self._url(self.offer)}/embedded/{secret.id}"
        self.assertEqual(self._get(url).status_code, 404)

    def test_svg_and_html_are_downloaded_only(self):
        svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
        file, self.offer.body = self._paste(name="x.svg", raw=svg, mimetype="image/svg+xml")
        self._open_by_link()
        served = self._get(f"{self._url(self.offer)}/embedded/{file.id}")
        self.assertIn("attachment", served.headers["Content-Disposition"])

    def test_images_from_elsewhere_wait_for_a_click(self):
        self.offer.body = f'<p><img src="{EVIL}" alt="Oak door"></p>'
        self._open_by_link()
        page = self._open(self.offer)
        self.assertNotIn(f' src="{EVIL}"', page.text)
        [button] = html.fromstring(page.content).xpath("//a[text()='Show images']/@href")
        shown = self._get(button)
        for answer in (page, shown):
            policy = answer.headers["Content-Security-Policy"]
            self.assertRegex(policy, "img-src [^;]* https: http:;", "the browser may, when asked")
            self.assertNotRegex(policy, "default-src [^;]*http", "nothing but pictures")
        self.assertEqual(self._image(shown), [EVIL])
        self.assertNotIn("Show images", shown.text)
