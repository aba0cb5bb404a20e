"""An operator weighs the feed's channels, or switches one off: from the next page that is made."""

from django.db import transaction

from grapevine.discovery.models import ChannelRule
from grapevine.discovery.rules.blending import PERSONAL_WEIGHTS, WEIGHT_MAX
from grapevine.discovery.rules.choosing import GOODS_KEY, PERSONAL
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked


@transaction.atomic
def set_channel(*, operator_id: int, channel: str, weight: int, is_on: bool) -> None:
    """`channel`: of the feed, or of goods with `g.` before it. Raises BadInput for another, or a weight outside 1 to 20."""
    usual = {one.value: weight for one, weight in PERSONAL_WEIGHTS.items()}
    usual |= {f"{GOODS_KEY}{one.value}": weight for one, weight in PERSONAL.items()}
    if channel not in usual:
        raise BadInput(fields={"channel": marked("没有这个渠道")})
    if not 1 <= weight <= WEIGHT_MAX:
        raise BadInput(fields={"weight": marked("权重是 1 到 20 的整数")})
    before = ChannelRule.objects.filter(pk=channel).values("weight", "is_on").first()
    ChannelRule.objects.update_or_create(
        channel=channel, defaults={"weight": weight, "is_on": is_on, "changed_at": clock.now()}
    )
    guard.audit(
        actor_id=operator_id, action="discovery.set_channel", object=f"channel:{channel}",
        before=before or {"weight": usual[channel], "is_on": True},
        after={"weight": weight, "is_on": is_on},
    )  # fmt: skip
