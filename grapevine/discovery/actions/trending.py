"""What people apart from each other turn to now."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from grapevine.discovery.models import Browser, Entry, Reaction, Trait, Trending
from grapevine.discovery.rules.circles import CIRCLES_LEAST, Warmth, circle_heat, heads
from grapevine.discovery.rules.tasting import POINTS
from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.kit import clock
from grapevine.spread import facade as spread

WINDOW = timedelta(days=2)
KEPT = timedelta(days=3)
BROWSERS_KEPT = timedelta(days=90)
ACTS_MAX = 50_000
NOTES_MAX = 300
TRENDING_MAX = 100
PEOPLE_EACH = 2_000


def note_reaction(*, person_id: int, note_id: int, act: str, author_id: int) -> None:
    """Somebody did something for a note that is not their own."""
    if person_id == author_id:
        return
    row = Reaction(note_id=note_id, person_id=person_id, act=act, at=clock.now())
    Reaction.objects.bulk_create([row], ignore_conflicts=True)


def take_back_reaction(*, person_id: int, note_id: int, act: str) -> None:
    Reaction.objects.filter(person_id=person_id, note_id=note_id, act=act).delete()


def note_browser(*, person_id: int, visitor_id: str) -> None:
    """Who signs in with one browser is one circle. Only a keyed digest of the browser is kept."""
    mark = salted_hmac("discovery.browser", visitor_id, algorithm="sha256").hexdigest()[:32]
    Browser.objects.update_or_create(person_id=person_id, mark=mark, defaults={"at": clock.now()})


def count_trending() -> int:
    """Recompute the trend; how many notes are in it.

    Likes, collections, comments and orders of two days; those of the shop's own staff are left out, and people who brought
    or shared with each other, or who sign in with one browser, count as one.
    """
    acts = _acts()
    by_reach = sorted(acts, key=lambda pk: (-len({one.person_id for one in acts[pk]}), -pk))
    chosen = by_reach[:NOTES_MAX]
    about = dict(Entry.objects.filter(note_id__in=chosen).values_list("note_id", "published_at"))
    staff = _staff(chosen)
    now = clock.now()
    scored = [
        (_heat(acts[pk], staff.get(pk, frozenset()), about[pk], now), pk)
        for pk in chosen
        if pk in about
    ]
    found = sorted((one for one in scored if one[0] > 0), reverse=True)[:TRENDING_MAX]
    with transaction.atomic():
        Trending.objects.all().delete()
        Trending.objects.bulk_create(Trending(note_id=pk, score=score) for score, pk in found)
    return len(found)


def _acts() -> dict[int, list[Warmth]]:
    """Of the notes that enough people turned to."""
    rows = Reaction.objects.filter(at__gte=clock.now() - WINDOW).order_by("-id")
    found: dict[int, list[Warmth]] = {}
    for note_id, person_id, act, at in rows.values_list("note_id", "person_id", "act", "at")[
        :ACTS_MAX
    ]:
        known = found.setdefault(note_id, [])
        if len(known) < PEOPLE_EACH:
            known.append(Warmth(person_id, POINTS[act], at))
    return {
        pk: told for pk, told in found.items()
        if len({one.person_id for one in told}) >= CIRCLES_LEAST
    }  # fmt: skip


def _staff(note_ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """Note → the staff of the shops whose goods it shows."""
    rows = list(
        Trait.objects.filter(note_id__in=note_ids, kind="shop").values_list("note_id", "key")
    )
    staff = {key: goods.people_with(int(key), Right.TODAY) for key in {key for _pk, key in rows}}
    found: dict[int, frozenset[int]] = {}
    for note_id, key in rows:
        found[note_id] = found.get(note_id, frozenset()) | staff[key]
    return found


def _heat(
    acts: Sequence[Warmth], staff: frozenset[int], published_at: datetime, now: datetime
) -> float:
    told = [one for one in acts if one.person_id not in staff]
    ids = {one.person_id for one in told}
    if len(ids) < CIRCLES_LEAST:
        return 0.0
    browsers = Browser.objects.filter(person_id__in=ids).values_list("person_id", "mark")
    ties = [*spread.ties_among(ids), *browsers]
    return circle_heat(told, heads(ids, ties), published_at, now)


def tidy_reactions() -> None:
    now = clock.now()
    Reaction.objects.filter(at__lt=now - KEPT).delete()
    Browser.objects.filter(at__lt=now - BROWSERS_KEPT).delete()
