"""What a person says of their own tags, and how it is held to: their word wins over what was learned.

A tag that was taken away is forgotten at once, with the acts behind it, and what later acts would bring back goes with the
hourly tidying; one that the person gave themself weighs like a purchase and does not fade. (Provisions on Algorithm
Recommendation, article 17: to choose or delete the tags used about oneself.)
"""

from datetime import timedelta

from django.db import transaction

from grapevine.discovery.actions.phrasing import reword
from grapevine.discovery.models import GoodsEntry, Steered, TagWord, Taste
from grapevine.discovery.rules.tasting import TAG_KINDS, WEIGHTS
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked
from grapevine.people import facade as people

KEY_MAX = 60
WORDS_MAX = 100
RENEWED = timedelta(days=15)


def drop_tag(*, person_id: int, kind: str, key: str) -> None:
    """Forget it now, and do not learn it again; no note of it is in the person's feed, from the next page on."""
    _say(person_id, kind, key, is_wanted=False)
    _forget(person_id, kind, key)
    reword([person_id])


@transaction.atomic
def want_tag(*, person_id: int, kind: str, key: str) -> None:
    """The person says so themself; used while personalisation is on."""
    _say(person_id, kind, key, is_wanted=True)
    if people.personalised(person_id):
        _learn(person_id, kind, key.strip()[:KEY_MAX])
        reword([person_id])


def take_back_tag(*, person_id: int, kind: str, key: str) -> None:
    """No word on it any more: it is learned like any other."""
    TagWord.objects.filter(person_id=person_id, kind=kind, key=key.strip()[:KEY_MAX]).delete()
    steer(person_id)
    reword([person_id])


def steer(person_id: int) -> None:
    """Feeds this person is scrolling go on anew, behind what was served."""
    Steered.objects.update_or_create(person_id=person_id, defaults={"at": clock.now()})


def _say(person_id: int, kind: str, key: str, *, is_wanted: bool) -> None:
    key = key.strip()[:KEY_MAX]
    if kind not in TAG_KINDS or not key:
        raise BadInput(fields={"key": marked("写一个类目或话题")})
    words = TagWord.objects.filter(person_id=person_id, kind__in=TAG_KINDS)
    if words.count() >= WORDS_MAX and not words.filter(kind=kind, key=key).exists():
        raise BadInput(fields={"key": marked("最多写 100 个标签")})
    TagWord.objects.update_or_create(
        person_id=person_id, kind=kind, key=key,
        defaults={"is_wanted": is_wanted, "at": clock.now()},
    )  # fmt: skip
    steer(person_id)


def _learn(person_id: int, kind: str, key: str) -> None:
    Taste.objects.create(
        person_id=person_id, kind=kind, key=key, weight=WEIGHTS["order"], at=clock.now()
    )


def _forget(person_id: int, kind: str, key: str) -> None:
    mine = Taste.objects.filter(person_id=person_id)
    mine.filter(kind=kind, key=key.strip()[:KEY_MAX]).delete()
    if kind == "category":
        kept = mine.filter(kind="goods").values_list("key", flat=True).distinct()
        ids = [int(one) for one in kept if one.isdigit()]
        same = GoodsEntry.objects.filter(goods_id__in=ids, category=key.strip())
        gone = [str(pk) for pk in same.values_list("goods_id", flat=True)]
        mine.filter(kind="goods", key__in=gone).delete()


def hold_to_words() -> int:
    """Every person's words, held to again; how many. One to four queries a word."""
    words = list(TagWord.objects.filter(kind__in=TAG_KINDS).order_by("person_id", "id"))
    off = people.not_personalised(word.person_id for word in words)
    since = clock.now() - RENEWED
    for word in words:
        if not word.is_wanted:
            _forget(word.person_id, word.kind, word.key)
        elif word.person_id not in off:
            said = Taste.objects.filter(person_id=word.person_id, kind=word.kind, key=word.key)
            if not said.filter(at__gte=since).exists():
                _learn(word.person_id, word.kind, word.key)
    return len(words)


def erase_words(person_id: int) -> None:
    """The account closes: neither words nor tastes stay."""
    TagWord.objects.filter(person_id=person_id).delete()
    Steered.objects.filter(person_id=person_id).delete()
    Taste.objects.filter(person_id=person_id).delete()
