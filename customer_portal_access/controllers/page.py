"""What the pages of a contact's way in have in common: headers, layout, language."""

import functools

from werkzeug.datastructures import FileStorage

from odoo.http import request
from odoo.tools.misc import get_lang

# Neither a link nor what it opens is kept, framed, or told to another site.
PRIVATE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}

# The pages before the workspace load nothing but our own bundle and the company's logo.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'"
)


def private_page(endpoint):
    """Send the headers of a private page with whatever the endpoint answers, errors too."""

    @functools.wraps(endpoint)
    def private_endpoint(self, *args, **kwargs):
        request.future_response.headers.update(PRIVATE_HEADERS)
        # none of these pages takes a file: one sent in place of a text is left out
        kwargs = {key: value for key, value in kwargs.items() if not isinstance(value, FileStorage)}
        return endpoint(self, *args, **kwargs)

    return private_endpoint


def render_page(template, values, *, lang=None, company=None, status=200):
    """Render a page before the workspace.

    :param lang: the contact's language; none: the browser's
    :param company: whose name, logo and phone it shows; none: the visited company's
    """
    request.update_context(lang=get_lang(request.env, lang).code)
    company_sudo = (company or request.env.company).sudo()  # visitors may not read it
    return request.render(
        f"customer_portal_access.{template}",
        {
            "company": company_sudo,
            "html_data": html_data(),
            **values,
        },
        status=status,
        headers={"Content-Security-Policy": PAGE_POLICY},
    )


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
        or access_sudo.person_in_charge_id.tz
        or access_sudo.company_id.partner_id.tz
        or "UTC"
    )
