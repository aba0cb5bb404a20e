"""What of an order has left its warehouses."""

from django.db.models import Sum

from grapevine.trade.models import Order, ShipmentLine


def pieces_gone(order: Order) -> list[tuple[int, int, int]]:
    """(SKU, warehouse, pieces) in parcels. One query."""
    rows = ShipmentLine.objects.filter(shipment__order=order).exclude(shipment__warehouse_id=None)
    found = rows.values_list("line__sku_id", "shipment__warehouse_id").annotate(n=Sum("count"))
    return list(found.order_by("line__sku_id", "shipment__warehouse_id"))
