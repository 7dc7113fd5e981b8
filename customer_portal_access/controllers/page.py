"""What the pages of a contact's way in have in common: headers, layout, language."""

import functools
from urllib.parse import urlsplit

from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request
from odoo.tools.misc import get_lang

# Neither a link nor what it opens is kept, framed, or told to another site.
PRIVATE_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}

# The pages before the workspace load nothing but our own bundle and the company's logo.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)


# A workspace, by its access; or one of a customer's, by an access on the customer.
WORKSPACE = (
    "/my/customer/<int:access_id>",
    "/my/customer/<int:access_id>/<any(lead,project):kind>/<int:target_id>",
)


def workspace_route(path="", *, methods, **routing):
    """Route a page below a workspace, for whoever is here by a link or signed in.

    :param str path: what follows the workspace's own path
    :param list methods: ``GET`` or ``POST``; a GET changes nothing
    :param routing: further options of Odoo's ``route``
    """

    def decorate(endpoint):
        route = http.route(
            [f"{workspace}{path}" for workspace in WORKSPACE],
            type="http",
            auth="customer",
            methods=methods,
            website=True,
            sitemap=False,
            **routing,
        )
        return route(private_page(endpoint))

    return decorate


def find_access(access_id, kind=None, target_id=None):
    """Return the access that opens a page to this visitor, and the assurance.

    :param int access_id: from the URL
    :param str kind: ``lead`` or ``project``, when it is one of a customer's
    :param int target_id: id of that opportunity or project
    :rtype: tuple
    :raises NotFound: whether it does not exist or is not this visitor's
    """
    access_sudo, assurance = request.env["ir.http"]._customer_access(access_id)
    if request.httprequest.method == "HEAD":  # werkzeug adds it to every GET; nobody reads it
        access_sudo = access_sudo.with_context(customer_unread=True)
    if kind is None:
        return access_sudo, assurance
    if not str(target_id).isdecimal():  # from the query, not from the path
        raise NotFound()
    opened_sudo = access_sudo._open_workspace(kind, int(target_id), assurance)
    if not opened_sudo:
        raise NotFound()
    return opened_sudo, assurance


def private_page(endpoint):
    """Send the headers of a private page with whatever the endpoint answers, errors too."""

    @functools.wraps(endpoint)
    def private_endpoint(self, *args, **kwargs):
        request.future_response.headers.update(PRIVATE_HEADERS)
        request.future_response.headers["Content-Security-Policy"] = portal_policy()
        if request.httprequest.headers.get("Sec-Purpose", "").startswith("prefetch"):
            # nobody looks at it yet: the browser asks again when somebody does
            return request.make_response("", status=503)
        # none of these pages takes a file: one sent in place of a text is left out
        kwargs = {key: value for key, value in kwargs.items() if not isinstance(value, FileStorage)}
        return endpoint(self, *args, **kwargs)

    return private_endpoint


def portal_policy(pictures=""):
    """Return the Content-Security-Policy of a private page in the portal's layout.

    With Odoo's website that layout follows visitors about, and tells others the address:
    nothing is loaded but from here, and from where the website keeps its own files.

    :param str pictures: from where pictures come, too
    :rtype: str
    """
    here = "'self' data: blob:"
    website = getattr(request, "website", None)
    if website and website.sudo().cdn_activated:  # visitors need not read it
        here += f" {urlsplit(website.sudo().cdn_url or '').netloc}"
    return (
        f"default-src {here} 'unsafe-inline' 'unsafe-eval'; img-src {here} {pictures}; "
        "base-uri 'self'; frame-ancestors 'none'"
    )


def allow_pictures(texts, shown):
    """Let this page load pictures from elsewhere where there are some that its reader may ask for.

    :param texts: dicts with ``held``: how much of a text is held back
    :param bool shown: they have been asked for already
    """
    if not shown and not any(text.get("held") for text in texts):
        return
    request.future_response.headers["Content-Security-Policy"] = portal_policy("https: http:")


def render_page(template, values, *, lang=None, company=None, status=200):
    """Render a page before the workspace.

    :param str template: of this addon, or with its addon's name
    :param lang: the contact's language; none: what this browser has read before, else
        what it asks for
    :param company: whose name, logo and phone it shows; none: the visited company's
    """
    speak(lang)
    company_sudo = (company or request.env.company).sudo()  # visitors may not read it
    return request.render(
        template if "." in template else f"customer_portal_access.{template}",
        {
            "company": company_sudo,
            "html_data": html_data(),
            **values,
        },
        status=status,
        headers={"Content-Security-Policy": PAGE_POLICY},
    )


def speak(lang=None):
    """Answer in a language, messages of the models included.

    :param lang: the contact's; none: as ``render_page``
    """
    kept = request.cookies.get("frontend_lang")
    request.update_context(lang=get_lang(request.env, lang or kept).code)


def html_data():
    """Return the attributes that tell screen readers the language of the page."""
    language = get_lang(request.env)
    return {
        "lang": language.code.partition("@")[0].replace("_", "-"),
        "dir": language.direction,
    }


def enter(path, partner_sudo):
    """Leave for the portal, which speaks the contact's language from now on."""
    response = request.redirect(path)
    lang = get_lang(request.env, partner_sudo.lang)
    response.set_cookie("frontend_lang", lang.code)
    return response


def time_zone(access_sudo):
    """Return the time zone in which the contact of an access reads dates."""
    return (
        access_sudo.partner_id.tz
        or access_sudo.in_charge_partner_id.tz
        or access_sudo.company_id.partner_id.tz
        or "UTC"
    )
