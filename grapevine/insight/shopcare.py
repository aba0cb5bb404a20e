"""The round over all shops: count their weeks, judge them, write down who stayed, open what there is to follow up."""

from typing import Any

from django.utils import timezone

from grapevine.insight import shopleaving, shopweeks
from grapevine.insight.actions import following, serving, staging


def count() -> int:
    return shopweeks.build(timezone.localdate())


def care(*, is_counted: bool = False) -> dict[str, int]:
    """Twice on one day changes nothing more. `is_counted`: the weeks were counted just now."""
    today = timezone.localdate()
    counted = 0 if is_counted else shopweeks.build(today)
    changed = staging.judge_shops(today)
    settled, lapsed = following.settle_trials(today), following.lapse_follow_ups(today)
    following.forget_contacts()
    return {
        "weeks": counted, "changed": changed, "settled": settled, "lapsed": lapsed,
        "opened": following.open_follow_ups(today), **serving.serve_shops(today),
    }  # fmt: skip


def train() -> dict[str, Any]:
    return shopleaving.train(timezone.localdate())
