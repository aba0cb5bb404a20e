"""When the people of a shop come to its desk: nearly every day, at the falling shop less and less. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random
from typing import Any

from grapevine.front.demo.market import Shop
from grapevine.front.demo.plans import Plan
from grapevine.front.demo.traffic import days_until, moment_in

SIGNED_IN = "people.person_signed_in"
USUALLY = 0.8
"""The chance that somebody is there on a day."""
TIRING = ((7, 0.15), (28, 0.35))
"""Of the falling shop: so many days back, and the chance since then."""
SURE = 2
"""So many days ago everybody was there who has not given up."""


def visits(
    shops: Sequence[Shop], plans: Sequence[Plan], chance: Random, now: datetime
) -> Iterator[dict[str, Any]]:
    """Owners sign in, once a day at most, from the day the shop opened."""
    for shop, plan in zip(shops, plans, strict=True):
        for days_ago, day in days_until(now):
            at = moment_in(chance, day)
            likely = _likely(plan, days_ago)
            if chance.random() < likely and shop.opened_at < at < now:
                yield {
                    "at": at, "verb": SIGNED_IN, "person_id": shop.owner.id,
                    "visitor_id": f"v{shop.owner.id}", "object_type": "", "object_id": "",
                }  # fmt: skip


def _likely(plan: Plan, days_ago: int) -> float:
    if plan.role == "falling":
        return next((likely for days, likely in TIRING if days_ago < days), USUALLY)
    return 1.0 if days_ago == SURE else USUALLY
