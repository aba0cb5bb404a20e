"""How many make a group, as an experiment of the shop may ask: drawn by goods, so that everybody sees the same."""

from django.db.models import Q

from grapevine.campaigns.models import GroupPlan
from grapevine.campaigns.rules.plans import SIZE_MAX, SIZE_MIN
from grapevine.kit.text import marked
from grapevine.signals import facade as signals
from grapevine.signals.facade import Arm, Knob, Touching, UnitKind

PLANNED, FEWER, MORE = "planned", "fewer", "more"
STEP = {PLANNED: 0, FEWER: -1, MORE: 1}
SIZE = Knob(
    name="group.size",
    label=marked("几人成团"),
    arms=(
        Arm(PLANNED, marked("和设定的一样")),
        Arm(FEWER, marked("少一个人")),
        Arm(MORE, marked("多一个人")),
    ),
    control=PLANNED,
    default=PLANNED,
    units=(UnitKind.GOODS,),
    measures=("fill", "conversion", "gmv"),
    for_platform=False,
    can_last=False,
    touches=Touching.TERMS,
)
"""The price stays as it is. What was decided is for the shop to set in its plans."""
PLANS_MAX = 5_000


def unsize_plans(shop_id: int) -> int:
    """Give all plans of a shop their own size at once: its experiment stopped. Groups that are open keep theirs."""
    tried = GroupPlan.objects.filter(shop_id=shop_id, trial_size__isnull=False)
    return tried.update(trial_size=None)


def size_plans() -> int:
    """Give running plans of shops that experiment the size of their arm, and the others their own; returns how many changed.

    Groups that are open keep the size they were opened with. A plan counts as exposed on every day it runs so.
    """
    owners = signals.owners_experimenting(SIZE.name)
    plans = GroupPlan.objects.filter(active=True)
    asked = plans.filter(Q(shop_id__in=owners) | Q(trial_size__isnull=False)).order_by("id")
    changed = 0
    for plan in asked[:PLANS_MAX]:
        shown = signals.variant(SIZE.name, shop_id=plan.shop_id, goods_id=plan.goods_id)
        size = min(SIZE_MAX, max(SIZE_MIN, plan.size + STEP[shown.arm]))
        trial = size if shown.experiment and size != plan.size else None
        if trial != plan.trial_size:
            changed += plans.filter(pk=plan.pk).update(trial_size=trial)
        signals.expose(shown)
    return changed
