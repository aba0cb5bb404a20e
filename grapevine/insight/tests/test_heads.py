"""Ranking heads: fitted, calibrated, proven, published, served, taken back."""

import random
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import time_machine

from grapevine.discovery import facade as discovery
from grapevine.discovery.contracts import Channel, NewAct
from grapevine.insight import heads, keeping
from grapevine.insight.replaying import WORDS, Happening, Replay
from grapevine.insight.rules.ranking import heads as rules
from grapevine.insight.tests.crowd import crowd, entry, owner, record
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.scene import facade as scene
from grapevine.scene.contracts import NewNote
from grapevine.signals import facade as signals


def planted(size: int, *, signal: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of two features; the first moves the chance by `signal`, the second by nothing."""
    chance = np.random.default_rng(6)
    rows = chance.normal(size=(size, 2))
    level = 1 / (1 + np.exp(-(signal * rows[:, 0] - 1.5)))
    answers = (chance.random(size) < level).astype(np.float64)
    return rows, answers, np.arange(size, dtype=np.int64) % 200


def test_a_head_passes_by_what_it_explains_and_its_chances_are_right() -> None:
    rows, answers, people = planted(30_000, signal=1.2)
    found = rules.judge(rows, answers, people)
    assert found.reason == ""
    assert found.head is not None
    assert found.head.weights == pytest.approx([1.2, 0.0], abs=0.1)
    assert found.head.intercept == pytest.approx(-1.5, abs=0.1)
    assert found.figures["log_loss"] < found.figures["base_log_loss"]
    assert found.figures["gain"] > 3 * found.figures["gain_error"]
    assert found.figures["ece"] < 0.03
    assert found.figures["proved_on"] == 4_500


def test_noise_is_refused_and_so_is_what_is_no_better_than_the_head_in_force() -> None:
    rows, answers, people = planted(6_000, signal=0.0)
    assert rules.judge(rows, answers, people).reason == "base"
    rows, answers, people = planted(6_000, signal=1.2)
    truth = rules.Head(np.array([1.2, 0.0]), -1.5)
    assert rules.judge(rows, answers, people, in_force=truth).reason == "in_force"
    wrong = rules.Head(np.array([-1.2, 0.0]), -1.5)
    assert rules.judge(rows, answers, people, in_force=wrong).reason == ""
    assert rules.judge(rows[:100], answers[:100], people[:100]).reason == "few"


def test_calibration_repairs_chances_that_are_too_sure() -> None:
    rows, answers, _people = planted(4_000, signal=1.2)
    sure = rules.Head(np.array([3.6, 0.0]), -4.5)
    before = rules.calibration_error(sure.chances(rows), answers)
    after = rules.calibration_error(rules.calibrated(sure, rows, answers).chances(rows), answers)
    assert before > 0.08
    assert after < 0.02


def test_rows_of_one_person_count_as_one_draw() -> None:
    before, after = np.array([1.0, 1.0, 0.0, 0.0]), np.array([0.5, 0.5, 0.5, 0.5])
    _mean, apart = rules.gain(before, after, np.array([1, 2, 3, 4]))
    mean, together = rules.gain(before, after, np.array([1, 1, 2, 2]))
    assert (mean, apart) == (0.0, 0.25)
    assert together == pytest.approx(0.5**0.5 / 2)


FACTS = discovery.Facts(7, 70, 0.0, 0, ("5",), ("茶",), ("露营",))
HOUR = 3600.0


def test_a_showing_sees_nothing_later_and_a_deed_counts_for_the_last_one_before_it() -> None:
    def at(hours: float, verb: str, **more: object) -> Happening:
        told = {"person_id": 1, "note": "n", **more}
        return Happening(hours * HOUR, verb, **told)  # type: ignore[arg-type]

    first, second, third = Replay({"n": FACTS}, {"5": "茶"}).play([
        at(10, "impression", place=3), at(20, "impression", place=1), at(20.5, "click"),
        at(30, "like"), at(31, "impression"), at(50, "trade.order_paid", note="", goods=(5,)),
        at(56, "like"), at(57, "hide", person_id=2),
    ])  # fmt: skip
    assert (first.deeds, second.deeds, third.deeds) == (set(), {"click", "save"}, {"order"})
    index = dict(zip(discovery.FEATURES, first.row, strict=True))
    assert index["topic"] == index["points"] == index["acts"] == 0
    assert index["place"] == pytest.approx(np.log(3))
    later = dict(zip(discovery.FEATURES, third.row, strict=True))
    faded = 0.5 * np.exp(-10.5 / 24 / 30) + 1.0 * np.exp(-1 / 24 / 30)
    assert later["topic"] == pytest.approx(np.log1p(faded))
    assert later["unplaced"] == 1.0
    assert later["points"] == pytest.approx(np.log(2))
    assert later["acts"] == pytest.approx(np.log1p(2))


def test_a_word_that_was_taken_back_counts_as_never_said() -> None:
    """Of notes and of goods: the deed goes, and later showings look as if nothing had been said; a report stays."""
    goods = {5: discovery.GoodsFacts(5, 0.0, 3, "茶", 900)}

    def at(hours: float, verb: str, **more: object) -> Happening:
        return Happening(hours * HOUR, verb, **{"person_id": 1, "note": "n", **more})  # type: ignore[arg-type]

    def played(*words: tuple[float, str], **of: object) -> list[tuple[set[str], list[float]]]:
        replay = Replay({"n": FACTS}, {"5": "茶"}, goods)
        replay.play([
            at(10, "impression", **of), *(at(hours, verb, **of) for hours, verb in words),
            at(40, "impression", **of),
        ])  # fmt: skip
        return [(one.deeds, one.row) for one in replay.goods_showings or replay.showings]

    not_wanted, more, back = WORDS
    for of in ({}, {"note": "", "goods": (5,), "kind": "goods"}):
        silent, (first, second) = played(**of), played((11, not_wanted), **of)
        assert (first[0], second[1] != silent[1][1]) == ({"hide"}, True)
        taken = played((11, not_wanted), (12, back), **of)
        assert [deeds for deeds, _ in taken] == [set(), set()]
        assert [row for _, row in taken] == [pytest.approx(row) for _, row in silent]
        instead = played((11, not_wanted), (12, more), **of)
        only = played((12, more), **of)
        assert [deeds for deeds, _ in instead] == [set(), set()]
        assert [row for _, row in instead] == [pytest.approx(row) for _, row in only]
        assert played((11, "report"), (11.5, not_wanted), (12, back), **of)[0][0] == {"hide"}
        again = played((11, not_wanted), (12, back), (12.5, back), (13, not_wanted), **of)
        assert again[0][0] == {"hide"}


def town() -> tuple[list[int], dict[str, list[str]]]:
    """Forty readers, half of whom like each of two topics, and notes of both; a month of what they were shown."""
    writer, readers = owner("writer"), crowd(40)
    now = clock.now()
    ids = scene.save_notes_bulk([
        NewNote(author_id=writer, title=f"{topic} {n}", topics=(topic,), published_at=now - timedelta(days=40, minutes=n))
        for topic in ("露营", "咖啡") for n in range(12)
    ])  # fmt: skip
    signals.drain()
    cards = scene.note_cards(ids)
    notes = {
        "露营": [cards[pk].public_id for pk in ids[:12]],
        "咖啡": [cards[pk].public_id for pk in ids[12:]],
    }
    chance, rows = random.Random(5), []
    for number, reader in enumerate(readers):
        mine = ("露营", "咖啡")[number % 2]
        for step in range(70):
            topic = chance.choice(["露营", "咖啡"])
            note, place = chance.choice(notes[topic]), chance.randint(1, 20)
            days = 30 - step * 0.4 - chance.random() * 0.01
            about = {"object_type": "note", "object_id": note}
            rows.append(
                entry(
                    "impression", reader, 0, days, position=place, request_id=f"r{step}.0", **about
                )
            )
            if chance.random() < (0.75 if topic == mine else 0.1) / (1 + place / 15):
                rows.append(entry("click", reader, 0, days - 0.001, **about))
    record(rows)
    signals.seal()
    keeping.compact()
    return readers, notes


@pytest.mark.django_db
def test_heads_learn_a_planted_taste_rank_by_it_and_a_rollback_restores_the_order() -> None:
    with time_machine.travel("2026-05-20 09:00:00+00:00", tick=False) as moment:
        readers, notes = town()
        outcome = heads.train_heads()
        assert outcome["published"], outcome
        assert (outcome["fresh"], outcome["showings"], outcome["people"]) == (["click"], 2_800, 40)
        figures = outcome["metrics"]["click"]
        assert figures["gain"] > figures["gain_error"] > 0
        assert outcome["metrics"]["order"]["reason"] == "few"
        model = discovery.load("note_heads")
        assert model is not None
        weights = dict(zip(discovery.FEATURES, model.arrays["weights"][0], strict=True))
        assert weights["topic"] > 0 > weights["place"]
        assert model.meta["data_from"] < model.meta["data_until"]
        assert discovery.outcome_of("note_heads")["version"] == model.version
        again = heads.train_heads()
        assert (again["published"], again["reason"]) == (False, "gate")

        camper = readers[0]
        liked = [*notes["咖啡"][:1], *notes["露营"][:6]]
        rows = scene.note_ids_of(liked)
        yesterday = clock.now() - timedelta(days=1)
        discovery.learn_bulk([
            NewAct(person_id=camper, act="like", at=yesterday, note_id=rows[public_id])
            for public_id in liked
        ])  # fmt: skip
        before = order(camper)
        turned = {title: np.array(array) for title, array in model.arrays.items()}
        turned["weights"] = -turned["weights"]
        moment.shift(1)
        discovery.publish_artifact("note_heads", turned, dict(model.meta))
        assert order(camper) != before
        assert discovery.roll_back_artifact("note_heads") == model.version
        assert order(camper) == before

        people.set_personalised(camper, on=False)
        people.set_personalised(readers[1], on=False)
        assert order(camper) == order(readers[1])
        moment.shift(1)
        assert heads.train_heads()["people"] == 38  # nothing is learned from who switched it off
        people.set_personalised(camper, on=True)
        moves_weights_by_what_came_of_a_feed(camper, readers[2], moment)


def moves_weights_by_what_came_of_a_feed(camper: int, other: int, moment: Any) -> None:
    """Camper opens what the topics bring and nothing else; another person claims to have seen the same feed."""
    page = discovery.feed(person_id=camper, limit=20)
    cards = scene.note_cards(page.note_ids)
    rows = []
    for item in page.items:
        about = {"object_type": "note", "object_id": cards[item.note_id].public_id}
        for person in (camper, other):
            shown = {"position": item.position, "request_id": page.request_id}
            rows.append(entry("impression", person, 0, 0, **about, **shown))
        if item.channel == Channel.INTERESTS:
            rows.append(entry("click", camper, 0, 0, **about))
        else:
            rows.append(entry("click", other, 0, 0, **about))
    disliked = next(item for item in page.items if item.channel != Channel.INTERESTS)
    named = cards[disliked.note_id].public_id
    discovery.wish(person_id=camper, kind="note", key=named, is_wanted=False)
    signals.drain()
    record(rows)
    moment.shift(60)
    assert heads.adapt_channels() == ""  # what came in a minute is not settled
    moment.shift(7 * 3600)
    signals.seal()
    keeping.compact()
    assert heads.adapt_channels()
    card = discovery.card_of("channel_weights")
    assert card["shown"] == {"new": 20, "returning": 0, "buyer": 0}
    first, index = discovery.FIRST, card["channels"].index("interests")
    learned = dict(zip(card["segments"], card["weights"], strict=True))
    assert learned["new"][index] > first[Channel.INTERESTS]
    assert card["metrics"]["new"][disliked.channel][1] < 0
    assert learned["returning"] == learned["buyer"] == list(first.values())
    assert heads.adapt_channels() == ""  # each showing counts once
    assert discovery.card_of("channel_weights")["version"] == card["version"]


def order(person_id: int) -> list[int]:
    return discovery.feed(person_id=person_id, limit=24).note_ids
