"""The buttons of a new shop's checklist."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from grapevine.goods.actions import samples, shipping
from grapevine.goods.contracts import Right, ShippingZone
from grapevine.goods.queries import cards, places
from grapevine.kit.pages import me, signed_in_page


def _back(slug: str) -> HttpResponse:
    return HttpResponseRedirect(f"/console/{slug}/", status=303)


@require_POST
@signed_in_page
def remove_samples(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /console/<slug>/samples/ : take every sample out."""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    samples.remove_samples(shop_id=shop.id)
    messages.success(request, _("示例商品都删掉了"))
    return _back(slug)


@require_POST
@signed_in_page
def free_shipping(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /console/<slug>/free-shipping/ : a first template, free everywhere; nothing where there is one."""
    shop = cards.shop_for_staff(me(request), slug, Right.SETTINGS)
    if not places.shipping_templates([shop.id]):
        shipping.save_shipping(
            shop_id=shop.id, name=_("全国包邮"), zones=[ShippingZone()], is_default=True
        )
    messages.success(request, _("已保存"))
    return _back(slug)
