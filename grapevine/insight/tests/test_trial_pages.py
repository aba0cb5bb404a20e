"""An experiment from draft to decision, on the operators' pages, in a shop's console and over the API."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from grapevine.goods import facade as goods
from grapevine.guard import facade as guard
from grapevine.guard.contracts import AuditFilter
from grapevine.insight.models import TrialProof, TrialReading
from grapevine.insight.tests.crowd import browser, owner
from grapevine.people import facade as people
from grapevine.people.contracts import NewPerson
from grapevine.signals import facade as signals
from grapevine.signals.facade import State

pytestmark = pytest.mark.django_db
FORM = {
    "knob": "shop.slot", "name": "推荐位换模型", "hypothesis": "模型更懂人", "share_popular": "50",
    "share_model": "50", "traffic": "80", "unit": "person", "primary": "ctr", "min_effect": "5",
    "window_days": "7", "planned_units": "2000", "guard_hides": "stop",
}  # fmt: skip


def arm(value: float, low: float, high: float, verdict: str) -> dict[str, Any]:
    return {
        "control": 0.1, "value": value, "difference": value - 0.1, "low": low, "high": high, "p": 0.0004,
        "relative": value / 0.1 - 1, "relative_low": low / 0.1, "relative_high": high / 0.1, "variance": 3.0,
        "raw_variance": 4.0, "units": 900, "is_enough": True, "verdict": verdict,
    }  # fmt: skip


def reading(public_id: str) -> None:
    """As `read_all` leaves it: four days, the model clearly better, hides worse, shares off."""
    days = [
        {"day": f"2026-11-0{n}", "arms": {"model": {"difference": 0.1, "low": 0.2 - 0.15 * n, "high": 0.3, "p": 0.2, "is_enough": n > 1, "units": 100 * n}}}
        for n in range(1, 5)
    ]  # fmt: skip
    body = {
        "arms": ["popular", "model"], "mixed": 3, "entered": {"popular": 700, "model": 500},
        "counted": {"popular": 500, "model": 400}, "mismatch": {"p": 0.00001, "version": 1, "is_off": True},
        "measures": {"ctr": {"model": arm(0.23, 0.09, 0.17, "better")}, "gmv": {"model": arm(9_000.0, -1.0, 2.0, "open")}},
        "guardrails": [{"measure": "hides", "act": "stop", "arms": {"model": arm(0.3, 0.1, 0.3, "worse")}, "broken": ["model"]}],
        "history": days,
    }  # fmt: skip
    TrialReading.objects.create(experiment=public_id, as_of=datetime(2026, 11, 5, tzinfo=UTC), body=body)  # fmt: skip


def operators() -> Client:
    pk = people.save_people_bulk([NewPerson("op", "Op", is_operator=True)])[0]
    return browser(pk)


def test_an_operator_drafts_starts_reads_stops_and_decides() -> None:
    client = operators()
    assert "这里还没有实验" in client.get("/operator/experiments/").content.decode()
    refused = client.post(
        "/operator/experiments/new/",
        {**FORM, "share_model": "49", "hypothesis": "", "guard_refunds": "stop"},
    )
    assert refused.status_code == 422
    kept = refused.content.decode().split('name="guard_refunds"')[1].split("</select>")[0]
    assert '<option value="stop" selected>' in kept  # what was chosen is not lost in silence
    assert "加起来是 100%" in refused.content.decode()
    assert "写下假设" in refused.content.decode()
    made = client.post("/operator/experiments/new/", FORM)
    assert made.status_code == 303
    page = made["Location"]
    one = signals.experiments(0).items[0]
    assert (one.traffic_bps, one.guardrails, one.state) == (8_000, {"hides": "stop"}, State.DRAFT)
    moves = f"{page}moves/"
    assert client.post(moves, {"move": "stop", "reason": "early"}).status_code == 409
    assert client.post(moves, {"move": "start"}).status_code == 303
    assert "还没有人看到" in client.get(page).content.decode()
    reading(one.public_id)
    html = client.get(page).content.decode()
    for told in ("分流不对", "护栏触线", "更好", "+130.0%", "+90.0% … +170.0%", "&lt; 0.001", "<polygon", "3 个单位看到过不止一组"):  # fmt: skip
        assert told in html, told
    assert (
        html.count('<tr><td class="num nw">2026-11-0') == 4
    )  # the table says what the picture says
    assert "+130.0%" in client.get("/operator/experiments/?state=running").content.decode()
    shares = {"move": "shares", "share_popular": "10", "share_model": "90", "traffic": "100%"}
    assert client.post(moves, shares).status_code == 303
    assert client.post(moves, {"move": "stop", "reason": ""}).status_code == 422
    assert client.post(moves, {"move": "stop", "reason": "看够了"}).status_code == 303
    assert client.post(moves, {"move": "decide", "arm": "model", "reason": "好一倍多"}).status_code == 303  # fmt: skip
    done = client.get(page).content.decode()
    assert "对所有人生效" in done
    assert "好一倍多" in done
    trail = guard.trail(AuditFilter(object=f"experiment:{one.public_id}")).items
    assert [row.action for row in trail] == ["trials.decide", "trials.stop", "trials.shares", "trials.start", "trials.draft"]  # fmt: skip
    assert client.get("/operator/experiments/proof/").status_code == 200
    drawn = {"told": 200, "alarms": 4, "peeking": 50, "below": 9, "bins": [20] * 10}
    TrialProof.objects.create(day=datetime(2026, 11, 5, tzinfo=UTC), body={"draws": 200, "looks": 12, "units": 900, "measures": {"ctr": drawn}})  # fmt: skip
    proof = client.get("/operator/experiments/proof/").content.decode()
    assert "2.00%" in proof
    assert "没有看成有差别" in proof


def test_a_shop_has_its_own_and_sees_nobody_elses() -> None:
    bob, eve = owner("bob"), owner("eve")
    shop = goods.open_shop(owner_id=bob, slug="halfday", name="半日", colour="#8d3b1f")
    goods.open_shop(owner_id=eve, slug="other", name="别家", colour="#8d3b1f")
    mine, theirs = browser(bob), browser(eve)
    form = {**FORM, "knob": "group.size", "share_planned": "50", "share_fewer": "50", "unit": "goods", "primary": "fill"}  # fmt: skip
    assert "少一个人" in mine.get("/console/halfday/experiments/new/?knob=group.size").content.decode()  # fmt: skip
    made = mine.post("/console/halfday/experiments/new/", form)
    assert made.status_code == 303
    one = signals.experiments(shop.id).items[0]
    assert (one.knob.name, one.shares) == ("group.size", {"planned": 5_000, "fewer": 5_000})
    assert mine.get(made["Location"]).status_code == 200
    assert theirs.get(made["Location"]).status_code == 404
    there = f"/console/other/experiments/{one.public_id}/"
    assert theirs.get(there).status_code == 404
    assert theirs.post(f"{there}moves/", {"move": "start"}).status_code == 404
    assert one.name not in theirs.get("/console/other/experiments/").content.decode()
    listed = operators().get("/operator/experiments/").content.decode()
    assert "半日" in listed
    assert "几人成团" not in operators_knobs()
    with time_machine.travel(datetime(2026, 11, 5, tzinfo=UTC), tick=False):
        body = {"move": "start"}
        path = f"/api/v1/shops/halfday/experiments/{one.public_id}"
        assert mine.post(f"{path}/moves", body, content_type="application/json", headers={"Idempotency-Key": "k1234567"}).status_code == 204  # fmt: skip
        told = mine.get(path).json()
    assert (told["state"], told["reading"], told["shares"]) == ("running", None, {"planned": 5_000, "fewer": 5_000})  # fmt: skip
    assert theirs.get(path).status_code == 404
    assert [row["id"] for row in mine.get("/api/v1/shops/halfday/experiments").json()["items"]] == [one.public_id]  # fmt: skip


def operators_knobs() -> str:
    pk = people.save_people_bulk([NewPerson("op2", "Op", is_operator=True)])[0]
    return browser(pk).get("/operator/experiments/new/").content.decode()
