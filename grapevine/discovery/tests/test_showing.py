"""What a batch of seen and chosen cards leaves, exactly, and what it costs however much of it was chosen."""

from typing import Any

import pytest

from grapevine.discovery import facade
from grapevine.discovery.contracts import Channel
from grapevine.discovery.models import Exposure, Shown, Trial
from grapevine.discovery.tests.test_trying import count, publish
from grapevine.kit.memory import forget_all
from grapevine.scene.tests.cast import gather
from grapevine.signals.contracts import SeenCard

pytestmark = pytest.mark.django_db


def test_five_clicks_cost_what_one_does_and_each_is_counted_once(
    settings: Any, django_assert_num_queries: Any
) -> None:
    settings.EXPLORE_SHOWINGS = 2
    cast = gather()
    publish([cast.bob, cast.eve, cast.carol] * 4)
    page = facade.feed(person_id=cast.alice, limit=12, personalised=True)
    channels = {item.position: item.channel for item in page.items}
    tried = {place for place, channel in channels.items() if channel == Channel.EXPLORE}
    chosen = [*sorted(channels.keys() - tried)[:3], *sorted(tried)[:3]]
    assert len(chosen) == 6

    def tell(*cards: tuple[str, int], person_id: int = cast.alice) -> None:
        facade.note_seen(
            [SeenCard(person_id, verb, "note", "", page.request_id, place) for verb, place in cards]
        )

    everything = [("impression", place) for place in channels]
    one, others = chosen[0], chosen[1:]
    with django_assert_num_queries(3):
        tell(*everything, ("click", one))
    with django_assert_num_queries(4):  # rows, their clicks, trials, exposures: for five at once
        tell(*everything, *[("click", place) for place in (*others, *others)])
    with django_assert_num_queries(2):
        tell(*everything, *[("click", place) for place in chosen])
    forget_all()
    with django_assert_num_queries(2):  # another process: the session is read once
        tell(*everything)
    with django_assert_num_queries(1):
        tell(*everything)
    tell(("click", 1), person_id=cast.dan)  # a session of somebody else's
    tell(("click", 0), ("click", 13), ("click", 99_999))

    assert Shown.objects.count() == Shown.objects.filter(person_id=cast.alice).count() == 12
    clicked = Shown.objects.exclude(clicked_at=None)
    assert sorted(clicked.values_list("place", flat=True)) == sorted(chosen)
    assert (count(), count()) == (12, 0)
    kept = Exposure.objects.values_list("channel", "author_id", "people", "clicks")
    want: dict[tuple[str, int], list[int]] = {}
    for channel, author_id, place in Shown.objects.values_list("channel", "author_id", "place"):
        told = want.setdefault((channel, author_id), [0, 0])
        told[0] += 1
        told[1] += place in chosen
    assert sorted(kept) == sorted((*name, *told) for name, told in want.items())
    trials = Trial.objects.filter(
        note_id__in=[item.note_id for item in page.items if item.position in tried]
    )
    for trial in trials:
        (place,) = Shown.objects.filter(note_id=trial.note_id).values_list("place", flat=True)
        hit = int(place in chosen)
        assert (trial.shown, trial.clicks, trial.skips) == (1, float(hit), float(1 - hit))
    assert trials.count() == len(tried)
