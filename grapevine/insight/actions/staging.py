"""Judging shops: the stage of each, day by day, with the reasons kept; and the chance that it leaves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from grapevine.discovery import facade as discovery
from grapevine.goods import facade as goods
from grapevine.insight.models import ShopStage, ShopWeek, StageChange
from grapevine.insight.queries.lives import Lives, lives
from grapevine.insight.queries.standing import Past, signals_on, weeks_of
from grapevine.insight.rules import leaving, stages
from grapevine.insight.rules.holidays import is_holiday_week, monday_of
from grapevine.insight.rules.support import next_step

MODEL = "shop_leaving"
PART = 500
WHY_MAX = 3
WHY_MIN = 0.15
"""What adds less to the logit is no reason."""
SAVED = (
    "name", "slug", "stage", "since", "wanted", "wanted_since", "judged_on", "signals", "reasons", "trend_percent",
    "next_step", "chance", "chance_before", "chance_on", "chance_reasons", "model",
)  # fmt: skip


def judge_shops(today: date) -> int:
    """Judge every shop on this day; returns how many changed their stage.

    A shop that was never judged is judged for the end of each of its weeks first, so that its history is there. Twice
    on one day is once.
    """
    shops = list(goods.every_shop())
    chances = _chances(today, lives(today, shops))
    changed = 0
    for at in range(0, len(shops), PART):
        changed += _judge_part(shops[at : at + PART], today, chances)
    return changed


@transaction.atomic
def _judge_part(
    shops: Sequence[goods.CountedShop], today: date, chances: Mapping[int, Mapping[str, Any]]
) -> int:
    ids = [shop.id for shop in shops]
    known = {row.shop_id: row for row in ShopStage.objects.filter(shop_id__in=ids)}
    weeks = weeks_of(ids)
    rows: list[ShopStage] = []
    changes: list[StageChange] = []
    for shop in shops:
        row, moved = _judged(shop, known.get(shop.id), weeks.get(shop.id, []), today)
        for name, value in chances.get(shop.id, NO_CHANCE).items():
            setattr(row, name, value)
        rows.append(row)
        changes += moved
    ShopStage.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["shop_id"], update_fields=list(SAVED)
    )
    StageChange.objects.bulk_create(
        changes, update_conflicts=True, unique_fields=["shop_id", "on"],
        update_fields=["after", "reasons"],
    )  # fmt: skip
    return len(changes)


NO_CHANCE: Mapping[str, Any] = {
    "chance": None, "chance_before": None, "chance_on": None, "chance_reasons": [], "model": "",
}  # fmt: skip


def _judged(
    shop: goods.CountedShop, known: ShopStage | None, rows: Sequence[ShopWeek], today: date
) -> tuple[ShopStage, list[StageChange]]:
    standing = _standing(known)
    changes: list[StageChange] = []
    past = Past(rows)
    for day in _unjudged(shop, known, today):
        shown = signals_on(day, shop, past)
        before = standing
        standing, verdict, is_new = stages.step(standing, shown, day)
        if is_new:
            changes.append(
                StageChange(
                    shop_id=shop.id, before=before.stage if before else "", after=standing.stage,
                    on=day, reasons=[asdict(reason) for reason in verdict.reasons],
                )
            )  # fmt: skip
    assert standing is not None
    trend = (
        shown.payments_minor * 100 / shown.payments_before_minor - 100
        if shown.payments_before_minor
        else None
    )
    row = ShopStage(
        shop_id=shop.id, name=shop.name, slug=shop.slug, opened_on=timezone.localdate(shop.opened_at),
        stage=standing.stage, since=standing.since, wanted=standing.wanted,
        wanted_since=standing.wanted_since, judged_on=today, signals=asdict(shown),
        reasons=[asdict(reason) for reason in verdict.reasons],
        trend_percent=None if trend is None else max(-999, min(9999, round(trend))),
        next_step=next_step(standing.stage, shown).code,
    )  # fmt: skip
    return row, changes


def _standing(known: ShopStage | None) -> stages.Standing | None:
    if known is None:
        return None
    return stages.Standing(
        stages.Stage(known.stage), known.since, stages.Stage(known.wanted), known.wanted_since
    )


def _unjudged(shop: goods.CountedShop, known: ShopStage | None, today: date) -> list[date]:
    """Today, and for a shop never judged each Sunday of its life before; holiday weeks are passed over."""
    if known is not None:
        return [today]
    first = monday_of(timezone.localdate(shop.opened_at)) + timedelta(days=6)
    sundays = [first + timedelta(weeks=n) for n in range(max(0, (today - first).days // 7 + 1))]
    return [
        day
        for day in sundays[-HISTORY_WEEKS:]
        if day < today and not is_holiday_week(monday_of(day))
    ] + [today]


HISTORY_WEEKS = 156


def _chances(today: date, found: Lives) -> dict[int, dict[str, Any]]:
    """Shop → its chance of leaving, that of a week ago and why; without a model in force nobody has one."""
    card = discovery.card_of(MODEL)
    if "model" not in card:
        return {}
    model = _model(card["model"])
    here = [life for life in found.lives if leaving.left_in(life) is None and life.weeks]
    if not here:
        return {}
    now = np.array([leaving.figures(life, life.last) for life in here])
    before = np.array([leaving.figures(life, max(life.first, life.last - 1)) for life in here])
    return {
        life.shop_id: {
            "chance": round(float(chance), 4), "chance_before": round(float(earlier), 4),
            "chance_on": today, "chance_reasons": _why(model, row), "model": card["version"],
        }
        for life, row, chance, earlier in zip(
            here, now, model.leaving(now), model.leaving(before), strict=True
        )
    }  # fmt: skip


def _model(written: Mapping[str, Any]) -> leaving.Hazard:
    return leaving.Hazard(
        np.array(written["means"]), np.array(written["spreads"]), np.array(written["weights"]),
        np.array(written["intercepts"]), tuple(written["names"]),
    )  # fmt: skip


def _why(model: leaving.Hazard, row: Iterable[float]) -> list[str]:
    """The figures that raise it most, the strongest first."""
    shares = model.shares(np.array(row))
    order = np.argsort(-shares, kind="stable")[:WHY_MAX]
    return [model.names[n] for n in order if shares[n] >= WHY_MIN]
