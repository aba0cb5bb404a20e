"""Which loader takes which file, and what some rows need beside their reference columns."""

from grapevine.front.interchange.checking import Row
from grapevine.front.interchange.known import Directory
from grapevine.front.interchange.loaders.behaviour import load_events
from grapevine.front.interchange.loaders.sales import load_orders
from grapevine.front.interchange.loaders.shelves import load_goods, load_shops, sku_key
from grapevine.front.interchange.loaders.social import load_follows, load_people
from grapevine.front.interchange.loaders.together import load_groups, load_shares
from grapevine.front.interchange.loaders.writings import load_notes
from grapevine.front.interchange.loading import Load

LOADERS: dict[str, Load] = {
    "people": load_people,
    "follows": load_follows,
    "shops": load_shops,
    "goods": load_goods,
    "notes": load_notes,
    "groups": load_groups,
    "shares": load_shares,
    "orders": load_orders,
    "events": load_events,
}


def also_wants(table: str, row: Row, directory: Directory) -> None:
    """Ask for ids that no reference column names: a goods' own, and a SKU by its code."""
    if table == "goods":
        directory.want("goods", row["id"])
    elif table == "orders" and row["sku"]:
        directory.want("skus", sku_key(row["goods_id"], row["sku"]))
