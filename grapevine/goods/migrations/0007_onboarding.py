"""What it takes to sell: applications, papers, agreements, deposits; what withholds goods; judging and sampling; own brands."""

import django.db.models.deletion
import grapevine.kit.sealed
from django.db import migrations, models
from django.utils.timezone import now


RULES = (
    ("保健食品", ["food", "health_food"], ["批准文号", "保质期"], 3),
    ("婴幼儿配方乳粉", ["food", "infant_formula"], ["适用月龄", "保质期"], 3),
    ("医疗器械", ["medical_device"], ["注册证号"], 3),
    ("特殊化妆品", ["cosmetics"], ["批准文号"], 2),
    ("出版物", ["publication"], ["书号"], 1),
    ("白酒", ["alcohol"], ["酒精度"], 2),
)
FORBIDDEN = ("处方药", "烟草", "枪支弹药", "野生动物制品")


def rule(apps, schema_editor):
    """The first rules: categories that the law asks permits for, and what may not be sold at all."""
    made = apps.get_model("goods", "CategoryRule").objects
    for category, permits, required, risk in RULES:
        made.create(
            category=category, version=1, permits=permits, required=required, risk=risk, at=now()
        )
    for category in FORBIDDEN:
        made.create(category=category, version=1, is_forbidden=True, risk=3, at=now())


def want(apps, schema_editor):
    """What is on sale is what its shop wants there."""
    apps.get_model("goods", "Goods").objects.filter(on_sale=False).update(is_wanted=False)


def nothing(apps, schema_editor):
    """The tables go as a whole."""


class Migration(migrations.Migration):
    dependencies = [
        ("goods", "0006_axes"),
    ]

    operations = [
        migrations.AddField(
            model_name="goods",
            name="is_wanted",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="shop",
            name="deposit_due_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="shop",
            name="kind",
            field=models.CharField(blank=True, default="", max_length=10),
        ),
        migrations.CreateModel(
            name="CategoryRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("category", models.CharField(max_length=20)),
                ("version", models.PositiveIntegerField()),
                ("permits", models.JSONField(default=list)),
                ("required", models.JSONField(default=list)),
                ("risk", models.PositiveSmallIntegerField(default=0)),
                ("is_forbidden", models.BooleanField(default=False)),
                ("deposit_minor", models.BigIntegerField(default=0)),
                ("by_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("category", "version"), name="goods_rule_version"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("deposit_minor__gte", 0), ("risk__lte", 3)),
                        name="goods_rule_in_bounds",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InspectionPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=12, unique=True)),
                ("share_bps", models.PositiveIntegerField()),
                ("seed", models.BigIntegerField()),
                ("weights", models.JSONField(default=dict)),
                ("population", models.PositiveIntegerField()),
                ("by_id", models.BigIntegerField()),
                ("drawn_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("share_bps__gt", 0), ("share_bps__lte", 10000)),
                        name="goods_plan_share",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Storefront",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("draft", models.JSONField(default=dict)),
                ("live", models.JSONField(default=dict)),
                ("before", models.JSONField(default=dict)),
                ("published_at", models.DateTimeField(null=True)),
                (
                    "shop",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="goods.shop",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agreement", models.CharField(max_length=20)),
                ("version", models.CharField(max_length=12)),
                ("person_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="goods.shop",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop", "agreement", "version"), name="goods_accepted_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=12, unique=True)),
                ("kind", models.CharField(max_length=10)),
                ("state", models.CharField(default="draft", max_length=10)),
                ("company", models.CharField(blank=True, default="", max_length=80)),
                ("code", models.CharField(blank=True, default="", max_length=18)),
                ("licence_until", models.DateField(null=True)),
                ("person", models.CharField(blank=True, default="", max_length=40)),
                ("identity", grapevine.kit.sealed.SealedTextField(blank=True, default="")),
                ("identity_until", models.DateField(null=True)),
                ("phone", grapevine.kit.sealed.SealedTextField(blank=True, default="")),
                ("address", grapevine.kit.sealed.SealedTextField(blank=True, default="")),
                ("categories", models.JSONField(default=list)),
                ("reasons", models.JSONField(default=list)),
                ("created_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_id", models.BigIntegerField(null=True)),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="goods.shop",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "submitted_at"], name="goods_applications_due")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "submitted", "more", "rejected"))
                        ),
                        fields=("shop",),
                        name="goods_one_open_application",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "submitted", "more", "rejected", "approved"])
                        ),
                        name="goods_application_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["enterprise", "business", "individual"])),
                        name="goods_application_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DepositMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("reference", models.CharField(max_length=60, unique=True)),
                ("by_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="goods.shop",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor", 0), _negated=True),
                        name="goods_deposit_moves",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=12, unique=True)),
                ("kind", models.CharField(max_length=10)),
                ("permit", models.CharField(blank=True, default="", max_length=20)),
                ("number", models.CharField(blank=True, default="", max_length=60)),
                ("until", models.DateField(null=True)),
                ("file_id", models.BigIntegerField()),
                ("state", models.CharField(default="given", max_length=10)),
                ("told_days", models.SmallIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="goods.shop",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["shop", "kind"], name="goods_documents_of_shop")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["licence", "identity", "permit", "report"])
                        ),
                        name="goods_document_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["given", "accepted", "refused"])),
                        name="goods_document_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GoodsReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=12, unique=True)),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("change", models.JSONField(default=dict)),
                ("findings", models.JSONField(default=list)),
                ("reasons", models.JSONField(default=list)),
                ("risk", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_id", models.BigIntegerField(null=True)),
                (
                    "goods",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="goods.goods",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "-risk", "id"], name="goods_reviews_due"),
                    models.Index(fields=["goods", "-id"], name="goods_reviews_of_goods"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("goods",),
                        name="goods_one_open_review",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["waiting", "passed", "rejected", "replaced"])
                        ),
                        name="goods_review_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Inspection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=12, unique=True)),
                ("weight", models.PositiveIntegerField()),
                ("inspector_id", models.BigIntegerField(null=True)),
                ("state", models.CharField(default="drawn", max_length=8)),
                ("finding", models.CharField(blank=True, default="", max_length=400)),
                ("report_id", models.BigIntegerField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_id", models.BigIntegerField(null=True)),
                (
                    "goods",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="goods.goods",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="goods.inspectionplan",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["goods", "-id"], name="goods_inspections_of")],
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "goods"), name="goods_inspected_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["drawn", "passed", "failed"])),
                        name="goods_inspection_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OwnDomain",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("host", models.CharField(max_length=253)),
                ("token", models.CharField(max_length=17)),
                ("proof", models.CharField(blank=True, default="", max_length=4)),
                ("added_at", models.DateTimeField()),
                ("proved_at", models.DateTimeField(null=True)),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="goods.shop",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop", "host"), name="goods_domain_added_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("proved_at__isnull", False)),
                        fields=("host",),
                        name="goods_domain_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Withholding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cause", models.CharField(max_length=10)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("by_id", models.BigIntegerField(null=True)),
                ("since", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lifted_by_id", models.BigIntegerField(null=True)),
                (
                    "goods",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="goods.goods",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="goods.shop",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("lifted_at", None)),
                        fields=["shop"],
                        name="goods_withheld_now",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("goods__isnull", False), ("lifted_at", None)),
                        fields=("goods", "cause"),
                        name="goods_withheld_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("goods", None), ("lifted_at", None)),
                        fields=("shop", "cause"),
                        name="goods_shop_withheld_once",
                    ),
                ],
            },
        ),
        migrations.RunPython(rule, nothing),
        migrations.RunPython(want, nothing),
    ]
