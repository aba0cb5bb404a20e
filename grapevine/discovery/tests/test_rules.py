"""Cutting, blending, tasting: pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from grapevine.discovery.contracts import Channel
from grapevine.discovery.rules.blending import (
    AUTHOR_WINDOW,
    COMMON_WEIGHTS,
    PERSONAL_WEIGHTS,
    Candidate,
    blend,
    disperse,
    heat,
)
from grapevine.discovery.rules.goodsheads import both_ways
from grapevine.discovery.rules.tasting import Act, strongest, tastes
from grapevine.discovery.rules.words import index_words, marked_spans, pairs, query_words

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("word", ["通勤", "跑鞋", "马克杯", "陶杯", "iphone15", "sneaker"])
def test_words_inside_a_text_are_found_by_what_people_type(word: str) -> None:
    held = set(index_words("周五下班通勤跑鞋和粗陶马克杯 iPhone15 SNEAKER 陶杯"))
    assert set(query_words(word)) <= held


def test_full_width_and_case_are_one() -> None:
    assert query_words("ＩＰｈｏｎｅ１５") == query_words("iphone15")


def test_punctuation_is_no_word() -> None:
    assert query_words('"通勤" OR (1=1); --\'*') == ["通勤", "or", "1"]


def test_pairs_are_neighbouring_characters() -> None:
    assert pairs("粗陶杯 cup 杯") == ["粗陶", "陶杯", "杯"]


def test_marking_cuts_around_the_words() -> None:
    assert marked_spans("Red CUP red", ["red"]) == [("Red", True), (" CUP ", False), ("red", True)]
    assert marked_spans("<b>杯</b>", ["杯"]) == [("<b>", False), ("杯", True), ("</b>", False)]
    assert marked_spans("ﬁne", ["fine"]) == [("ﬁne", False)]  # one character becomes two


def _many(channel: Channel, ids: list[int], author: int = 1) -> list[Candidate]:
    return [Candidate(pk, author, channel) for pk in ids]


def test_blending_gives_each_channel_its_share_and_no_note_twice() -> None:
    lists = {
        Channel.POPULAR: _many(Channel.POPULAR, list(range(1, 41))),
        Channel.FRESH: _many(Channel.FRESH, list(range(100, 140))),
    }
    picks = blend(lists, COMMON_WEIGHTS, limit=10)
    assert [pick.channel for pick in picks].count(Channel.POPULAR) == 6
    assert len({pick.note_id for pick in picks}) == 10


def test_a_note_of_two_channels_comes_once() -> None:
    lists = {
        Channel.POPULAR: _many(Channel.POPULAR, [1, 2]),
        Channel.FRESH: _many(Channel.FRESH, [2, 1, 3]),
    }
    picks = blend(lists, COMMON_WEIGHTS, served=[3], limit=10)
    assert sorted(pick.note_id for pick in picks) == [1, 2]


candidates = st.lists(
    st.builds(
        Candidate,
        st.integers(1, 60),
        st.integers(1, 8),
        st.sampled_from([Channel.FRESH, Channel.FOLLOWS, Channel.POPULAR]),
    ),
    max_size=60,
)


@given(candidates, st.sets(st.integers(1, 60)), st.integers(1, 40))
def test_blending_never_repeats_and_never_serves_what_was_served(
    found: list[Candidate], served: set[int], limit: int
) -> None:
    lists: dict[Channel, list[Candidate]] = {}
    for candidate in found:
        lists.setdefault(candidate.channel, []).append(candidate)
    ids = [pick.note_id for pick in blend(lists, PERSONAL_WEIGHTS, served=served, limit=limit)]
    assert len(ids) == len(set(ids)) == min(limit, len({c.note_id for c in found} - served))
    assert not set(ids) & served


@given(candidates, st.lists(st.integers(1, 8), max_size=5))
def test_dispersing_keeps_all_and_spreads_authors(
    found: list[Candidate], recent: list[int]
) -> None:
    spread = disperse(found, recent_authors=recent)
    assert sorted(c.note_id for c in spread) == sorted(c.note_id for c in found)
    for place in range(len(spread)):
        window = [c.author_id for c in spread[max(0, place - AUTHOR_WINDOW + 1) : place]]
        if spread[place].author_id in window:  # only when nobody else was left
            assert all(c.author_id in [*recent, *window] for c in spread[place:])


def test_an_author_stands_once_in_six_places() -> None:
    mixed = [Candidate(i, i % 7 if i % 2 else 0, Channel.FRESH) for i in range(70)]
    spread = disperse(mixed)
    for place in range(30):
        authors = [c.author_id for c in spread[place : place + AUTHOR_WINDOW]]
        assert authors.count(0) <= 1


def test_heat_falls_with_age_and_grows_with_points() -> None:
    young, old = NOW - timedelta(hours=1), NOW - timedelta(hours=40)
    assert heat(10, young, NOW) > heat(10, old, NOW)
    assert heat(20, old, NOW) > heat(10, old, NOW)
    assert heat(-5, young, NOW) == heat(0, young, NOW)


def test_tastes_fade_by_e_in_thirty_days_and_what_is_taken_back_is_gone() -> None:
    acts = [
        Act("goods", "7", 5.0, NOW - timedelta(days=30)),
        Act("topic", "露营", 1.0, NOW),
        Act("topic", "露营", -1.0, NOW),
    ]
    assert tastes(acts, NOW) == {("goods", "7"): pytest.approx(5 / 2.718281828)}


def test_the_strongest_come_first_and_ties_by_name() -> None:
    assert strongest({"b": 1.0, "a": 1.0, "c": 2.0}, 2) == ["c", "a"]


def test_goods_stand_where_their_channel_and_the_heads_both_want_them() -> None:
    order = [1, 2, 3, 4]
    assert both_ways(order, {}) == order  # nothing is known of worth: the channel's own order
    assert both_ways(order, {1: 4.0, 2: 3.0, 3: 2.0, 4: 1.0}) == order
    # Second for both is before first for one and last for the other; of equal ones the channel's goes first.
    assert both_ways(order, {4: 9.0, 2: 5.0, 3: 4.0, 1: 1.0}) == [2, 1, 4, 3]
    assert both_ways([], {1: 1.0}) == []
