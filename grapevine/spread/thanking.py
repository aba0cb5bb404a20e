"""Who is thanked for a share: whoever shared, whoever was invited, or both in halves. The sum is the same whichever it is.

It goes by the goods that are shared, never by who shares or who is invited: everybody who looks at the goods is told the
same before they buy (Personal Information Protection Law of the PRC, article 24), and the price is the same for all. One
tier stays one tier: who was invited is thanked for their own order, and for nobody else's (禁止传销条例, article 7).
"""

from grapevine.goods import facade as goods
from grapevine.kit.text import marked
from grapevine.signals import facade as signals
from grapevine.signals.facade import Arm, Knob, Touching, UnitKind, Variant
from grapevine.spread.rules import BOTH, INVITED, SHARER

REWARD = Knob(
    name="share.reward",
    label=marked("分享的佣金给谁"),
    arms=(
        Arm(SHARER, marked("分享的人")),
        Arm(INVITED, marked("被邀请的人")),
        Arm(BOTH, marked("各一半")),
    ),
    control=SHARER,
    default=SHARER,
    units=(UnitKind.GOODS,),
    measures=("brought", "sharing", "conversion", "gmv"),
    for_platform=False,
    touches=Touching.TERMS,
)


def reward_of(object_type: str, object_id: str, shop_id: int | None) -> Variant:
    """Of a shared object; what is no goods of one shop thanks whoever shared. At most three queries, none for the others."""
    if object_type != "goods" or shop_id is None:
        return Variant(SHARER)
    goods_id = goods.goods_id_of(shop_id, object_id)
    if goods_id is None:
        return Variant(SHARER)
    return signals.variant(REWARD.name, shop_id=shop_id, goods_id=goods_id)
