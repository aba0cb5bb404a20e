"""Models as operators see and govern them."""

import csv
import io

import numpy as np
import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from grapevine.discovery import artifacts, facade
from grapevine.discovery.queries import ranking
from grapevine.discovery.rules.heads import FEATURES
from grapevine.discovery.web.modelwords import KNOWN
from grapevine.guard import facade as guard
from grapevine.guard.contracts import AuditFilter
from grapevine.people import facade as people
from grapevine.people.contracts import NewPerson

pytestmark = pytest.mark.django_db


def client_of(handle: str, *, is_operator: bool) -> Client:
    client = Client()
    person_id = people.save_people_bulk(
        [NewPerson(handle, handle.title(), is_operator=is_operator)]
    )[0]
    client.force_login(
        get_user_model().objects.get(pk=person_id), "django.contrib.auth.backends.ModelBackend"
    )
    return client


def publish(level: float) -> str:
    figures = {
        "rows": 900, "deeds": 90, "reason": "", "proved_on": 135, "log_loss": 0.31, "base_log_loss": 0.35,
        "gain": 0.04, "gain_error": 0.01, "auc": 0.71, "ece": 0.012,
    }  # fmt: skip
    card = {
        "features": list(FEATURES), "heads": ["click"], "data_from": "2026-01-02", "data_until": "2026-02-03",
        "code": "9.9", "seed": 0, "metrics": {"click": figures}, "parameters": {"ridge": 2.0},
    }  # fmt: skip
    arrays = {
        "weights": np.full((1, len(FEATURES)), level),
        "intercepts": np.zeros(1),
        "worths": np.ones(1),
    }
    return artifacts.publish_artifact("note_heads", arrays, card)


def test_every_model_has_words_for_its_filing() -> None:
    assert set(artifacts.KEYS) == set(KNOWN)


def test_operators_see_models_and_others_see_nothing() -> None:
    publish(0.5)
    artifacts.tell_outcome("note_heads", {"published": False, "reason": "gate"})
    operator, other = client_of("op", is_operator=True), client_of("eve", is_operator=False)
    assert other.get("/operator/models/").status_code == 404
    text = operator.get("/operator/models/").content.decode()
    assert text.count("还没有学过") == len(KNOWN) - 1
    assert "没有过关：在最新的数据上，没有哪一项比现在用的" in text
    assert "2026-01-02 – 2026-02-03" in text
    page = operator.get("/operator/models/note_heads/").content.decode()
    for figure in ("0.31", "0.35", "0.04 ± 0.01", "0.71", "0.012", "过关", "9.9", "ridge"):
        assert figure in page
    assert operator.get("/operator/models/nothing/").status_code == 404
    for name in KNOWN:
        assert operator.get(f"/operator/models/{name}/").status_code == 200


def test_a_version_is_chosen_stays_and_is_let_go_again() -> None:
    first, second = publish(0.5), publish(0.7)
    operator = client_of("op", is_operator=True)
    page = operator.get("/operator/models/note_heads/").content.decode()
    assert page.count("换成这一版") == 1
    answer = operator.post("/operator/models/note_heads/choice/", {"version": first})
    assert (answer.status_code, artifacts.version_in_force("note_heads")) == (303, first)
    third = publish(0.9)
    assert artifacts.version_in_force("note_heads") == first
    for level in range(6):
        publish(level)
    assert first in artifacts.versions("note_heads")  # what is in force is never tidied away
    assert (
        operator.post("/operator/models/note_heads/choice/", {"version": third}).status_code == 422
    )
    assert artifacts.version_in_force("note_heads") == first
    operator.post("/operator/models/note_heads/release/")
    assert not artifacts.is_pinned("note_heads")
    assert publish(1.0) == artifacts.version_in_force("note_heads")
    trail = guard.trail(AuditFilter(object="model:note_heads")).items
    assert [one.action for one in trail] == ["models.let_in", "models.choose"]
    assert (trail[1].before, trail[1].after) == ({"version": second}, {"version": first})


def test_the_filing_says_purpose_inputs_mechanism_and_switch() -> None:
    version = publish(0.5)
    operator = client_of("op", is_operator=True)
    answer = operator.get("/operator/models/filing/")
    assert answer["Content-Disposition"] == 'attachment; filename="algorithms.md"'
    text = answer.content.decode("utf-8-sig")
    for name, words in KNOWN.items():
        assert (
            f"## {words.title} ({name})\n\n- 目的: {words.purpose}\n- 输入: {words.inputs}\n- 机制: {words.mechanism}\n"
            in text
        )
    assert text.count("受“个性化推荐”开关管") == sum(words.is_personal for words in KNOWN.values())
    assert f"在用的版本: {version}" in text
    assert (
        "  - 点开: 过关 · 对数损失 0.31 · 只报平均值 0.35 · AUC 0.71 · ECE 0.012 · 好多少 ± 误差 0.04 ± 0.01\n"
        in text
    )
    assert text.count("- 成绩: 还没有") == len(KNOWN) - 1
    there = {"Accept-Language": "en"}
    filed = operator.get("/operator/models/filing/?lang=zh", headers=there).content
    assert filed.decode("utf-8-sig").splitlines()[4:] == text.splitlines()[4:]
    file = operator.get("/operator/models/filing/?lang=zh&format=csv", headers=there)
    rows = list(csv.reader(io.StringIO(b"".join(file).decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == list(artifacts.KEYS)
    assert all(all(row[:8]) for row in rows)
    english = operator.get(
        "/operator/models/filing/", headers={"Accept-Language": "en"}
    ).content.decode()
    assert "## Order of notes (note_heads)\n\n- Purpose: " in english


def test_heads_of_another_release_are_not_served() -> None:
    publish(0.5)
    held = artifacts.load("note_heads")
    assert held is not None
    arrays = {title: np.array(array) for title, array in held.arrays.items()}
    facade.publish_artifact("note_heads", arrays, {"features": ["other"], "heads": ["click"]})
    assert ranking._in_force() is None
