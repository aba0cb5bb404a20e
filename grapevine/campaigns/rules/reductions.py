"""What a 满减 may be."""

from datetime import datetime

from grapevine.campaigns.contracts import NewReduction
from grapevine.campaigns.rules.windows import (
    AMOUNT_MAX,
    TITLE_MAX,
    scope_wrong,
    window_wrong,
    yuan,
)
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked

TIERS_MAX = 5


def check_reduction(new: NewReduction, *, now: datetime) -> None:
    """Tiers rise, and each cuts less than its threshold. Raises BadInput."""
    wrong = window_wrong(new.starts_at, new.ends_at, now) | scope_wrong(new.scope)
    if not 1 <= len(new.tiers) <= TIERS_MAX:
        wrong["tiers"] = marked("写 1 到 5 档")
    elif any(not 0 < cut < threshold <= AMOUNT_MAX for threshold, cut in new.tiers):
        wrong["tiers"] = marked("每一档减的要比门槛少")
    elif any(
        after[0] <= before[0] or after[1] <= before[1]
        for before, after in zip(new.tiers, new.tiers[1:], strict=False)
    ):
        wrong["tiers"] = marked("门槛和减的都要一档比一档高")
    if len(new.title) > TITLE_MAX:
        wrong["title"] = marked("名字最多 40 个字")
    if wrong:
        raise BadInput(fields=wrong)


def reduction_name(new: NewReduction) -> str:
    """满200减30，满300减50."""
    named = "，".join(f"满{yuan(threshold)}减{yuan(cut)}" for threshold, cut in new.tiers)
    return named if len(named) <= TITLE_MAX else f"{named[: TITLE_MAX - 1]}…"
