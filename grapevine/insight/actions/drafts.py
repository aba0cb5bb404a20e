"""Drafts about pieces that lie: made with one click, done through prices or campaigns, or dropped."""

from django.db import IntegrityError, transaction

from grapevine.campaigns import facade as campaigns
from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewPrice
from grapevine.insight.models import SaleDraft
from grapevine.insight.queries.slow import draft_view, slow_row
from grapevine.insight.slowness import DraftNotFound, DraftView, NotSlow, SlowRow
from grapevine.kit import clock
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked

GROUP_SIZE, GROUP_HOURS = 3, 24
REASON = marked("清理滞销")


def make_draft(*, shop_id: int, code: str, actor_id: int) -> DraftView:
    """The suggested action for a slow SKU as a draft; one that waits already is returned as it is. Raises NotSlow."""
    row = slow_row(shop_id, code)
    if row is None:
        raise NotSlow(code)
    sku, kind, price = row.sku, *_wanted(row)
    try:
        with transaction.atomic():
            made = SaleDraft.objects.create(
                public_id=new_id(), shop_id=shop_id, sku_id=sku.sku_id, code=sku.code,
                goods_public_id=sku.public_id, title=f"{sku.title} {sku.option}".strip(), kind=kind,
                before_minor=sku.price_minor, price_minor=price, made_by=actor_id, made_at=clock.now(),
            )  # fmt: skip
    except IntegrityError:
        made = SaleDraft.objects.get(sku_id=sku.sku_id, kind=kind, state="draft")
    return draft_view(made)


def _wanted(row: SlowRow) -> tuple[str, int | None]:
    """The kind and its price. A group's price stands below the lowest price of the goods, else there is no group."""
    told, sku = row.told, row.sku
    if told.action == "group" and told.price_minor is not None:
        price = min(told.price_minor, told.price_minor * sku.lowest_minor // sku.price_minor)
        if 0 < price < sku.lowest_minor and price >= (sku.cost_minor or 0):
            return "group", price
        return "discount", told.price_minor
    return told.action, told.price_minor


def find_draft(shop_id: int, public_id: str) -> DraftView:
    """A draft that waits. Raises DraftNotFound."""
    return draft_view(_waiting(shop_id, public_id))


def _waiting(shop_id: int, public_id: str) -> SaleDraft:
    found = SaleDraft.objects.filter(shop_id=shop_id, public_id=public_id, state="draft").first()
    if found is None:
        raise DraftNotFound(public_id)
    return found


@transaction.atomic
def carry_out(*, shop_id: int, public_id: str, actor_id: int, large_ok: bool = False) -> DraftView:
    """Do what a draft says: a price batch that can be undone, or a group plan. Raises what these raise."""
    draft = _waiting(shop_id, public_id)
    if not SaleDraft.objects.filter(pk=draft.pk, state="draft").update(state="done"):
        raise DraftNotFound(public_id)
    result = ""
    if draft.kind == "discount" and draft.price_minor is not None:
        result = goods.change_prices(
            shop_id=shop_id, prices=[NewPrice(draft.code, draft.price_minor)], actor_id=actor_id,
            reason=REASON, large_ok=large_ok,
        )  # fmt: skip
    elif draft.kind == "group" and draft.price_minor is not None:
        result = campaigns.create_plan(
            shop_id=shop_id, goods_public_id=draft.goods_public_id, size=GROUP_SIZE,
            price_minor=draft.price_minor, hours=GROUP_HOURS,
        ).public_id  # fmt: skip
    SaleDraft.objects.filter(pk=draft.pk).update(result=result)
    draft.refresh_from_db()
    return draft_view(draft)


@transaction.atomic
def drop_draft(*, shop_id: int, public_id: str) -> None:
    draft = _waiting(shop_id, public_id)
    if not SaleDraft.objects.filter(pk=draft.pk, state="draft").update(state="dropped"):
        raise DraftNotFound(public_id)
