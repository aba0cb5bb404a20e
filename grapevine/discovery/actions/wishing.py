"""What a person says of what they are shown: not this, more like this; and taking it back.

It holds from the next page on. A feed that is being scrolled goes on anew behind what was served (`Steered`). With
personalisation off the word is kept and nothing is learned. (Provisions on Algorithm Recommendation, article 17.)
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from grapevine.discovery.actions import tagging
from grapevine.discovery.actions.phrasing import reword
from grapevine.discovery.contracts import MoreWanted, NotWanted, WordTakenBack
from grapevine.discovery.models import Entry, GoodsEntry, TagWord, Taste, Trait
from grapevine.discovery.queries.wishes import brought_by, inner_key
from grapevine.discovery.rules.choosing import GOODS_KEY, PERSONAL
from grapevine.discovery.rules.tasting import TAG_KINDS, WEIGHTS
from grapevine.discovery.rules.wishing import THING_KINDS, THINGS_MAX
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked
from grapevine.people import facade as people
from grapevine.signals import facade as signals

LEARNED = ("category", "topic", "goods")


@transaction.atomic
def wish(*, person_id: int, kind: str, key: str, is_wanted: bool, channel: str = "") -> None:
    """`key` is public: a name, a note's or goods' id, a handle, a slug. `channel`: which brought goods; a note's is known.

    Raises NothingToSteer where there is no such thing, BadInput for a tag too many.
    """
    if is_wanted and kind in ("author", "shop"):
        raise BadInput(fields={"wanted": marked("作者和店铺只能说不想看；想多看，去关注")})
    inner = inner_key(kind, key)
    if kind in TAG_KINDS:
        say = tagging.want_tag if is_wanted else tagging.drop_tag
        say(person_id=person_id, kind=kind, key=inner)
        return
    now = clock.now()
    _unlearn(person_id, kind, inner)
    TagWord.objects.update_or_create(
        person_id=person_id, kind=kind, key=inner,
        defaults={"is_wanted": is_wanted, "at": now, "channel": _channel(person_id, kind, inner, channel)},
    )  # fmt: skip
    tagging.steer(person_id)
    _keep_newest(person_id)
    if people.personalised(person_id):
        weight = WEIGHTS["more" if is_wanted else "hide"]
        _learn(person_id, _about(kind, inner), weight, now)
        reword([person_id])
    if kind in ("note", "goods"):
        told = MoreWanted if is_wanted else NotWanted
        signals.emit(told(person_id, kind, key.strip()[:60], now.isoformat()))


@transaction.atomic
def take_back(*, person_id: int, kind: str, key: str) -> None:
    """As if it had not been said. Nothing where it was not."""
    inner = inner_key(kind, key)
    if kind in TAG_KINDS:
        tagging.take_back_tag(person_id=person_id, kind=kind, key=inner)
        return
    _unlearn(person_id, kind, inner)
    gone, _each = TagWord.objects.filter(person_id=person_id, kind=kind, key=inner).delete()
    tagging.steer(person_id)
    reword([person_id])
    if gone and kind in ("note", "goods"):
        now = clock.now().isoformat()
        signals.emit(WordTakenBack(person_id, kind, key.strip()[:60], now))


def _channel(person_id: int, kind: str, inner: str, told: str) -> str:
    if kind == "note":
        return brought_by(person_id, int(inner))
    known = {one.value for one in PERSONAL}
    return f"{GOODS_KEY}{told}" if kind == "goods" and told in known else ""


def _about(kind: str, inner: str) -> list[tuple[str, str]]:
    """What a word about this thing says of tastes."""
    if kind == "note":
        rows = Trait.objects.filter(note_id=int(inner), kind__in=LEARNED)
        authors = Entry.objects.filter(note_id=int(inner)).values_list("author_id", flat=True)
        told = list(rows.order_by("kind", "key").values_list("kind", "key"))
        return [("note", inner), *(("author", str(one)) for one in authors), *told]
    if kind == "goods":
        named = GoodsEntry.objects.filter(goods_id=int(inner)).exclude(category="")
        return [
            ("goods", inner),
            *(("category", one) for one in named.values_list("category", flat=True)),
        ]
    return [(kind, inner)] if kind == "author" else []


def _learn(person_id: int, pairs: Sequence[tuple[str, str]], weight: float, at: datetime) -> None:
    Taste.objects.bulk_create(
        Taste(person_id=person_id, kind=kind, key=key[:60], weight=weight, at=at)
        for kind, key in dict.fromkeys(pairs)
    )


def _unlearn(person_id: int, kind: str, inner: str) -> None:
    """What was learned with the word goes with it: by the moment it was said."""
    said = TagWord.objects.filter(person_id=person_id, kind=kind, key=inner).first()
    if said is not None:
        weights = (WEIGHTS["more"], WEIGHTS["hide"])
        Taste.objects.filter(person_id=person_id, at=said.at, weight__in=weights).delete()


def _keep_newest(person_id: int) -> None:
    rows = TagWord.objects.filter(person_id=person_id, kind__in=THING_KINDS).order_by("-at", "-id")
    old = list(rows.values_list("pk", flat=True)[THINGS_MAX : THINGS_MAX + 20])
    if old:
        TagWord.objects.filter(pk__in=old).delete()
