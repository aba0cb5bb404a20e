"""Experiments in plain words, and the picture of an interval over the days."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from grapevine.insight.rules.trials.effects import GUARDS
from grapevine.kit import formats
from grapevine.kit.text import marked
from grapevine.signals.facade import GUARDRAIL, GUARDS as GUARDS_OF, ExperimentView, State, UnitKind

WIDTH, HEIGHT, EDGE = 640, 200, 8
MONEY = ("gmv", "margin")
ARM_COLOURS = ("var(--brand)", "var(--mark-buyer)", "var(--mark-support)")
MOVED = {
    "trials.draft": marked("起草实验"),
    "trials.start": marked("开始实验"),
    "trials.shares": marked("改实验的分流"),
    "trials.stop": marked("停止实验"),
    "trials.guard": marked("护栏停下实验"),
    "trials.decide": marked("对实验下结论"),
    "trials.drop": marked("删掉实验草稿"),
}


def state_label(state: str) -> str:
    return {
        State.DRAFT: _("草稿"), State.RUNNING: _("在跑"), State.STOPPED: _("已停"),
        State.DECIDED: _("已下结论"),
    }[State(state)]  # fmt: skip


def state_css(state: str) -> str:
    return {State.RUNNING: "ok", State.STOPPED: "warn"}.get(State(state), "")


def unit_label(unit: str) -> str:
    return {
        UnitKind.PERSON: _("按人分组"), UnitKind.CLUSTER: _("按分享圈分组"),
        UnitKind.GOODS: _("按商品分组"),
    }[UnitKind(unit)]  # fmt: skip


def measure_label(measure: str) -> str:
    return {
        "ctr": _("点击率"), "conversion": _("转化率"), "gmv": _("人均支付额"), "fill": _("成团率"),
        "sharing": _("每次浏览的分享"), "brought": _("分享打开后下单"),
        "refunds": _("退款占支付额"), "complaints": _("每单售后申请"), "disputes": _("每单平台介入"),
        "margin": _("每件毛利"), "reports": _("人均举报"), "hides": _("人均不想看"),
    }.get(measure, measure)  # fmt: skip


def verdict_label(verdict: str) -> str:
    return {
        "better": _("更好"), "worse": _("更差"), "same": _("没有值得在意的差别"), "open": _("还说不准"),
        "few": _("还太少"),
    }.get(verdict, verdict)  # fmt: skip


def verdict_css(verdict: str) -> str:
    return {"better": "ok", "worse": "bad"}.get(verdict, "")


def stop_words(reason: str) -> str:
    """The reason of a stop; what the house itself stopped is said in words."""
    if reason == "end_day":
        return _("到了结束日")
    if reason.startswith(GUARDRAIL):
        names = [measure_label(name) for name in reason.partition(":")[2].split(",")]
        return _("护栏触线，自动停下：%(names)s") % {"names": _("、").join(names)}
    return reason


def value_text(measure: str, value: float | None) -> str:
    if value is None:
        return "–"
    if measure in MONEY:
        return formats.money_text(round(value))
    return f"{value * 100:.2f}%".replace("-", "−")


def signed(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:+.1f}%".replace("-", "−")


def bps_text(bps: int) -> str:
    return f"{bps / 100:g}%"


def shares_text(one: ExperimentView, shares: Mapping[str, int]) -> str:
    return " · ".join(f"{_(one.knob.label_of(arm))} {bps_text(n)}" for arm, n in shares.items())


def measure_rows(one: ExperimentView, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A line for each measure and arm: the values, the lift with its interval, what is to be thought of it."""
    return [
        {
            "measure": measure_label(name), "is_primary": name == one.primary,
            "arm": _(one.knob.label_of(arm)),
            "control": value_text(name, told["control"]), "value": value_text(name, told["value"]),
            "lift": signed(told["relative"]),
            "interval": f"{signed(told['relative_low'])} … {signed(told['relative_high'])}" if told["relative_low"] is not None else "–",
            "p": "–" if not told["is_enough"] else p_text(told["p"]),
            "verdict": verdict_label(told["verdict"]), "css": verdict_css(told["verdict"]),
            "saved": saved_text(told),
        }
        for name, arms in body["measures"].items()
        for arm, told in arms.items()
    ]  # fmt: skip


def p_text(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def saved_text(told: Mapping[str, Any]) -> str:
    """How much of the variance the 28 days before took away."""
    raw, left = told["raw_variance"], told["variance"]
    return f"{(1 - left / raw) * 100:.0f}%" if raw and left is not None and left < raw else "–"


def guard_rows(one: ExperimentView, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "measure": measure_label(row["measure"]), "act": act_label(row["act"]),
            "arms": [_guard_arm(one, row["measure"], arm, told) for arm, told in row["arms"].items()],
            "broken": [_(one.knob.label_of(arm)) for arm in row["broken"]],
        }
        for row in body["guardrails"]
    ]  # fmt: skip


def _guard_arm(
    one: ExperimentView, measure: str, arm: str, told: Mapping[str, Any]
) -> dict[str, str]:
    low, high = told["low"], told["high"]
    return {
        "arm": _(one.knob.label_of(arm)), "control": value_text(measure, told["control"]),
        "value": value_text(measure, told["value"]),
        "interval": f"{value_text(measure, low)} … {value_text(measure, high)}" if told["is_enough"] and low is not None else "–",
        "verdict": verdict_label(told["verdict"]), "css": verdict_css(told["verdict"]),
    }  # fmt: skip


def act_label(act: str) -> str:
    return {"warn": _("只提醒"), "stop": _("自动停")}.get(act, act)


def guards(units: Sequence[UnitKind]) -> Sequence[tuple[str, str]]:
    """Those that can be watched over if it is drawn by one of these."""
    known = {name for unit in units for name in GUARDS_OF[unit]}
    return [(name, measure_label(name)) for name in GUARDS if name in known]


def day_rows(one: ExperimentView, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The table that says the same as the picture; the newest day first."""
    rows = []
    for told in reversed(body["history"]):
        for arm, found in told["arms"].items():
            rows.append(
                {
                    "day": told["day"], "arm": _(one.knob.label_of(arm)), "units": found["units"],
                    "is_enough": found["is_enough"], "p": p_text(found["p"]),
                    "difference": value_text(one.primary, found["difference"]),
                    "low": value_text(one.primary, found["low"]), "high": value_text(one.primary, found["high"]),
                }
            )  # fmt: skip
    return rows


def picture(one: ExperimentView, body: Mapping[str, Any]) -> dict[str, Any] | None:
    """The interval of the primary measure's difference over the days, an area an arm; None before there are two days."""
    days = [row for row in body["history"] if any(arm["is_enough"] for arm in row["arms"].values())]
    if len(days) < 2:
        return None
    arms = list(days[-1]["arms"])
    late = days[len(days) // 3 :]
    ends = [
        end
        for row in late
        for arm in row["arms"].values()
        if arm["is_enough"]
        for end in (arm["low"], arm["high"])
    ]
    most = max((abs(end) for end in ends), default=0.0) or 1.0
    return {
        "width": WIDTH, "height": HEIGHT, "zero": _y(0.0, most), "first": days[0]["day"],
        "last": days[-1]["day"], "top": value_text(one.primary, most), "bottom": value_text(one.primary, -most),
        "areas": [_area(one, arm, n, days, most) for n, arm in enumerate(arms)],
    }  # fmt: skip


def _area(
    one: ExperimentView, arm: str, turn: int, days: Sequence[Mapping[str, Any]], most: float
) -> dict[str, str]:
    told = [(n, row["arms"][arm]) for n, row in enumerate(days) if row["arms"][arm]["is_enough"]]
    step = (WIDTH - 2 * EDGE) / max(1, len(days) - 1)
    places = [(EDGE + n * step, found) for n, found in told]
    above = [f"{x:.1f},{_y(found['high'], most):.1f}" for x, found in places]
    below = [f"{x:.1f},{_y(found['low'], most):.1f}" for x, found in reversed(places)]
    middle = [f"{x:.1f},{_y(found['difference'], most):.1f}" for x, found in places]
    return {
        "label": _(one.knob.label_of(arm)), "colour": ARM_COLOURS[turn % len(ARM_COLOURS)],
        "area": " ".join([*above, *below]), "line": " ".join(middle),
    }  # fmt: skip


def _y(value: float, most: float) -> float:
    inside = max(-1.0, min(1.0, value / most))
    return HEIGHT / 2 - inside * (HEIGHT / 2 - EDGE)
