"""What orders and payments said in one column moves into rows: parcels, attempts, finished orders."""

from django.db import migrations

BATCH = 2000


def carry(apps, schema_editor):
    Order, Line = apps.get_model("trade", "Order"), apps.get_model("trade", "Line")
    Shipment, Part = apps.get_model("trade", "Shipment"), apps.get_model("trade", "ShipmentLine")
    Payment, Attempt = apps.get_model("trade", "Payment"), apps.get_model("trade", "Attempt")
    Refund = apps.get_model("trade", "Refund")
    sent = Order.objects.exclude(tracking="").exclude(shipped_at=None)
    for order in sent.iterator():
        shipment = Shipment.objects.create(
            order=order, carrier=order.carrier, tracking=order.tracking, shipped_at=order.shipped_at
        )
        Part.objects.bulk_create(
            Part(shipment=shipment, line=line, count=line.count)
            for line in Line.objects.filter(order=order)
        )
    Order.objects.filter(state="received").exclude(settled_at=None).update(state="completed")
    tried = Payment.objects.exclude(method__in=["", "imported"])
    Attempt.objects.bulk_create(
        [
            Attempt(
                number=row.number,
                payment=row,
                method=row.method,
                started_at=row.expires_at,
                state="paid" if row.state in ("paid", "returned") else "closed",
            )
            for row in tried.iterator()
        ],
        batch_size=BATCH,
    )
    paid = dict(Attempt.objects.values_list("payment_id", "pk"))
    for refund in Refund.objects.filter(attempt=None).exclude(payment__method="imported"):
        Refund.objects.filter(pk=refund.pk).update(attempt_id=paid.get(refund.payment_id))


def give_back(apps, schema_editor):
    Order = apps.get_model("trade", "Order")
    for shipment in apps.get_model("trade", "Shipment").objects.order_by("id").iterator():
        Order.objects.filter(pk=shipment.order_id).update(
            carrier=shipment.carrier, tracking=shipment.tracking
        )
    Order.objects.filter(state="completed").update(state="received")


class Migration(migrations.Migration):
    dependencies = [("trade", "0003_orders_in_full")]
    operations = [migrations.RunPython(carry, give_back)]
