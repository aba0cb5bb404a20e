"""After-sales: cases with their thread; many refunds an order, counted on the order and its lines."""

import django.db.models.deletion
from django.db import migrations, models

GIVEN_BACK = """
UPDATE trade_order SET refunded_minor = total_minor, refunded_subsidy_minor = subsidy_minor
WHERE state = 'refunded'
"""
LINES_GIVEN_BACK = """
UPDATE trade_line SET refunded_count = count, refunded_minor = price_minor * count - discount_minor
WHERE order_id IN (SELECT id FROM trade_order WHERE state = 'refunded')
"""
"""Until now an order went back as a whole."""


class Migration(migrations.Migration):
    dependencies = [
        ("trade", "0010_orders_at_the_desk"),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=20, unique=True)),
                ("buyer_id", models.BigIntegerField()),
                ("shop_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=10)),
                ("reason", models.CharField(max_length=12)),
                ("words", models.CharField(blank=True, default="", max_length=500)),
                (
                    "state",
                    models.CharField(default="requested", max_length=10),
                ),
                ("before_shipping", models.BooleanField(default=False)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(default="CNY", max_length=3)),
                ("carrier", models.CharField(blank=True, default="", max_length=30)),
                ("tracking", models.CharField(blank=True, default="", max_length=40)),
                ("new_carrier", models.CharField(blank=True, default="", max_length=30)),
                ("new_tracking", models.CharField(blank=True, default="", max_length=40)),
                ("outcome", models.CharField(blank=True, default="", max_length=10)),
                ("opened_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("escalated_at", models.DateTimeField(null=True)),
                ("ruled_for", models.CharField(blank=True, default="", max_length=6)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CaseLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("count", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="CaseMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("author", models.CharField(max_length=10)),
                ("author_id", models.BigIntegerField()),
                ("words", models.CharField(blank=True, default="", max_length=1000)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="CasePicture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("picture_id", models.BigIntegerField()),
                ("position", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="CaseStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=10)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
            ],
        ),
        migrations.AddField(
            model_name="line",
            name="refunded_count",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="line",
            name="refunded_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="line",
            name="returns",
            field=models.CharField(db_default="seven_days", default="seven_days", max_length=10),
        ),
        migrations.AddField(
            model_name="line",
            name="returns_confirmed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="order",
            name="refunded_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="order",
            name="refunded_subsidy_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name="refund",
            name="order",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="trade.order",
            ),
        ),
        migrations.RunSQL(GIVEN_BACK, migrations.RunSQL.noop),
        migrations.RunSQL(LINES_GIVEN_BACK, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("refunded_count__lte", models.F("count")),
                    ("refunded_minor__gte", 0),
                    (
                        "refunded_minor__lte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("price_minor"), "*", models.F("count")
                            ),
                            "-",
                            models.F("discount_minor"),
                        ),
                    ),
                ),
                name="trade_line_refunds",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("refunded_minor__gte", 0),
                    ("refunded_minor__lte", models.F("total_minor")),
                    ("refunded_subsidy_minor__gte", 0),
                    ("refunded_subsidy_minor__lte", models.F("subsidy_minor")),
                ),
                name="trade_order_refunds",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trade.order"
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="refund",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="trade.refund",
            ),
        ),
        migrations.AddField(
            model_name="caseline",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trade.case"
            ),
        ),
        migrations.AddField(
            model_name="caseline",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trade.line"
            ),
        ),
        migrations.AddField(
            model_name="casemessage",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trade.case"
            ),
        ),
        migrations.AddField(
            model_name="casepicture",
            name="message",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="trade.casemessage",
            ),
        ),
        migrations.AddField(
            model_name="casestep",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trade.case"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["buyer_id", "-id"], name="trade_cases_of_buyer"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["shop_id", "state", "-id"], name="trade_cases_of_shop"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("due_at", None), _negated=True),
                fields=["due_at"],
                name="trade_cases_due",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["opened_at"], name="trade_cases_opened"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "requested",
                            "rejected",
                            "platform",
                            "returning",
                            "sent",
                            "received",
                            "replaced",
                            "refunding",
                            "done",
                            "closed",
                            "cancelled",
                        ],
                    )
                ),
                name="trade_case_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["refund", "return", "exchange", "shortage"])),
                name="trade_case_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "reason__in",
                        [
                            "no_reason",
                            "quality",
                            "damaged",
                            "wrong",
                            "different",
                            "missing",
                            "not_arrived",
                            "unsent",
                        ],
                    )
                ),
                name="trade_case_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at", None),
                    ("state__in", ("done", "closed", "cancelled")),
                    _connector="XOR",
                ),
                name="trade_case_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gte", 0)), name="trade_case_amount"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("ruled_for__in", ["", "buyer", "shop"])),
                name="trade_case_ruling",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseline",
            constraint=models.UniqueConstraint(
                fields=("case", "line"), name="trade_case_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="caseline",
            constraint=models.CheckConstraint(
                condition=models.Q(("count__gt", 0)), name="trade_case_line_count"
            ),
        ),
        migrations.AddConstraint(
            model_name="casemessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("author__in", ["buyer", "shop", "operator"])),
                name="trade_message_author",
            ),
        ),
        migrations.AddConstraint(
            model_name="casepicture",
            constraint=models.UniqueConstraint(
                fields=("message", "position"), name="trade_case_picture_place"
            ),
        ),
    ]
