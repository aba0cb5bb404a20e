"""What a shop does first: somebody who waits, then what stops its sales, then what would be nice."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from grapevine.goods.contracts import Right, ShopCard


@dataclass(frozen=True, slots=True)
class Pressing:
    """What there is to do, each as a count or a yes; what the reader may not do counts nothing."""

    to_ship: int = 0
    cases: int = 0
    must_apply: bool = False
    scarce: int = 0
    groups: int = 0
    must_list: bool = False


ORDER = (
    ("ship", "to_ship", Right.SHIPPING),
    ("answer", "cases", Right.AFTER_SALES),
    ("apply", "must_apply", Right.CLOSING),
    ("list", "must_list", Right.GOODS),
    ("restock", "scarce", Right.GOODS),
    ("help", "groups", Right.MARKETING),
)
"""By whom it costs: buyers who paid or complain, sales that cannot be, sales that soon cannot be."""


def first_thing(pressing: Pressing, rights: frozenset[Right]) -> str:
    """ship, answer, apply, list, restock or help; write where nothing presses."""
    return next(
        (name for name, field, right in ORDER if right in rights and getattr(pressing, field)),
        "write",
    )


def said(what: str, pressing: Pressing, shop: ShopCard, gone: str) -> dict[str, Any]:
    """The sentence, and the one button that does it. `gone` is the title of what is sold out already, if anything is."""
    slug = [shop.slug]
    restock = (
        _("“%(title)s”已经卖完，先补货。") % {"title": gone}
        if gone
        else ngettext(
            "%(n)s 个规格快缺货了，补一补。", "%(n)s 个规格快缺货了，补一补。", pressing.scarce
        )
        % {"n": pressing.scarce}
    )
    lead, label, icon, url = {
        "ship": (
            ngettext("先发 %(n)s 单。", "先发 %(n)s 单。", pressing.to_ship) % {"n": pressing.to_ship},
            _("去发这 %(n)s 单") % {"n": pressing.to_ship},
            "truck", reverse("trade:desk", args=slug) + "?state=paid",
        ),
        "answer": (
            ngettext("%(n)s 个售后等你答复。", "%(n)s 个售后等你答复。", pressing.cases) % {"n": pressing.cases},
            _("去答复"), "refund",
            reverse("trade:aftersales_desk", args=slug) + "?state=requested",
        ),
        "apply": (
            _("先把开店申请交上去，通过以后才能卖。"), _("去填申请"), "shield",
            reverse("goods:application", args=slug),
        ),
        "list": (
            _("店里还没有商品，先上架一件。"), _("上架商品"), "plus", reverse("goods:new", args=slug),
        ),
        "restock": (restock, _("去补货"), "goods", reverse("goods:table", args=slug) + "?state=low"),
        "help": (
            _("有团快到期，去帮一把。"), _("去看这些团"), "users", reverse("campaigns:desk", args=slug),
        ),
        "write": (
            _("手头没有急事。发一篇笔记，让更多人看到你的店。"), _("写笔记"), "pen",
            reverse("scene:compose"),
        ),
    }[what]  # fmt: skip
    return {"lead": lead, "label": label, "icon": icon, "url": url}
