"""A paper that a later one took the place of is kept as replaced."""

from typing import Any

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Q

BEFORE = ["given", "accepted", "refused"]
BY_PRODUCT = ("health_food", "infant_formula", "cosmetics", "test_report")


def set_aside(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Of every kind of paper of a shop the one that lasts longest was what counted: the others were replaced by it."""
    Document = apps.get_model("goods", "Document")
    best: dict[tuple[int, str, str], Any] = {}
    rows = Document.objects.filter(state="accepted").exclude(permit__in=BY_PRODUCT)
    for row in rows.order_by("id").iterator():
        key = (row.shop_id, row.kind, row.permit)
        known = best.get(key)
        if known is None:
            best[key] = row
            continue
        lasts = row.until is None or (known.until is not None and row.until >= known.until)
        kept, gone = (row, known) if lasts else (known, row)
        best[key] = kept
        Document.objects.filter(pk=gone.pk).update(state="replaced", replaced_by=kept)


def take_back(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("goods", "Document").objects.filter(state="replaced").update(state="accepted")


class Migration(migrations.Migration):
    dependencies = [("goods", "0015_goods_video")]
    operations = [
        migrations.AddField(
            "document",
            "replaced_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="goods.document",
            ),
        ),
        migrations.RemoveConstraint("document", "goods_document_state"),
        migrations.AddConstraint(
            "document",
            models.CheckConstraint(
                condition=Q(state__in=[*BEFORE, "replaced"]), name="goods_document_state"
            ),
        ),
        migrations.RunPython(set_aside, take_back),
    ]
