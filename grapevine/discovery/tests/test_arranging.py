"""Pure rules of recall and order: diversity, what a page must have, chances, evenness, circles, words, places."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from grapevine.discovery.contracts import Channel
from grapevine.discovery.rules import arranging, phrasing
from grapevine.discovery.rules.arranging import Placed, Ranked, Spectrum, arrange
from grapevine.discovery.rules.blending import Candidate, in_force
from grapevine.discovery.rules.circles import Warmth, circle_heat, heads
from grapevine.discovery.rules.exploring import Arm, draw, thompson
from grapevine.discovery.rules.exposure import gini, top_share
from grapevine.discovery.rules.places import coarse
from grapevine.discovery.rules.ties import WORTH, tie_weights
from grapevine.discovery.rules.vectors import packed, unpacked

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def note(number: int, *, author: int = 0, shop: int = 0, category: str = "", new: bool = False,
         channel: Channel = Channel.POPULAR, vector: bytes = b"") -> Candidate:  # fmt: skip
    return Candidate(
        number, author or number, channel, shop_id=shop, category=category, is_new=new,
        vector=vector or packed({f"topic:{category or number}": 1.0}),
    )  # fmt: skip


def ranked(notes: list[Candidate]) -> list[Ranked]:
    return [Ranked(one, 1.0 - place / 1000) for place, one in enumerate(notes)]


# ---- vectors and diversity ------------------------------------------------------------------------


def test_the_same_subject_has_one_direction_and_others_have_another() -> None:
    same, alike, other, nothing = unpacked([
        packed({"topic:露营": 1.0}), packed({"topic:露营": 1.0, "word:帐篷": 0.3}),
        packed({"topic:读书": 1.0}), b"",
    ])  # fmt: skip
    assert float(same @ same) == pytest.approx(1.0)
    assert float(same @ alike) > 0.9
    assert abs(float(same @ other)) < 0.4
    assert not nothing.any()


def test_what_leaves_the_window_counts_no_longer() -> None:
    vectors = unpacked([packed({f"topic:{n}": 1.0}) for n in range(arranging.WINDOW + 1)])
    spectrum = Spectrum(np.vstack([vectors[0], vectors]))
    spectrum.take(0)
    assert spectrum.news[1] == pytest.approx(0.0, abs=1e-5)  # its twin has nothing new
    for row in range(2, arranging.WINDOW):
        spectrum.take(row)
    assert spectrum.news[1] == pytest.approx(0.0, abs=1e-4)
    spectrum.take(arranging.WINDOW)
    assert spectrum.news[1] > 0.5  # ten picks later it is something else again


def test_near_notes_are_kept_apart_as_far_as_their_worth_allows() -> None:
    camping = [note(n, category="露营") for n in range(1, 6)]
    reading = [note(n, category="读书") for n in range(6, 11)]
    found = arrange(ranked([*camping, *reading]), limit=10)
    assert {one.category for one in found[:2]} == {"露营", "读书"}
    assert sorted(one.note_id for one in found) == list(range(1, 11))


def test_a_much_better_note_comes_first_whatever_it_is_like() -> None:
    best, twin = note(1, category="露营"), note(2, category="露营")
    other = note(3, category="读书")
    found = arrange([Ranked(best, 1.0), Ranked(twin, 0.9), Ranked(other, 0.1)], limit=3)
    assert [one.note_id for one in found] == [1, 2, 3]


# ---- neighbours -----------------------------------------------------------------------------------


def test_an_author_stands_once_in_six_and_a_shop_twice_in_ten() -> None:
    notes = [note(n, author=n % 8 + 1, shop=n % 6 + 1) for n in range(1, 97)]
    found = arrange(ranked(notes), limit=40)
    for start in range(len(found) - 5):
        assert len({one.author_id for one in found[start : start + 6]}) == 6
    for start in range(len(found) - 9):
        assert max(Counter(one.shop_id for one in found[start : start + 10]).values()) <= 2


def test_what_stands_before_counts_and_rules_give_way_before_the_feed_ends() -> None:
    notes = [note(1, author=7), note(2, author=8)]
    found = arrange(ranked(notes), limit=5, recent=[Placed(7)], start=1)
    assert [one.author_id for one in found] == [8, 7]


# ---- a page has something of everything -----------------------------------------------------------


def test_every_page_has_three_channels_five_categories_and_two_new_notes() -> None:
    plain = [note(n, category="家居") for n in range(1, 60)]
    others = [
        note(100 + n, category=f"类{n % 7}", new=n % 2 == 0, channel=list(Channel)[n % 4])
        for n in range(28)
    ]
    found = arrange([*ranked(plain), *(Ranked(one, 0.01) for one in others)], limit=60)
    for start in range(0, 60, 20):
        channels, categories, new = arranging.counted(found[start : start + 20])
        assert (len(channels) >= 3, len(categories) >= 5, new >= 2) == (True, True, True)


def test_what_is_tried_out_has_the_sixth_place_of_ten() -> None:
    trials = [note(500 + n, channel=Channel.EXPLORE) for n in range(3)]
    found = arrange(ranked([note(n) for n in range(1, 60)]), limit=30, explored=trials)
    places = [at for at, one in enumerate(found) if one.channel == Channel.EXPLORE]
    assert places == [5, 15, 25]
    short = arrange(ranked([note(1)]), limit=10, explored=trials)
    assert [one.note_id for one in short] == [1, 500, 501, 502]


# ---- chances --------------------------------------------------------------------------------------


def test_those_that_are_owed_showings_come_first_and_the_chance_is_told() -> None:
    arms = [Arm(1, 0, 10, 0, 0), Arm(2, 5, 10, 0, 0), Arm(3, 10, 10, 9, 1)]
    random = np.random.default_rng(7)
    firsts = Counter(draw(arms, 1, random)[0] for _ in range(3000))
    assert {round(chance, 3) for _pk, chance in firsts} == {0.667, 0.333}
    share = sum(count for (pk, _chance), count in firsts.items() if pk == 1) / 3000
    assert share == pytest.approx(2 / 3, abs=0.03)
    assert [pk for pk, _chance in draw(arms, 3, random)][2] == 3


def test_a_note_near_to_the_readers_likes_is_drawn_likelier() -> None:
    arms = [Arm(1, 0, 10, 0, 0, affinity=1.0), Arm(2, 0, 10, 0, 0)]
    chances = dict(draw(arms, 1, np.random.default_rng(seed))[0] for seed in range(20))
    assert chances == {1: pytest.approx(0.75), 2: pytest.approx(0.25)}


def test_clicks_win_later_showings() -> None:
    arms = [Arm(1, 100, 100, 20, 80), Arm(2, 100, 100, 1, 99)]
    chances = thompson(arms, np.random.default_rng(7))
    assert chances.sum() == pytest.approx(1.0)
    assert chances[0] > 0.9
    assert draw([], 3, np.random.default_rng(7)) == []


# ---- evenness, circles ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "unevenness", "top"),
    [
        ([], 0.0, 0.0), ([0, 0], 0.0, 0.0), ([5, 5, 5, 5], 0.0, 0.25), ([0, 0, 0, 8], 0.75, 1.0),
        ([1, 2, 3, 4], 0.25, 0.4), ([1] * 198 + [99, 99], 0.49, 0.5),
    ],
)  # fmt: skip
def test_evenness(counts: list[int], unevenness: float, top: float) -> None:
    assert gini(counts) == pytest.approx(unevenness)
    assert top_share(counts) == pytest.approx(top)


def test_a_circle_counts_once_and_too_few_circles_are_no_trend() -> None:
    acts = [Warmth(who, 1.0, NOW) for who in (1, 2, 3, 4)]
    apart, tied = heads([1, 2, 3, 4], []), heads([1, 2, 3, 4], [(1, "browser"), (2, "browser")])
    published = NOW - timedelta(hours=2)
    assert circle_heat(acts, apart, published, NOW) == pytest.approx(4 / 8)
    assert circle_heat(acts, tied, published, NOW) == pytest.approx(3 / 8)
    assert circle_heat([*acts, *acts], tied, published, NOW) == pytest.approx(3 / 8)
    assert circle_heat(acts[:3], tied, published, NOW) == 0.0
    older = [Warmth(who, 1.0, NOW - timedelta(hours=12)) for who in (1, 2, 3, 4)]
    assert circle_heat(older, apart, published, NOW) == pytest.approx(2 / 8)


# ---- words, places, ties, weights -----------------------------------------------------------------


def test_keywords_say_what_a_text_is_about() -> None:
    found = phrasing.keywords("马拉松训练第三周", "今天长距离 20 公里，跑步鞋很缓震", ["跑步"])
    assert {"马拉松", "训练", "跑步"} <= set(found)
    assert not {"今天", "20", "很"} & set(found)
    assert found["马拉松"] == 3.0
    assert found["跑步"] == 4.0


def test_a_word_of_everything_says_nothing_and_a_rare_one_weighs_more() -> None:
    words = {"马拉松": 3.0, "杯子": 3.0, "好看": 3.0}
    found = phrasing.weighed(words, {"马拉松": 2, "杯子": 40, "好看": 500}, total=1000)
    assert list(found) == ["马拉松", "杯子"]
    assert phrasing.faded(1.0, NOW - timedelta(days=60), NOW) == pytest.approx(0.3679, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("浙江省 杭州市 西湖区 文三路 9 号", "浙江 杭州"), ("上海", "上海"), ("北京市 北京市", "北京"),
        ("广西壮族自治区·南宁市", "广西 南宁"), ("", ""), ("  ", ""), ("市", "市"),
    ],
)  # fmt: skip
def test_places_are_no_finer_than_a_city(text: str, place: str) -> None:
    assert coarse(text) == place


def test_ties_weigh_by_kind_and_operators_by_switch() -> None:
    found = tie_weights({1: {"inviter": 1}, 2: {"mate": 3, "sharer": 1}, 3: {"odd": 1}}, WORTH)
    assert found == {1: 1.0, 2: pytest.approx(0.8 * 1.5493 + 0.6, abs=1e-3), 3: 0.0}
    weights = {Channel.FRESH: 3, Channel.WORDS: 4}
    assert in_force(weights, {Channel.WORDS: 0}) == {Channel.FRESH: 3}
    assert in_force(weights, {Channel.WORDS: 9}) == {Channel.FRESH: 3, Channel.WORDS: 9}
