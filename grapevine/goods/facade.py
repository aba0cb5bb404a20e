"""What the rest of the house may call."""

from grapevine.goods.actions.bulk import (
    add_skus_bulk,
    count_sold_bulk,
    save_goods_bulk,
    save_shops_bulk,
)
from grapevine.goods.actions.desk import (
    edit_goods,
    list_goods,
    open_shop,
    set_facts,
    set_on_sale,
)
from grapevine.goods.actions.prices import change_prices, set_costs, undo_prices
from grapevine.goods.actions.shipping import save_shipping, set_terms
from grapevine.goods.actions.stock import (
    expire_holds,
    hold,
    release,
    restock,
    seems_sold_out,
    sell,
)
from grapevine.goods.actions.warehouses import (
    add_warehouse,
    adjust,
    import_counts,
    set_free,
    set_hot,
    transfer,
)
from grapevine.goods.queries.cards import (
    find_goods,
    goods_by_public_id,
    goods_by_public_ids,
    goods_cards,
    goods_detail,
    goods_ids_between,
    goods_of_shop,
    low_stock,
    shop_by_slug,
    shop_for_staff,
    shops,
    shops_of,
    shops_page,
    sku_by_code,
    sku_code_of,
    sku_ids,
    sku_lines,
    sku_lines_by_code,
)
from grapevine.goods.queries.duties import people_with
from grapevine.goods.queries.places import (
    holds_of,
    shipping_templates,
    stock_by_warehouse,
    transfer_suggestions,
    warehouses,
)
from grapevine.goods.queries.prices import price_batches, priced_skus
from grapevine.goods.queries.sheet import sheet
from grapevine.goods.rules.options import AXES_MAX
from grapevine.goods.rules.shipping import shipping_cost

__all__ = [
    "AXES_MAX",
    "add_skus_bulk",
    "add_warehouse",
    "adjust",
    "change_prices",
    "count_sold_bulk",
    "edit_goods",
    "expire_holds",
    "find_goods",
    "goods_by_public_id",
    "goods_by_public_ids",
    "goods_cards",
    "goods_detail",
    "goods_ids_between",
    "goods_of_shop",
    "hold",
    "holds_of",
    "import_counts",
    "list_goods",
    "low_stock",
    "open_shop",
    "people_with",
    "price_batches",
    "priced_skus",
    "release",
    "restock",
    "save_goods_bulk",
    "save_shipping",
    "save_shops_bulk",
    "seems_sold_out",
    "sell",
    "set_costs",
    "set_facts",
    "set_free",
    "set_hot",
    "set_on_sale",
    "set_terms",
    "sheet",
    "shipping_cost",
    "shipping_templates",
    "shop_by_slug",
    "shop_for_staff",
    "shops",
    "shops_of",
    "shops_page",
    "sku_by_code",
    "sku_code_of",
    "sku_ids",
    "sku_lines",
    "sku_lines_by_code",
    "stock_by_warehouse",
    "transfer",
    "transfer_suggestions",
    "undo_prices",
    "warehouses",
]
