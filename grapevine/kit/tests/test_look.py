"""The style page, the appearance switches, and what the files weigh."""

import gzip
from pathlib import Path

import pytest
from django.test import Client, RequestFactory
from django.utils.translation import override

from grapevine.kit.web.views import broken

STATIC = Path(__file__).resolve().parent.parent / "static" / "kit"


def weight(*names: str) -> int:
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)


def test_files_stay_within_their_budget() -> None:
    assert weight("tokens.css", "shopper.css") <= 15 * 1024
    assert weight("app.js") <= 8 * 1024


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "title"), [("zh-hans", "样式"), ("en", "Style")])
def test_style_page_speaks_both_languages(client: Client, language: str, title: str) -> None:
    client.cookies["django_language"] = language
    html = client.get("/kit/").content.decode()
    assert f"<title>{title} · 藤 Grapevine</title>" in html
    assert f'<html lang="{"en" if language == "en" else "zh-Hans"}">' in html


@pytest.mark.django_db
def test_pages_hold_no_inline_script(client: Client) -> None:
    html = client.get("/kit/").content.decode()
    assert html.count("<script") == html.count("<script src=")
    assert " onclick=" not in html


@pytest.mark.django_db
def test_look_is_remembered_and_leads_back(client: Client) -> None:
    answer = client.post("/look/", {"theme": "dark", "next": "/kit/"})
    assert (answer.status_code, answer["Location"]) == (303, "/kit/")
    client.post("/look/", {"elder": "1"})
    assert client.cookies["gv_look"].value == "dark-elder"
    assert (
        '<html lang="zh-Hans" data-theme="dark" data-elder="1">'
        in client.get("/kit/", headers={"accept-language": "zh-CN"}).content.decode()
    )
    client.post("/look/", {"elder": "0", "theme": "odd"})
    assert client.cookies["gv_look"].value == ""


@pytest.mark.django_db
def test_look_changes_the_language_and_never_leaves_the_site(client: Client) -> None:
    answer = client.post("/look/", {"language": "en", "next": "https://evil.example/"})
    assert answer["Location"] == "/"
    assert client.cookies["django_language"].value == "en"
    client.post("/look/", {"language": "tlh"})
    assert client.cookies["django_language"].value == "en"


@pytest.mark.django_db
def test_a_missing_page_says_what_to_do(client: Client) -> None:
    answer = client.get("/nowhere/at/all/", headers={"accept-language": "zh-CN"})
    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.content.decode()


def test_every_icon_named_in_the_kit_is_drawn() -> None:
    sheet = (STATIC / "icons.svg").read_text()
    for file in (STATIC.parent.parent / "templates").rglob("*.html"):
        for piece in file.read_text().split('{% icon "')[1:]:
            assert f'id="i-{piece.split(chr(34))[0]}"' in sheet, file


def test_the_last_page_needs_no_database() -> None:
    with override("en"):
        answer = broken(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "<h1>Something went wrong on our side</h1>" in answer.content.decode()


@pytest.mark.django_db
def test_the_offline_shelf_names_files_that_exist(client: Client) -> None:
    answer = client.get("/sw.js")
    assert answer["Content-Type"] == "text/javascript"
    for name in ("tokens.css", "shopper.css", "icons.svg", "app.js"):
        assert f"/static/kit/{name}" in answer.content.decode()
        assert (STATIC / name).exists()


@pytest.mark.django_db
def test_what_is_sent_goes_past_the_worker(client: Client) -> None:
    """A beacon of a page that is being left is lost if it has to wake the worker; `tests/journeys` tries it in a browser."""
    answer = client.get("/sw.js").content.decode()
    assert 'addRoutes?.({ condition: { requestMethod: "POST" }, source: "network" })' in answer
