"""What a coupon may be, and what it is called."""

from datetime import datetime, timedelta

from grapevine.campaigns.contracts import Audience, NewCoupons
from grapevine.campaigns.rules.windows import (
    AMOUNT_MAX,
    TITLE_MAX,
    scope_wrong,
    window_wrong,
    yuan,
)
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked

ISSUE_MAX = 1_000_000
PER_PERSON_MAX = 99
DAYS_MAX = 366


def check_coupons(new: NewCoupons, *, now: datetime) -> None:
    """Everything that is wrong, named at once: BadInput."""
    wrong = _worth_wrong(new) | window_wrong(new.starts_at, new.ends_at, now)
    wrong |= scope_wrong(new.scope)
    if new.audience not in list(Audience):
        wrong["audience"] = marked("不知道发给谁")
    if not 1 <= new.issue_limit <= ISSUE_MAX:
        wrong["issue_limit"] = marked("发行量在 1 到 1000000 张之间")
    if not 1 <= new.per_person <= PER_PERSON_MAX:
        wrong["per_person"] = marked("每人限领在 1 到 99 张之间")
    if new.budget_minor is not None and not 0 < new.worth_minor <= new.budget_minor <= AMOUNT_MAX:
        wrong["budget"] = marked("预算至少够发一张")
    if new.days is not None and not 1 <= new.days <= DAYS_MAX:
        wrong["days"] = marked("领到后 1 到 366 天内有效")
    if len(new.title) > TITLE_MAX:
        wrong["title"] = marked("名字最多 40 个字")
    if wrong:
        raise BadInput(fields=wrong)


def _worth_wrong(new: NewCoupons) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not 0 < new.worth_minor <= AMOUNT_MAX:
        wrong["worth"] = marked("填减多少，折扣券填最多减多少")
    elif not 0 <= new.threshold_minor <= AMOUNT_MAX:
        wrong["threshold"] = marked("门槛是 0 或更多")
    elif new.rate_bps == 0 and 0 < new.threshold_minor <= new.worth_minor:
        wrong["worth"] = marked("减的要比门槛少")
    if not 0 <= new.rate_bps < 10_000:
        wrong["rate"] = marked("折扣在 0.1 到 9.9 折之间")
    return wrong


def pieces(new: NewCoupons) -> int:
    """How many can be given out: never more than the budget pays if every one is used in full."""
    if new.budget_minor is None:
        return new.issue_limit
    return min(new.issue_limit, new.budget_minor // new.worth_minor)


def ends(*, taken_at: datetime, ends_at: datetime, days: int | None) -> datetime:
    """Until when a coupon taken now can be used: never longer than its plan."""
    return min(ends_at, taken_at + timedelta(days=days)) if days else ends_at


def coupon_name(new: NewCoupons) -> str:
    """满200减30, 立减5, 满100打8.5折."""
    over = f"满{yuan(new.threshold_minor)}" if new.threshold_minor else ""
    if new.rate_bps:
        return f"{over}打{(10_000 - new.rate_bps) / 1000:g}折"
    return f"{over}减{yuan(new.worth_minor)}" if over else f"立减{yuan(new.worth_minor)}"
