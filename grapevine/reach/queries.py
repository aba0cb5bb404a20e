"""Inboxes. What a notice says is made when it is read: in the reader's language, with today's names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from grapevine.goods import facade as goods
from grapevine.goods.contracts import ShopCard
from grapevine.kit import formats
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.people import facade as people
from grapevine.people.contracts import PersonCard
from grapevine.reach.contracts import OFF, ChoiceView, NoticeNotFound, NoticeView
from grapevine.reach.models import Choice, Notice
from grapevine.reach.rules.kinds import (
    KINDS,
    TOPICS,
    Kind,
    own_choices,
    own_kinds,
    shop_kinds,
    way_unless_chosen,
)

COUNT_MAX = 100
PART = 900


def _kinds(shop: ShopCard | None) -> list[Kind]:
    """The kinds that this inbox shows: a shop's by the rights the person has today."""
    return shop_kinds(shop.rights) if shop else own_kinds()


def _inbox(person_id: int, shop: ShopCard | None, topic: str = "") -> QuerySet[Notice]:
    names = [kind.name for kind in _kinds(shop) if topic in ("", kind.topic)]
    rows = Notice.objects.filter(person_id=person_id, kind__in=names)
    return rows.filter(shop_id=shop.id if shop else None)


def unread(person_id: int, shop: ShopCard | None) -> int:
    """Counted to 100. One query."""
    return _inbox(person_id, shop).filter(read_at=None)[:COUNT_MAX].count()


def inbox(
    person_id: int, shop: ShopCard | None = None, *, topic: str = "", only_unread: bool = False,
    cursor: str | None = None, limit: int | None = None,
) -> Page[NoticeView]:  # fmt: skip
    """Newest first. Two queries, three with faces in it."""
    size = clamp(limit)
    rows = _inbox(person_id, shop, topic).order_by("-id")
    if only_unread:
        rows = rows.filter(read_at=None)
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    slugs = {shop.id: shop.slug} if shop else {}
    items = views(found[:size], slugs)
    return Page(items, encode_cursor(found[size - 1].pk) if len(found) > size else None)


def views(rows: Sequence[Notice], slugs: Mapping[int, str]) -> list[NoticeView]:
    faces = people.cards({row.actor_id for row in rows if row.actor_id})
    return [_view(row, faces, slugs) for row in rows]


def _view(row: Notice, faces: Mapping[int, PersonCard], slugs: Mapping[int, str]) -> NoticeView:
    kind, actor = KINDS[row.kind], faces.get(row.actor_id or 0)
    facts = dict(row.facts)
    if "amount_minor" in facts:
        facts["amount"] = formats.money_text(facts["amount_minor"], facts.get("currency", "CNY"))
    facts["actor"] = actor.name if actor else _("有人")
    facts["handle"] = actor.handle if actor else ""
    for name in ("why", "title"):
        facts[name] = _(facts[name]) if facts.get(name) else ""
    text = _(kind.text(str(facts.get("variant", "")))).format_map(defaultdict(str, facts))
    first = [slugs[row.shop_id]] if row.shop_id and row.shop_id in slugs else []
    url = address(kind, first, facts)
    return NoticeView(
        row.public_id, kind.name, kind.topic, text, url, row.at, row.read_at is not None
    )


def address(kind: Kind, first: Sequence[str], facts: Mapping[str, Any]) -> str:
    """Where it leads; "" where the page or the thing is gone."""
    other = kind.elsewhere.get(str(facts.get("variant", "")), "")
    place = [str(facts.get(name, "")) for name in kind.place] if not other else []
    try:
        return reverse(other or kind.page, args=[*first, *place])
    except NoReverseMatch:
        return ""


def target(person_id: int, public_id: str) -> NoticeView:
    """One notice of this person's, and where it leads. NoticeNotFound."""
    row = Notice.objects.filter(person_id=person_id, public_id=public_id).first()
    if row is None:
        raise NoticeNotFound(public_id)
    shops = goods.shops([row.shop_id]) if row.shop_id else {}
    return views([row], {pk: shop.slug for pk, shop in shops.items()})[0]


def choices(person_id: int) -> list[ChoiceView]:
    """Every kind this person can meet: their own, and those of the shops they work in."""
    rights = goods.rights_anywhere(person_id)
    ways = dict(Choice.objects.filter(person_id=person_id).values_list("kind", "way"))
    return [
        ChoiceView(
            kind.name,
            _(kind.label),
            kind.topic,
            ways.get(kind.name, way_unless_chosen(kind.name)),
            _(kind.hint) if kind.hint else "",
        )
        for kind in (*own_choices(), *shop_kinds(rights))
    ]


def agreed(kind: str, person_ids: Iterable[int]) -> set[int]:
    """Those of these people who want to be told this kind. A query for each 900."""
    wanted = sorted(set(person_ids))
    ways: dict[int, str] = {}
    for at in range(0, len(wanted), PART):
        rows = Choice.objects.filter(kind=kind, person_id__in=wanted[at : at + PART])
        ways.update(rows.values_list("person_id", "way"))
    return {pk for pk in wanted if ways.get(pk, way_unless_chosen(kind)) != OFF}


def choices_by_topic(person_id: int) -> list[tuple[str, list[ChoiceView]]]:
    """The choices under their headings; headings without any are left out."""
    found = choices(person_id)
    groups = [
        (_(label), [one for one in found if one.topic == topic]) for topic, label in TOPICS.items()
    ]
    return [(label, own) for label, own in groups if own]


def topics_of(shop: ShopCard | None) -> list[tuple[str, str]]:
    """(topic, heading) of what can be in this inbox."""
    mine = {kind.topic for kind in _kinds(shop)}
    return [(topic, _(label)) for topic, label in TOPICS.items() if topic in mine]
