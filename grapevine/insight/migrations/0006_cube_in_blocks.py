"""Cells move from a row each into a block for each shop and day, and back again. `CubeDay` stays as it is: what was
counted of days whose pages' rows are gone by now could not be counted again.
"""

import json
from itertools import groupby
from typing import Any

from django.db import migrations, models

ASPECTS = (
    "campaigns", "content", "fans", "goods", "income", "orders", "people", "service", "supply", "traffic",
)  # fmt: skip
ROWS = 2_000


def pack(apps: Any, schema_editor: Any) -> None:
    block = apps.get_model("insight", "CubeBlock")
    for day in apps.get_model("insight", "CubeDay").objects.values_list("day", flat=True):
        made: dict[int, Any] = {}
        for aspect in ASPECTS:
            cell, dimensions, sums = parts_of(apps, aspect)
            rows = cell.objects.filter(day=day).order_by("shop_id", "pk")
            told = rows.values("shop_id", *dimensions, *sums).iterator()
            for shop_id, own in groupby(told, lambda row: row["shop_id"]):
                mine = made.setdefault(shop_id, block(shop_id=shop_id, day=day))
                setattr(mine, aspect, packed(list(own), dimensions, sums))
        block.objects.bulk_create(made.values(), batch_size=ROWS)


def unpack(apps: Any, schema_editor: Any) -> None:
    block = apps.get_model("insight", "CubeBlock")
    parts = {aspect: parts_of(apps, aspect) for aspect in ASPECTS}
    for one in block.objects.order_by("pk").iterator(chunk_size=100):
        for aspect, (cell, dimensions, sums) in parts.items():
            rows = unpacked(bytes(getattr(one, aspect)), dimensions, sums)
            cell.objects.bulk_create(
                [cell(shop_id=one.shop_id, day=one.day, **row) for row in rows], batch_size=ROWS
            )


def parts_of(apps: Any, aspect: str) -> tuple[Any, list[str], list[str]]:
    cell = apps.get_model("insight", f"{aspect}Cell")
    own = [field for field in cell._meta.fields if field.name not in ("id", "shop_id", "day")]
    sums = [field.name for field in own if isinstance(field, models.BigIntegerField)]
    return cell, [field.name for field in own if field.name not in sums], sums


def packed(rows: list[dict[str, Any]], dimensions: list[str], sums: list[str]) -> bytes:
    header: dict[str, Any] = {"rows": len(rows), "words": [], "sums": []}
    body = []
    for name in dimensions:
        texts = [str(row[name]) for row in rows]
        words = list(dict.fromkeys(texts))
        places = {word: place for place, word in enumerate(words)}
        size = 1 if len(words) <= 0x100 else 2 if len(words) <= 0x10000 else 4
        header["words"].append([name, words, size])
        body += [places[text].to_bytes(size, "little") for text in texts]
    for name in sums:
        if any(row[name] for row in rows):
            header["sums"].append([name, 8])
            body += [row[name].to_bytes(8, "little", signed=True) for row in rows]
    told = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    return b"".join((len(told).to_bytes(4, "little"), told, *body))


def unpacked(data: bytes, dimensions: list[str], sums: list[str]) -> list[dict[str, Any]]:
    if not data:
        return []
    place = 4 + int.from_bytes(data[:4], "little")
    header = json.loads(data[4:place])
    rows: list[dict[str, Any]] = [{} for _ in range(header["rows"])]
    for name, words, size in header["words"]:
        for row in rows:
            text = words[int.from_bytes(data[place : place + size], "little")]
            if name in dimensions:
                row[name] = int(text) if name == "hour" else text
            place += size
    for name, size in header["sums"]:
        for row in rows:
            if name in sums:
                row[name] = int.from_bytes(data[place : place + size], "little", signed=True)
            place += size
    return rows


class Migration(migrations.Migration):
    dependencies = [("insight", "0005_journeys")]

    operations = [
        migrations.CreateModel(
            name="CubeBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("shop_id", models.BigIntegerField()),
                ("day", models.DateField()),
                *((aspect, models.BinaryField(default=b"")) for aspect in ASPECTS),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop_id", "day"), name="insight_block_once_a_day"
                    )
                ],
                "indexes": [models.Index(fields=["day"], name="insight_block_of_day")],
            },
        ),
        migrations.RunPython(pack, unpack),
        migrations.DeleteModel(name="CampaignsCell"),
        migrations.DeleteModel(name="ContentCell"),
        migrations.DeleteModel(name="FansCell"),
        migrations.DeleteModel(name="GoodsCell"),
        migrations.DeleteModel(name="IncomeCell"),
        migrations.DeleteModel(name="OrdersCell"),
        migrations.DeleteModel(name="PeopleCell"),
        migrations.DeleteModel(name="ServiceCell"),
        migrations.DeleteModel(name="SupplyCell"),
        migrations.DeleteModel(name="TrafficCell"),
    ]
