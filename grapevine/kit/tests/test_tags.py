"""The exact HTML of every tag."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.http import HttpRequest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

from grapevine.kit import panels
from grapevine.kit.middleware import Appearance

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Picture:
    url: str = "/pictures/abc/720.webp"
    width: int = 600
    height: int = 800
    tone: str = "#dcb7a2"
    alt: str = "粗陶杯"
    srcset: str = "/pictures/abc/360.webp 360w, /pictures/abc/720.webp 720w"


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    avatar: str = ""


def said(source: str, **values: Any) -> str:
    with override("zh-hans"):
        return Template(source).render(Context(values))


def request(path: str = "/", elder: bool = False, **headers: str) -> HttpRequest:
    made = RequestFactory().get(path, headers=headers)
    made.appearance = Appearance("", elder)  # type: ignore[attr-defined]
    return made


@pytest.fixture
def empty_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "_panels", {})
    monkeypatch.setattr(panels, "_batches", {})
    monkeypatch.setattr(panels, "_nav", {})


def test_icon_is_decoration_unless_labelled() -> None:
    assert said('{% icon "heart" %}') == (
        '<svg class="icon" aria-hidden="true"><use href="/static/kit/icons.svg#i-heart"/></svg>'
    )
    assert said('{% icon "star" "s" label="5 分" %}') == (
        '<svg class="icon s" role="img" aria-label="5 分">'
        '<use href="/static/kit/icons.svg#i-star"/></svg>'
    )


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("{% price 6900 %}", '<span class="price"><small>¥</small>69</span>'),
        ("{% price 6990 %}", '<span class="price"><small>¥</small>69<small>.90</small></span>'),
        (
            '{% price 6900 group=True css="lg" exact=True %}',
            '<span class="price group lg"><small>¥</small>69<small>.00</small></span>',
        ),
        (
            '{% price 6990 "USD" %}',
            '<span class="price"><small>$</small>69<small>.90</small></span>',
        ),
        ("{% price None %}", ""),
        ("{{ 6900|money }}", "¥69"),
        ("{% money 6900 %}", "¥69.00"),
        ("{{ 12000|count }} {% count 864 %}", "1.2万 864"),
        ("{{ nothing|count }}{{ nothing|money }}", "0"),
    ],
)
def test_prices_and_counts(source: str, html: str) -> None:
    assert said(source, nothing=None) == html


@time_machine.travel(NOW, tick=False)
def test_moments_carry_their_exact_time() -> None:
    assert said("{% ago when %}", when=NOW - timedelta(minutes=5)) == (
        '<time datetime="2026-11-24T01:55:00+00:00" title="2026-11-24 09:55:00">5 分钟前</time>'
    )
    assert said("{% countdown when %}", when=NOW + timedelta(hours=2)) == (
        '<time class="num" datetime="2026-11-24T04:00:00+00:00"'
        ' data-countdown="2026-11-24T04:00:00+00:00" data-day="天" data-over="已截止">02:00:00</time>'
    )
    assert said("{% deadline when %}", when=NOW + timedelta(hours=2)) == (
        '<time class="num" datetime="2026-11-24T04:00:00+00:00">今天 12:00:00 截止</time>'
    )
    assert said("{% ago when %}{% countdown when %}{% deadline when %}", when=None) == ""


def test_picture_never_moves_the_page() -> None:
    assert said("{% picture card sizes='50vw' %}", card=Picture()) == (
        '<img alt="粗陶杯" src="/pictures/abc/720.webp"'
        ' srcset="/pictures/abc/360.webp 360w, /pictures/abc/720.webp 720w" sizes="50vw"'
        ' width="600" height="800" loading="lazy" decoding="async" style="--tone:#dcb7a2">'
    )
    assert said("{% picture card eager=True alt='' %}", card=Picture(srcset="", tone="")) == (
        '<img alt="" src="/pictures/abc/720.webp" width="600" height="800" fetchpriority="high"'
        ' decoding="async">'
    )
    assert '<span class="nopic"><svg' in said("{% picture None %}")
    assert '<span class="nopic" role="img" aria-label="杯子"><svg' in said(
        "{% picture None alt='杯子' %}"
    )


def test_picture_escapes_what_people_wrote() -> None:
    html = said("{% picture card %}", card=Picture(alt='"><script>'))
    assert 'alt="&quot;&gt;&lt;script&gt;"' in html


def test_avatar_falls_back_to_the_first_character() -> None:
    assert said("{% avatar who 40 %}", who=Person("阿沅", "/pictures/a/160.webp")) == (
        '<img class="avatar" src="/pictures/a/160.webp" alt="" width="40" height="40"'
        ' loading="lazy" style="--d:40px">'
    )
    assert said("{% avatar who %}", who=Person("Mia")) == (
        '<span class="avatar initial hue4" style="--d:32px" aria-hidden="true">M</span>'
    )
    assert said("{% avatar_stack who 32 2 %}", who=[Person(c) for c in "abc"]).count("initial") == 2


def test_shop_mark_is_the_logo_or_two_characters() -> None:
    shop = SimpleNamespace(name="半日 HALFDAY", colour="#8d3b1f", logo=None)
    assert said("{% shop_mark shop %}", shop=shop) == (
        '<span class="mark" style="--d:44px;--tone:#8d3b1f" aria-hidden="true">半日</span>'
    )
    shop.logo = Picture()
    assert said("{% shop_mark shop 32 %}", shop=shop) == (
        '<img class="mark" src="/pictures/abc/720.webp" alt="" width="32" height="32"'
        ' style="--d:32px">'
    )


@pytest.mark.parametrize(
    ("state", "html"),
    [
        ("up", '<span class="d up pill"><span aria-hidden="true">↑</span>升 9.6%</span>'),
        ("down", '<span class="d down pill"><span aria-hidden="true">↓</span>降 9.6%</span>'),
        ("flat", '<span class="d flat pill"><span aria-hidden="true">→</span>平 9.6%</span>'),
        (
            "odd",
            '<span class="d unknown pill"><span aria-hidden="true">·</span>数据还不够 9.6%</span>',
        ),
    ],
)
def test_trend_has_arrow_word_and_colour(state: str, html: str) -> None:
    assert said("{% trend state '9.6%' %}", state=state) == html


@pytest.mark.usefixtures("empty_house")
def test_panels_and_batches_reach_the_page() -> None:
    panels.register("goods.buy", lambda _request, goods: f"<b>{goods}</b>")
    panels.register_batch("card.chip", lambda _request, notes: dict.fromkeys(notes, "<i>¥69</i>"))
    html = said(
        '{% panels "goods.buy" goods="cup" %}{% panels "nobody" %}'
        '{% batch "card.chip" notes=notes as chips %}{{ chips|get:7 }}{{ chips|get:8 }}',
        request=request(),
        notes=[7],
    )
    assert html == "<b>cup</b><i>¥69</i>"


def test_a_shop_colour_is_readable() -> None:
    assert said("{{ '#8d3b1f'|readable }} {{ 'red'|readable }}") == "#8d3b1f #1d5a41"


def test_page_is_empty_where_the_page_does_not_exist() -> None:
    assert said('{% page "kit:gallery" %}|{% page "nowhere:at_all" 3 %}') == "/kit/|"


@pytest.mark.usefixtures("empty_house")
def test_console_nav_marks_where_you_are() -> None:
    panels.register_nav(
        "operator", "style", label="样式", icon="eye", url_name="kit:gallery", order=2
    )
    panels.register_nav(
        "operator", "away", label="断网", icon="wifi", url_name="kit:offline", order=1
    )
    panels.register_nav("operator", "gone", label="没有", icon="x", url_name="no:page", order=3)
    html = said('{% console_nav "operator" %}', request=request("/kit/"))
    assert html.count("<li>") == 2
    assert html.index("/offline/") < html.index('<a href="/kit/" aria-current="page">')
    named = said('{% console_nav "operator" %}', request=request("/kit/"), nav="away")
    assert '<a href="/offline/" aria-current="page">' in named


def cover(width: int, height: int) -> SimpleNamespace:
    return SimpleNamespace(cover=Picture(width=width, height=height))


def test_columns_fill_the_shortest_first() -> None:
    cards = [cover(600, 900), cover(600, 600), cover(600, 600), None]
    made = request(cookie="gv_cols=2")
    source = (
        "{% columns cards start=5 as cols %}"
        "{% for col in cols %}{% for item in col %}{{ item.position }} {% endfor %}|{% endfor %}"
    )
    assert said(source, request=made, cards=cards) == "5 8 |6 7 |"


@pytest.mark.parametrize(
    ("headers", "elder", "count"),
    [
        ({"cookie": "gv_cols=5"}, False, 5),
        ({"cookie": "gv_cols=99"}, False, 6),
        ({"cookie": "gv_cols=x"}, False, 2),
        ({"cookie": "gv_cols=5"}, True, 1),
        ({"user-agent": "Mozilla/5.0 (iPhone) Mobile"}, False, 2),
        ({"user-agent": "Mozilla/5.0 (X11; Linux x86_64)"}, False, 4),
    ],
)
def test_column_count(headers: dict[str, str], elder: bool, count: int) -> None:
    made = request(elder=elder, **headers)
    assert said("{% columns cards as cols %}{{ cols|length }}", request=made, cards=[]) == str(
        count
    )


def test_ratio_is_cropped_at_two_to_three() -> None:
    source = "{{ a|ratio }} {{ b|ratio }} {{ c|ratio }}"
    assert said(source, a=Picture(), b=Picture(height=1067), c=None) == "600/800 2/3 1/1"


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "1 piece"), (12_316, "12,316 pieces"), (0, "0 pieces"), (None, "– pieces")],
)
def test_a_whole_number_still_chooses_between_one_and_several(
    number: int | None, text: str
) -> None:
    plural = (
        "{% if n is None %}{{ n|whole }} pieces{% else %}"
        "{% blocktranslate count n=n|whole %}{{ n }} piece{% plural %}{{ n }} pieces{% endblocktranslate %}{% endif %}"
    )
    with override("en"):
        assert Template(plural).render(Context({"n": number})) == text
