"""A shop's own slots: what the model has for a person, or what sells best there, as an experiment may ask."""

from collections.abc import Sequence
from dataclasses import dataclass

from grapevine.discovery.contracts import Suggested
from grapevine.discovery.queries.recommending import recommend_goods
from grapevine.kit.text import marked
from grapevine.people import facade as people
from grapevine.signals import facade as signals
from grapevine.signals.facade import Arm, Knob, UnitKind, Variant

MODEL, POPULAR = "model", "popular"
SURFACE = "shop.slot"
"""Of the log: impressions and clicks inside the slots."""
SLOT = Knob(
    name="shop.slot",
    label=marked("店铺里的推荐位"),
    arms=(Arm(POPULAR, marked("卖得最好的")), Arm(MODEL, marked("推荐模型"))),
    control=POPULAR,
    default=MODEL,
    units=(UnitKind.PERSON, UnitKind.CLUSTER),
    measures=("ctr", "conversion", "gmv"),
    surface=SURFACE,
)
NOBODY_ASKED = Variant(MODEL)


@dataclass(frozen=True, slots=True)
class Slot:
    suggested: Sequence[Suggested]
    variant: Variant
    """To be exposed by whoever shows them."""


def shop_slot(
    person_id: int | None, shop_id: int, limit: int, *, personalised: bool | None, is_recognised: bool = True,
    seen: Sequence[int] = (), region: str | None = None,
) -> Slot:  # fmt: skip
    """Goods of this shop alone. Strangers and who is not to be recognised see the same as ever, in no experiment.

    Who gets what sells best gets what a stranger would. At most three queries more than `recommend_goods`, and one
    where no experiment runs.
    """
    if person_id is not None and personalised is None:
        personalised = people.personalised(person_id)
    if person_id is None or not personalised or not is_recognised:
        found = recommend_goods(
            person_id, shop_id, limit, seen=seen, region=region, personalised=personalised
        )
        return Slot(found, NOBODY_ASKED)
    shown = signals.variant(SLOT.name, shop_id=shop_id, person_id=person_id)
    if shown.arm == MODEL:
        found = recommend_goods(
            person_id, shop_id, limit, seen=seen, region=region, personalised=True
        )
        return Slot(found, shown)
    return Slot(recommend_goods(None, shop_id, limit, personalised=False), shown)
