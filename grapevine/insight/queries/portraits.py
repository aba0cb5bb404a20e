"""A shop's portrait of its people, and a person's own view of what shops' counts hold of them."""

from typing import Any

from grapevine.goods import facade as goods
from grapevine.insight.models import Customer, Touch
from grapevine.insight.queries.customers import code_of


def own_customer(person_id: int) -> list[dict[str, Any]]:
    """What every shop's count holds of this person, for their export; with what they were reached by."""
    rows = list(Customer.objects.filter(person_id=person_id).order_by("shop_id"))
    touched = Touch.objects.filter(person_id=person_id, is_held_out=False).values_list(
        "act__shop_id", "act__kind", "act__text", "act__done_at"
    )
    shops = goods.shops({row.shop_id for row in rows})
    return [
        {
            "shop": shops[row.shop_id].slug if row.shop_id in shops else "",
            "code": code_of(row.shop_id, person_id), "orders": row.orders,
            "spent_minor": row.spent_minor, "known_on": row.known_on.isoformat(),
            "views": row.views, "carts": row.carts, "comments": row.comments, "reads": row.reads,
            "brought": row.brought, "region": row.region, "category": row.category,
            "rfm": [row.recency, row.frequency, row.money],
            "alive_bps": row.alive_bps, "expected_orders": row.expected_orders,
            "expected_minor": row.expected_minor, "chance": row.chance, "reasons": row.reasons,
            "reached_by": [
                {"kind": kind, "text": text, "at": at.isoformat()}
                for shop_id, kind, text, at in touched if shop_id == row.shop_id
            ],
        }
        for row in rows
    ]  # fmt: skip
