"""Channel weights of segments: moved by feedback, each by its own, taken back whole."""

from datetime import timedelta

import pytest

from grapevine.discovery import artifacts, facade
from grapevine.discovery.actions import adapting
from grapevine.discovery.contracts import Channel, NewAct
from grapevine.discovery.models import FeedSession
from grapevine.discovery.queries.weights import weights_for
from grapevine.discovery.rules.adapting import FIRST, SEGMENTS, Feedback, moved, segment_of
from grapevine.discovery.rules.heads import Known
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.scene import facade as scene
from grapevine.scene.contracts import NewNote
from grapevine.scene.tests.cast import gather
from grapevine.signals import facade as signals


def favouring(segment: str, channel: Channel, count: int = 1_000) -> list[Feedback]:
    """Every channel in turn is shown; half of what the favoured one brings is opened, of the others a tenth."""
    found, channels = [], list(FIRST)
    for number in range(count):
        one, turn = channels[number % len(channels)], number // len(channels)
        is_opened = turn % (2 if one == channel else 10) == 0
        found.append(Feedback(segment, one, "click" if is_opened else ""))
    return found


def learn(feedback: list[Feedback]) -> str:
    now = clock.now()
    return adapting.adapt_weights(feedback, since=now - timedelta(days=1), until=now)


def weights() -> dict[str, dict[Channel, int]]:
    return {segment: weights_for(segment) for segment in SEGMENTS}


def test_segments_are_told_apart_by_what_people_did() -> None:
    assert segment_of(Known()) == segment_of(Known(acts=4)) == "new"
    assert segment_of(Known(acts=5)) == "returning"
    assert segment_of(Known(acts=1, is_buyer=True)) == "buyer"


def test_what_people_dislike_loses_and_no_channel_is_ever_lost() -> None:
    shown = dict.fromkeys(FIRST, 500)
    rewards = dict.fromkeys(FIRST, 100.0) | {Channel.POPULAR: -300.0}
    after = moved(FIRST, shown, rewards)
    assert after[Channel.POPULAR] < FIRST[Channel.POPULAR]
    assert after[Channel.ITEMS] > FIRST[Channel.ITEMS]
    for _round in range(60):
        after = moved(after, shown, rewards)
    assert after[Channel.POPULAR] == 75
    assert moved(FIRST, {}, {}) == FIRST


@pytest.mark.django_db
def test_a_thousand_feedbacks_of_one_segment_move_its_weights_alone_and_go_back_whole() -> None:
    cast = gather()
    now = clock.now()
    scene.save_notes_bulk([
        NewNote(author_id=author, title=f"{n}", published_at=now - timedelta(minutes=n), topics=topics)
        for author, topics in ((cast.bob, ("露营",)), (cast.eve, ("咖啡",))) for n in range(40)
    ])  # fmt: skip
    signals.drain()
    note_ids = [entry.note_id for entry in facade.feed(person_id=None, limit=40).items]
    facade.learn_bulk(
        [
            NewAct(cast.alice, "like", now - timedelta(hours=n), note_id=note_ids[n])
            for n in range(6)
        ]
    )
    people.follow(person_id=cast.alice, other_id=cast.eve)

    def order() -> bytes:
        return repr(facade.feed(person_id=cast.alice, limit=40).note_ids).encode()

    before, at_first = weights(), order()
    assert before == dict.fromkeys(SEGMENTS, FIRST)
    assert learn([]) == ""
    first = learn([Feedback("buyer", channel) for channel in FIRST])
    assert first == ""  # shown, and nothing came of it: no channel is better than another
    known = learn(favouring("new", Channel.FRESH))
    assert known
    stood = weights()
    assert order() == at_first  # Alice is no newcomer

    for _day in range(12):
        learn(favouring("returning", Channel.FOLLOWS))
    after = weights()
    assert after["returning"][Channel.FOLLOWS] > 2 * before["returning"][Channel.FOLLOWS]
    assert all(
        after["returning"][channel] < FIRST[channel]
        for channel in FIRST
        if channel != Channel.FOLLOWS
    )
    assert (after["new"], after["buyer"]) == (stood["new"], before["buyer"])
    changed = order()
    assert changed != at_first

    version = artifacts.version_in_force("channel_weights")
    earlier = artifacts.roll_back_artifact("channel_weights")
    card = artifacts.card_of("channel_weights")
    assert (card["version"], earlier < version) == (earlier, True)
    assert set(artifacts.outcome_of("channel_weights")) >= {"published", "version", "shown", "at"}
    while (
        artifacts.roll_back_artifact("channel_weights") != artifacts.versions("channel_weights")[-1]
    ):
        pass
    assert weights()["returning"][Channel.FOLLOWS] < after["returning"][Channel.FOLLOWS]


@pytest.mark.django_db
def test_a_rollback_restores_weights_and_order_and_a_pinned_one_learns_nothing() -> None:
    first = learn(favouring("returning", Channel.ITEMS))
    stood = weights()
    second = learn(favouring("returning", Channel.ITEMS))
    assert weights()["returning"][Channel.ITEMS] > stood["returning"][Channel.ITEMS]
    assert artifacts.roll_back_artifact("channel_weights") == first != second
    assert weights() == stood
    artifacts.pin("channel_weights")
    assert learn(favouring("buyer", Channel.ITEMS)) == ""
    assert weights() == stood
    assert artifacts.outcome_of("channel_weights")["reason"] == "pinned"


@pytest.mark.django_db
def test_feedback_is_told_only_to_the_feed_of_who_gave_it() -> None:
    cast = gather()
    scene.save_notes_bulk([
        NewNote(author_id=cast.bob, title=f"{n}", published_at=clock.now()) for n in range(3)
    ])  # fmt: skip
    signals.drain()
    request = facade.feed(person_id=cast.alice).request_id
    common = facade.feed(person_id=None).request_id
    asked = [
        (request, 1, cast.alice), (request, 4, cast.alice), (request, 0, cast.alice),
        (request, 1, cast.eve), (common, 1, cast.alice), ("nothing.0", 1, cast.alice),
    ]  # fmt: skip
    assert facade.placed(asked) == {asked[0]: ("new", Channel.FRESH)}
    assert list(FeedSession.objects.order_by("segment").values_list("segment", flat=True)) == [
        "",
        "new",
    ]
