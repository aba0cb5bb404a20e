"""What an app says was opened there: the same small sign of taste that a page of the house gives when it is drawn."""

from collections.abc import Iterable, Sequence

from grapevine.discovery.actions.learning import SEEN_AGAIN, learn_bulk
from grapevine.discovery.contracts import NewAct
from grapevine.discovery.models import Entry, Taste
from grapevine.discovery.rules.tasting import WEIGHTS
from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.scene import facade as scene
from grapevine.signals.contracts import SeenCard

OPENED = frozenset({"view", "click"})
OPENED_MAX = 50


def note_opened(cards: Sequence[SeenCard]) -> None:
    """The newest fifty goods and notes of a batch of one person, each once an hour; one's own notes say nothing. No heat comes
    of it. At most eight queries, none where nothing was opened in an app."""
    told = [card for card in cards if card.by_app and card.verb in OPENED]
    named = list(dict.fromkeys((card.object_type, card.object_id) for card in reversed(told)))
    asked = {
        kind: [key for of, key in named[:OPENED_MAX] if of == kind] for kind in ("goods", "note")
    }
    if not any(asked.values()):
        return
    person_id = told[0].person_id
    goods_ids = [card.id for card in goods.goods_by_public_ids(asked["goods"]).values()]
    note_ids = _of_others(person_id, asked["note"])
    known = _just_opened(person_id, goods_ids, note_ids)
    now = clock.now()
    fresh = [pk for pk in note_ids if ("note", str(pk)) not in known]
    acts = [NewAct(person_id, "click", now, note_id=pk) for pk in fresh]
    acts += [
        NewAct(person_id, "click", now, [pk]) for pk in goods_ids if ("goods", str(pk)) not in known
    ]
    learn_bulk(acts)
    Taste.objects.bulk_create(
        Taste(person_id=person_id, kind="note", key=str(pk), weight=WEIGHTS["click"], at=now)
        for pk in fresh
    )


def _of_others(person_id: int, public_ids: Iterable[str]) -> list[int]:
    ids = scene.note_ids_of(public_ids).values()
    rows = Entry.objects.filter(note_id__in=list(ids)).exclude(author_id=person_id)
    return list(rows.values_list("note_id", flat=True))


def _just_opened(
    person_id: int, goods_ids: Iterable[int], note_ids: Iterable[int]
) -> set[tuple[str, str]]:
    """Looking again within the hour says nothing new."""
    since = clock.now() - SEEN_AGAIN
    keys = [str(pk) for pk in (*goods_ids, *note_ids)]
    rows = Taste.objects.filter(
        person_id=person_id, kind__in=("goods", "note"), key__in=keys, at__gte=since
    )
    return set(rows.values_list("kind", "key"))
