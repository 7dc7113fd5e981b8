"""Files in the browser: several at once with progress, a phone, no script, many at once."""

import io
import zipfile

import pytest
import requests
from playwright.sync_api import expect

from .people import Visitor, code_in, make_workspace
from .test_concurrency import in_parallel
from .test_story import assert_fits, come_in

PDF = b"%PDF-1.7\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
PAGE = b"<!DOCTYPE html><script>alert(1)</script>"

PUBLISH = """
lead = env["crm.lead"].browse(lead_id)
publication = env["customer.publication"].create(
    {"name": "Drawings", "kind": "file", "lead_id": lead.id})
publication.attachment_ids = env["ir.attachment"].create([
    {"name": name, "raw": b"%PDF-1.7 " + name.encode(), "res_model": "customer.publication",
     "res_id": publication.id} for name in ("Plan ä.pdf", "Plan ä.pdf", "../front.pdf")])
publication.sudo().state = "published"
result = publication.id
"""


@pytest.fixture
def workspace(server):
    """An opportunity with two contacts, and the way to the page of the first."""
    workspace = make_workspace(server, contacts=2)
    workspace["path"] = f"/my/customer/{workspace['access_ids'][0]}"
    return workspace


def link(server, workspace, index=0):
    """Return a new link of one of the contacts."""
    ids = [workspace["access_ids"][index]]
    return server.rpc("sara").call("customer.access", "create_link", ids=ids)


def files(*pairs):
    """Return files as a person chooses them."""
    return [
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        for name, content in pairs
    ]


def names_kept(server, workspace):
    """Return the names of what contacts have sent to the opportunity, oldest first."""
    rows = server.sql(
        "SELECT name FROM ir_attachment WHERE res_model = 'crm.lead' AND res_id = %s "
        "AND customer_source IS NOT NULL ORDER BY id",
        [workspace["lead_id"]],
    )
    return [name for (name,) in rows]


def zip_names(page, click):
    """Download a zip by a click and return the names in it."""
    with page.expect_download() as download:
        click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def test_several_with_progress_then_zip_on_a_phone(server, workspace, phone_page, open_page):
    phone = phone_page
    come_in(phone, server, link(server, workspace), workspace["phones"][0])
    section = phone.get_by_role("region", name="Your files")
    expect(section.get_by_text("Up to 20 files at once")).to_be_visible()
    assert_fits(phone)
    large = PDF + b"\0" * (8 * 1024 * 1024)
    chosen = files(("Plan with a rather long name ä.pdf", large), ("photo.png", PNG))
    section.get_by_label("Choose files").set_input_files(chosen)
    # a slow line, so that there is something to see of the progress
    network = phone.context.new_cdp_session(phone)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 3e6}
    network.send("Network.emulateNetworkConditions", slow)
    section.get_by_role("button", name="Upload").tap()
    expect(section.get_by_role("progressbar")).to_be_visible()
    expect(section.get_by_role("button", name="Cancel")).to_be_visible()
    phone.wait_for_function("document.querySelector('progress')?.value > 10")
    expect(section.get_by_role("status")).to_contain_text("Your files have arrived", timeout=30000)
    network.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    for name in ("Plan with a rather long name ä.pdf", "photo.png"):
        expect(section.get_by_role("link", name=name)).to_be_visible()
    expect(section.get_by_role("progressbar")).to_be_hidden()
    assert_fits(phone)
    assert phone.url.endswith(workspace["path"]), "the page was not left"
    names = zip_names(phone, section.get_by_role("link", name="Download all").tap)
    assert sorted(names) == ["Plan with a rather long name ä.pdf", "photo.png"]
    # once more on the form that came with the answer
    section.get_by_label("Choose files").set_input_files(files(("more.pdf", PDF)))
    section.get_by_role("button", name="Upload").tap()
    expect(section.get_by_role("link", name="more.pdf")).to_be_visible()
    section.get_by_role("button", name="Take back more.pdf").tap()
    expect(section.get_by_role("status")).to_contain_text("The file is taken back")
    expect(section.get_by_role("link", name="more.pdf")).to_have_count(0)
    # a colleague sees them, and by whom
    colleague = open_page()
    come_in(colleague, server, link(server, workspace, 1), workspace["phones"][1])
    section = colleague.get_by_role("region", name="Your files")
    expect(section.get_by_role("link", name="photo.png")).to_be_visible()
    expect(section.get_by_text(workspace["names"][0]).first).to_be_visible()
    expect(section.get_by_role("button", name="Take back")).to_have_count(0)


def test_refused_with_a_sentence_and_the_page_lives_on(server, workspace, page):
    come_in(page, server, link(server, workspace), workspace["phones"][0])
    section = page.get_by_role("region", name="Your files")
    field = section.get_by_label("Choose files")
    field.set_input_files(files(("film.pdf", PDF + b"\0" * 30 * 1024 * 1024), ("a.exe", b"MZ")))
    alert = section.locator(".o_customer_wrong")
    expect(alert).to_contain_text("film.pdf: This file is too large")
    expect(alert).to_contain_text("a.exe: This type of file is not taken")
    section.get_by_role("button", name="Upload").click()
    expect(section.get_by_role("progressbar")).to_be_hidden()
    assert_fits(page)
    # what only the server can tell
    field.set_input_files(files(("evil.pdf", PAGE), ("good.pdf", PDF)))
    expect(alert).to_be_empty()
    section.get_by_role("button", name="Upload").click()
    expect(section.get_by_role("alert").first).to_contain_text(
        "evil.pdf: This file is not what its name says"
    )
    expect(section.get_by_role("link", name="good.pdf")).to_have_count(1)
    assert names_kept(server, workspace) == ["good.pdf"]
    # the line breaks: nothing chosen is lost
    section.get_by_label("Choose files").set_input_files(files(("late.pdf", PDF)))
    page.context.set_offline(True)
    section.get_by_role("button", name="Upload").click()
    expect(section.get_by_text("The upload did not get through")).to_be_visible()
    page.context.set_offline(False)
    section.get_by_role("button", name="Upload").click()
    expect(section.get_by_role("link", name="late.pdf")).to_be_visible()


def test_without_script(server, workspace, open_page):
    page = open_page(java_script_enabled=False)
    come_in(page, server, link(server, workspace), workspace["phones"][0])
    section = page.get_by_role("region", name="Your files")
    section.get_by_label("Choose files").set_input_files(files(("a.pdf", PDF), ("b.png", PNG)))
    section.get_by_role("button", name="Upload").click()
    expect(section.get_by_role("status")).to_contain_text("Your files have arrived")
    section.get_by_label("Choose files").set_input_files(
        files(("film.pdf", PDF + b"\0" * 30 * 1024 * 1024))
    )
    section.get_by_role("button", name="Upload").click()
    expect(section.get_by_role("alert").first).to_contain_text(
        "film.pdf: This file is too large: at most"
    )
    assert names_kept(server, workspace) == ["a.pdf", "b.png"]


def test_more_than_one_request_takes_is_told_without_script(server, workspace, open_page, tmp_path):
    page = open_page(java_script_enabled=False)
    come_in(page, server, link(server, workspace), workspace["phones"][0])
    film = tmp_path / "film.pdf"
    with film.open("wb") as file:
        file.truncate(140 * 1024 * 1024)
    section = page.get_by_role("region", name="Your files")
    section.get_by_label("Choose files").set_input_files(film)
    section.get_by_role("button", name="Upload").click()
    expect(section.locator(".o_customer_wrong")).to_contain_text("Together they are too large")


def test_message_with_files(server, workspace, page):
    come_in(page, server, link(server, workspace), workspace["phones"][0])
    thread = page.get_by_role("region", name="Messages")
    thread.get_by_label("Your message").fill("Here is the plan")
    field = thread.get_by_label("Files (optional)")
    field.set_input_files(files(("evil.pdf", PAGE)))
    thread.get_by_role("button", name="Send").click()
    expect(thread.get_by_text("evil.pdf: This file is not what its name says")).to_be_visible()
    expect(thread.get_by_label("Your message")).to_have_value("Here is the plan")
    field.set_input_files(files(("plan.pdf", PDF), ("photo.png", PNG)))
    thread.get_by_role("button", name="Send").click()
    with page.expect_download() as download:
        thread.get_by_role("link", name="plan.pdf").click()
    assert download.value.suggested_filename == "plan.pdf"
    # only files
    thread.get_by_label("Files (optional)").set_input_files(files(("only.pdf", PDF)))
    thread.get_by_role("button", name="Send").click()
    expect(thread.get_by_role("link", name="only.pdf")).to_be_visible()


def test_published_files_and_zip(server, workspace, phone_page):
    publication_id = server.shell(PUBLISH, lead_id=workspace["lead_id"])
    come_in(phone_page, server, link(server, workspace), workspace["phones"][0])
    phone_page.goto(f"{server.url}{workspace['path']}/publication/{publication_id}")
    assert_fits(phone_page)
    with phone_page.expect_download() as download:
        phone_page.get_by_role("link", name="Plan ä.pdf").first.tap()
    assert download.value.suggested_filename == "Plan ä.pdf"
    names = zip_names(phone_page, phone_page.get_by_role("link", name="Download all").tap)
    assert sorted(names) == ["Plan ä (2).pdf", "Plan ä.pdf", "front.pdf"]


def enter(server, workspace, index=0):
    """Come in without a browser, by link and code."""
    visitor = Visitor(server)
    visitor.post(link(server, workspace, index))
    visitor.post("/customer/verify", action="send")
    phone = workspace["phones"][index]
    visitor.post("/customer/verify", code=code_in(server.sms(phone)[-1]))
    return visitor


def upload(visitor, path, csrf, form_id, *pairs):
    """Send the form of the page with files."""
    return visitor.clone().http.post(
        visitor.url(f"{path}/upload"),
        data={"csrf_token": csrf, "form_id": form_id},
        files=[("files", pair) for pair in pairs],
        allow_redirects=False,
        timeout=120,
    )


def test_the_same_form_at_once_is_one_set(server, workspace):
    visitor = enter(server, workspace)
    csrf = visitor.csrf(workspace["path"])
    send = [("a.pdf", PDF), ("b.png", PNG)]
    answers = in_parallel([lambda: upload(visitor, workspace["path"], csrf, "form", *send)] * 8)
    assert {answer.status_code for answer in answers} == {303}
    assert names_kept(server, workspace) == ["a.pdf", "b.png"]
    [(told,)] = server.sql(
        "SELECT count(*) FROM customer_access_event WHERE kind = 'file_uploaded' "
        "AND access_id = %s",
        workspace["access_ids"][:1],
    )
    assert told == 1


def test_parallel_uploads_stay_within_the_limit(server, workspace):
    fill = """
env["ir.attachment"].create([
    {"name": f"{number}.txt", "raw": b"x", "res_model": "crm.lead", "res_id": lead_id,
     "company_id": env["customer.access"].browse(access_ids[0]).company_id.id,
     "customer_source": "upload", "customer_name": "x"} for number in range(195)])
"""
    server.shell(
        fill + "result = None", **{key: workspace[key] for key in ("lead_id", "access_ids")}
    )
    visitors = [enter(server, workspace, index) for index in range(2)]
    forms = []
    for number in range(20):
        visitor = visitors[number % 2]
        path = f"/my/customer/{workspace['access_ids'][number % 2]}"
        csrf = visitor.csrf(path)
        forms.append(
            lambda v=visitor, p=path, c=csrf, n=number: upload(v, p, c, str(n), (f"{n}.pdf", PDF))
        )
    answers = in_parallel(forms)
    assert sorted(answer.status_code for answer in answers) == [200] * 15 + [303] * 5
    refused = next(answer for answer in answers if answer.status_code == 200)
    assert "There is no room for more files here" in refused.text
    assert len(names_kept(server, workspace)) == 200


def test_token_of_discuss_opens_nothing(server, workspace):
    visitor = enter(server, workspace)
    csrf = visitor.csrf(workspace["path"])
    upload(visitor, workspace["path"], csrf, "form", ("a.pdf", PDF))
    code = """
file = env["ir.attachment"].search([("res_id", "=", lead_id), ("customer_source", "!=", False)])
result = [file.id, file._get_raw_access_token()]
"""
    file_id, token = server.shell(code, lead_id=workspace["lead_id"])
    for browser in (requests.Session(), visitor.http):
        url = f"{server.url}/web/content/{file_id}?access_token={token}"
        assert browser.get(url, timeout=60).content != PDF
    served = visitor.get(f"{workspace['path']}/upload/{file_id}")
    assert io.BytesIO(served.content).read() == PDF
