"""What feeds are measured on: notes by many authors about real goods, and readers with tastes, follows and a sign-in.

Rows are written by the database itself, a hundred thousand notes in seconds; the word index, which no feed reads, is left
empty. The same statements run on SQLite and PostgreSQL.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from bench.world import analyse
from grapevine.discovery import facade as discovery
from grapevine.discovery.contracts import NewAct
from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewGoods, NewShop, NewSku
from grapevine.kit import clock
from grapevine.people import facade as people

SHOPS = 20
GOODS_EACH = 100
TOPICS = 200
CATEGORIES = ("家居", "美食", "露营", "读书", "园艺", "手作", "穿搭", "母婴")
BATCH = 100_000
SPREAD = 2_654_435_761
"""Knuth's multiplier: neighbours in number are no neighbours in anything else."""

PEOPLE = """
INSERT INTO people_person (password, handle, name, phone, email, bio, region, is_operator, personalised, joined_at)
{numbers} SELECT '!', 'w' || n, '作者' || n, '', '', '', '', FALSE, TRUE, {now} FROM numbers"""
PICTURES = """
INSERT INTO media_picture (public_id, width, height, tone, alt, created_at)
{numbers} SELECT 'p' || n, 900, 900 + n % 5 * 100, '#dcb7a2', '', {now} FROM numbers"""
TOPIC_ROWS = "INSERT INTO scene_topic (name, notes) {numbers} SELECT '话题' || n, 500 FROM numbers"
NOTES = (
    """INSERT INTO scene_note (id, public_id, author_id, title, body, region, state, sponsored, version, likes, collects,
  comments, created_at, published_at)
{numbers} SELECT n, 'n' || n, {author}, '第 ' || n || ' 篇：用了三个月的粗陶杯', '', '', 'published', FALSE, 1, {likes}, 0, 0,
  {moment}, {moment} FROM numbers""",
    """INSERT INTO scene_notepicture (note_id, position, picture_id, alt)
{numbers} SELECT n, 0, {picture}, '' FROM numbers""",
    """INSERT INTO scene_notegoods (note_id, goods_id, position) {numbers} SELECT n, {goods}, 0 FROM numbers""",
    """INSERT INTO scene_notetopic (note_id, topic_id, position) {numbers} SELECT n, {topic}, 0 FROM numbers""",
    """INSERT INTO discovery_entry (note_id, author_id, published_at, points)
{numbers} SELECT n, {author}, {moment}, {likes} FROM numbers""",
    """INSERT INTO discovery_trait (note_id, kind, key)
{numbers} SELECT n, 'goods', CAST({goods} AS TEXT) FROM numbers""",
    """INSERT INTO discovery_trait (note_id, kind, key)
{numbers} SELECT n, 'shop', CAST(g.shop_id AS TEXT) FROM numbers JOIN goods_goods g ON g.id = {goods}""",
    """INSERT INTO discovery_trait (note_id, kind, key)
{numbers} SELECT n, 'category', g.category FROM numbers JOIN goods_goods g ON g.id = {goods}""",
    """INSERT INTO discovery_trait (note_id, kind, key)
{numbers} SELECT n, 'topic', '话题' || ({topic} - {first_topic} + 1) FROM numbers""",
)
FOLLOWS = """
INSERT INTO people_follow (person_id, followee_id, at)
{numbers} SELECT p.id, {first_person} + (p.id * 7919 + n * {spread}) % {people}, {now}
FROM numbers CROSS JOIN people_person p WHERE p.handle LIKE 'r%' ON CONFLICT DO NOTHING"""
LIKES = """
INSERT INTO scene_like (note_id, person_id, at)
{numbers} SELECT 1 + (p.id * 104729 + n * {spread}) % {notes}, p.id, {now}
FROM numbers CROSS JOIN people_person p WHERE p.handle LIKE 'r%' ON CONFLICT DO NOTHING"""
TASTES = """
INSERT INTO discovery_taste (person_id, kind, key, weight, at)
SELECT l.person_id, t.kind, t.key, 1.0, l.at FROM scene_like l JOIN discovery_trait t ON t.note_id = l.note_id
WHERE t.kind <> 'shop'"""


@dataclass(slots=True)
class Readers:
    """Person ids, bearer tokens and session cookies, in the same order."""

    ids: list[int]
    tokens: list[str]
    cookies: list[str]


@dataclass(frozen=True, slots=True)
class Plot:
    """Where the rows that notes point to begin, and how many there are."""

    goods: int
    goods_count: int
    person: int
    people: int
    picture: int
    pictures: int
    topic: int


def _run(text: str, first: int, last: int, **names: Any) -> None:
    numbers = f"WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})"  # noqa: S608  numbers
    now = "now()" if connection.vendor == "postgresql" else "datetime('now')"
    given = {"numbers": numbers, "now": now, "spread": SPREAD, **names}
    with connection.cursor() as cursor:
        cursor.execute(text.format(**given))


def _first(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT MIN(id) FROM {table}")  # noqa: S608  constants
        return int(cursor.fetchone()[0])


def plot(authors: int) -> Plot:
    """Shops, goods, authors, pictures and topics."""
    owner = people.sign_up(identifier="owner@example.com", password="vine-and-grape-7", name="店主")  # noqa: S106  of a world that lives for minutes
    shops = goods.save_shops_bulk([NewShop(owner, f"shop-{n}", f"店 {n}") for n in range(SHOPS)])
    goods.save_goods_bulk([
        NewGoods(shop, f"商品 {n}", CATEGORIES[n % len(CATEGORIES)], "", [NewSku("默认", 1000 + n, 1000)])
        for shop in shops for n in range(GOODS_EACH)
    ])  # fmt: skip
    _run(PEOPLE, 1, authors)
    _run(PICTURES, 1, 20_000)
    _run(TOPIC_ROWS, 1, TOPICS)
    first = get_user_model().objects.get(handle="w1").pk
    return Plot(
        _first("goods_goods"), SHOPS * GOODS_EACH, first, authors,
        _first("media_picture"), 20_000, _first("scene_topic"),
    )  # fmt: skip


def write_notes(plot: Plot, first: int, last: int) -> None:
    """Notes `first` to `last`, one a minute into the past, with the rows discovery would index of them."""
    ago = (
        "now() - n * INTERVAL '1 minute'" if connection.vendor == "postgresql"
        else "datetime('now', '-' || n || ' minutes')"
    )  # fmt: skip
    names = {
        "author": f"{plot.person} + n * {SPREAD} % {plot.people}",
        "goods": f"{plot.goods} + n * {SPREAD} % {plot.goods_count}",
        "picture": f"{plot.picture} + n * {SPREAD} % {plot.pictures}",
        "topic": f"{plot.topic} + n * {SPREAD} % {TOPICS}",
        "likes": f"n * {SPREAD} % 97",
        "moment": ago,
        "first_topic": plot.topic,
    }
    for start in range(first, last + 1, BATCH):
        for text in NOTES:
            _run(text, start, min(last, start + BATCH - 1), **names)


def settle() -> None:
    """What jobs do by themselves within a minute."""
    discovery.count_popular()
    analyse()


def gather(plot: Plot, notes: int, count: int) -> Readers:
    """`count` readers with 30 follows and 60 likes each, their tastes, and what a model knows of them."""
    rows = PEOPLE.replace("'w' || n", "'r' || n")
    _run(rows, 1, count)
    names = {"first_person": plot.person, "people": plot.people, "notes": notes}
    _run(FOLLOWS, 1, 30, **names)
    _run(LIKES, 1, 60, **names)
    _run(TASTES, 1, 1)
    accounts = list(get_user_model().objects.filter(handle__startswith="r").order_by("id"))
    ids = [one.pk for one in accounts]
    train(plot, ids)
    cookies = []
    for one in accounts:
        browser = Client()
        browser.force_login(one)
        cookies.append(browser.cookies["sessionid"].value)
    return Readers(ids, [people.issue_token(pk, "bench") for pk in ids], cookies)


def taste_something(person_ids: list[int]) -> None:
    """Each of them has just done something, so that nobody's feed is the one it was."""
    now = clock.now()
    acts = [NewAct(pk, "order", now, goods_ids=[1]) for pk in person_ids]
    discovery.learn_bulk(acts)


def train(plot: Plot, ids: list[int]) -> None:
    """Artifacts of the usual shapes, drawn at random."""
    dice = np.random.default_rng(7)
    all_goods = np.arange(plot.goods, plot.goods + plot.goods_count)
    near = dice.choice(all_goods, (len(all_goods), 50))
    scores = np.sort(dice.random((len(all_goods), 50)))[:, ::-1]
    items = {"item_ids": all_goods, "neighbour_ids": near, "neighbour_scores": scores}
    discovery.publish_artifact("item_item", items, {})
    each = min(100, len(all_goods))
    chosen = np.stack([dice.choice(all_goods, each, replace=False) for _ in ids])
    falling = np.tile(np.linspace(1.0, 0.1, each), (len(ids), 1))
    whose = {"person_ids": np.array(ids), "item_ids": chosen, "scores": falling}
    discovery.publish_artifact("person_items", whose, {})
    ties = dice.choice(np.array(ids), (len(ids), 10))
    social = {"person_ids": np.array(ids), "tie_ids": ties, "tie_weights": np.ones(ties.shape)}
    discovery.publish_artifact("social", social, {})
