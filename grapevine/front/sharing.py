"""How a group is shared: campaigns and spread do not know each other, so it is told here."""

from django.urls import reverse
from django.utils.translation import gettext as _

from grapevine.campaigns import facade as campaigns
from grapevine.goods import facade as goods
from grapevine.kit.formats import deadline_text
from grapevine.spread.contracts import NothingToShare, Shared


def group(public_id: str) -> Shared:
    """The words and picture of a group's link and poster."""
    found = campaigns.group_view(public_id)
    card = found.plan.goods
    if card is None:
        raise NothingToShare(public_id)
    shop = goods.shops([card.shop_id])[card.shop_id]
    said = _("还差 %(n)s 人 · %(until)s") % {
        "n": found.missing,
        "until": deadline_text(found.deadline),
    }
    return Shared(
        "group", public_id, card.shop_id, card.title, said, found.plan.price_minor, group=True,
        picture_id=card.cover.id if card.cover else None,
        path=reverse("campaigns:group", args=[public_id]), colour=shop.colour, shop_name=shop.name,
    )  # fmt: skip
