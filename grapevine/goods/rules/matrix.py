"""Options made from axes, and times that can be booked made from a range of days. Pure."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from itertools import product

from grapevine.goods.rules.listing import SKUS_MAX
from grapevine.goods.rules.options import AXES_MAX, JOINT
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked

OPTION_MAX = 60
DAYS_MAX = 366


def values_of(text: str) -> list[str]:
    """ "红，蓝, 绿" or one a line: each once, in order."""
    for mark in ("，", "、", ",", ";", "；"):
        text = text.replace(mark, "\n")
    return list(dict.fromkeys(part.strip() for part in text.splitlines() if part.strip()))


def matrix(axes: Sequence[tuple[str, Sequence[str]]]) -> tuple[str, list[str]]:
    """The axes' names joined, and every combination of their values as options; an axis without values is left out.

    Raises BadInput for more than four axes, more combinations than goods may have, or an option that is too long.
    """
    used = [(name.strip(), list(values)) for name, values in axes if values]
    wrong = ""
    count = 1
    for _, values in used:
        count *= len(values)
    if not 1 <= len(used) <= AXES_MAX or any(not name for name, _ in used):
        wrong = marked("写 1 到 4 层，每层要有名字和至少一个值")
    elif count > SKUS_MAX:
        wrong = marked("组合太多了，最多 100 个规格")
    elif any(JOINT in value for _, values in used for value in values):
        wrong = marked("值里不要写“ / ”")
    options = [] if wrong else [JOINT.join(one) for one in product(*(values for _, values in used))]
    if any(len(option) > OPTION_MAX for option in options):
        wrong = marked("规格名最多 60 个字")
    if wrong:
        raise BadInput(fields={"axes": wrong})
    return JOINT.join(name for name, _ in used), options


def slots(*, first: date, last: date, weekdays: Sequence[int], times: Sequence[str]) -> list[str]:
    """Options "2026-12-01 / 10:00" for each time on each of these weekdays (Monday 0) from first to last.

    Without times a day is one option. Raises BadInput for none, or more than goods may have.
    """
    if last < first or (last - first).days > DAYS_MAX:
        raise BadInput(fields={"slots": marked("结束日期要在开始日期之后，最多一年")})
    clean = sorted({_clock(text) for text in times})
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    chosen = [day for day in days if day.weekday() in weekdays]
    found = [
        JOINT.join(part for part in (day.isoformat(), at) if part)
        for day in chosen
        for at in clean or [""]
    ]
    if not 1 <= len(found) <= SKUS_MAX:
        raise BadInput(fields={"slots": marked("要有 1 到 100 个时段，缩短日期或少选几天")})
    return found


def _clock(text: str) -> str:
    try:
        return time.fromisoformat(text.strip().zfill(5)).strftime("%H:%M")
    except ValueError:
        raise BadInput(fields={"slots": marked("时间写成 10:00 这样")}) from None
