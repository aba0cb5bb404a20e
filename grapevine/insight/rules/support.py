"""What a shop should do next, by its stage: a short list, the first open entry is its next step.

Each names the page of the console where it is done. Whether it is done is read from what is there; of some nobody can
know (None), and they are never ticked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grapevine.insight.rules.stages import Signals, Stage

OUTCOMES = ["stays", "unsure", "leaves", "unreachable", "lapsed"]
"""What came of a follow-up; it lapses when nobody took it up."""
WAYS = ["phone", "chat", "visit", "mail"]
SHIP_HOURS = 24
SHELF = 5


@dataclass(frozen=True, slots=True)
class Step:
    code: str
    page: str
    """The URL name of the page where it is done; it takes the shop's slug, or nothing."""
    is_done: bool | None


def steps(stage: Stage, shop: Signals) -> Sequence[Step]:
    """The list of a stage, in the order it helps."""
    if stage is Stage.ACQUIRE:
        return (
            Step("list_first", "goods:new", shop.goods > 0),
            Step("brand", "goods:brand", None),
            Step("share_shop", "goods:shop", shop.orders_ever > 0),
        )
    if stage is Stage.START:
        return (
            Step("list_more", "goods:new", shop.goods >= SHELF),
            Step("open_group", "campaigns:desk", shop.campaigns > 0),
            Step("answer_reviews", "care:desk", shop.replies > 0),
            Step("write_note", "scene:compose", None),
        )
    if stage is Stage.OPERATE:
        return (
            Step(
                "ship_fast", "trade:desk", shop.ship_hours is None or shop.ship_hours <= SHIP_HOURS
            ),
            Step("campaign", "campaigns:desk", shop.campaigns > 0),
            Step("list_new", "goods:new", shop.listings > 0),
            Step("read_tree", "insight:tree", None),
            Step("clear_slow", "insight:slow", None),
        )
    if stage is Stage.AT_RISK:
        return (
            Step("look_in", "trade:desk", shop.quiet_days <= 2),
            Step("answer_cases", "trade:aftersales_desk", not shop.tickets),
            Step("list_new", "goods:new", shop.listings > 0),
            Step("coupon_fans", "campaigns:desk", shop.campaigns > 0),
        )
    return (Step("reopen", "goods:application", None),)


def next_step(stage: Stage, shop: Signals) -> Step:
    """The first that is open, else the first of which nobody knows, else the last."""
    found = steps(stage, shop)
    open_ones = [step for step in found if step.is_done is False]
    unknown = [step for step in found if step.is_done is None]
    return (*open_ones, *unknown, found[-1])[0]


@dataclass(frozen=True, slots=True)
class Playbook:
    """What the house does for a shop that came to a stage, and within how many days."""

    code: str
    days: int


PLAYBOOKS: Mapping[Stage, Playbook] = {
    Stage.ACQUIRE: Playbook("onboarding_call", 3),
    Stage.START: Playbook("course", 14),
    Stage.OPERATE: Playbook("tool_trial", 28),
    Stage.AT_RISK: Playbook("managed", 7),
}


def is_served(stage: Stage, shop: Signals) -> bool:
    """Whether everything of a stage's list that anybody can know of is done."""
    known = [step.is_done for step in steps(stage, shop) if step.is_done is not None]
    return bool(known) and all(known)
