"""Converters: what they write for small made-up sources, and the public data sets' own numbers."""

import csv
import gzip
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from grapevine.front.interchange import facade
from grapevine.front.interchange.converters.shopify import text_of
from grapevine.front.interchange.errors import ConvertRefused
from grapevine.front.interchange.reading import survey
from grapevine.kit import clock

DATA = Path(__file__).parents[4] / "shared" / "data"
SHOPIFY = """Handle,Title,Body (HTML),Vendor,Type,Option1 Name,Option1 Value,Variant SKU,\
Variant Inventory Qty,Variant Price,Image Src,Status
cup,Clay cup,<p>Made <b>by hand</b>.</p><script>bad()</script><ul><li>350 ml</li></ul>,Halfday,\
Cups,Glaze,Red,cup-red,12,"1,089.50",https://cdn.example/cup.jpg?v=2,active
cup,,,,,,Blue,,-3,89,,
cup,,,,,,,,,,https://cdn.example/other.jpg,
old,Old thing,,Halfday,,Title,Default Title,,1,5,,archived
plate,Plate,,Halfday,,Title,Default Title,plate-1,7,25.00,,active
"""


def table(folder: Path, name: str) -> list[dict[str, Any]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def packed(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode()))


def test_a_shopify_file_becomes_one_shop_with_a_sku_for_each_variant(tmp_path: Path) -> None:
    source = tmp_path / "products.csv"
    source.write_text(SHOPIFY, encoding="utf-8")
    (tmp_path / "cup.jpg").write_bytes(b"picture")
    target = tmp_path / "out"
    assert facade.convert(format="shopify", source=source, target=target) == 0
    assert [row["name"] for row in table(target, "shops")] == ["Halfday"]
    goods = table(target, "goods")
    keys = ("id", "sku", "option", "price_minor", "stock", "pictures", "category")
    assert [tuple(row[key] for key in keys) for row in goods] == [
        ("shopify-cup", "cup-red", "Red", "108950", "12", "pictures/cup.jpg", "Cups"),
        ("shopify-cup", "cup-2", "Blue", "8900", "0", "", "Cups"),
        ("shopify-plate", "plate-1", "", "2500", "7", "", ""),
    ]
    assert goods[0]["body"] == "Made by hand.\n350 ml"
    assert (target / "pictures" / "cup.jpg").read_bytes() == b"picture"
    assert [source.table.name for source in survey(target)] == ["people", "shops", "goods"]


def test_html_becomes_lines_of_words() -> None:
    assert text_of("<h1>A&amp;B</h1>c<br>d<style>x{}</style>") == "A&B\nc\nd"


@pytest.mark.parametrize("price", ["free", "1.999", ""])
def test_a_price_that_is_none_is_refused_and_leaves_nothing(tmp_path: Path, price: str) -> None:
    source = tmp_path / "products.csv"
    source.write_text(f"Handle,Title,Variant Price\ncup,Cup,{price}\n", encoding="utf-8")
    target = tmp_path / "out"
    if price:
        with pytest.raises(ConvertRefused):
            facade.convert(format="shopify", source=source, target=target)
        assert [path.name for path in tmp_path.iterdir()] == ["products.csv"]
    else:
        facade.convert(format="shopify", source=source, target=target)
        assert table(target, "goods") == []


def test_wrong_calls_are_refused(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "keep").write_text("me")
    for given, source, target in (
        ("excel", tmp_path, tmp_path / "out"),
        ("beidian", tmp_path / "absent", tmp_path / "out"),
        ("beidian", tmp_path, tmp_path / "full"),
        ("beidian", tmp_path, tmp_path / "out"),
    ):
        with pytest.raises(ConvertRefused):
            facade.convert(format=given, source=source, target=target)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full"]


def test_a_column_missing_in_the_source_is_named(tmp_path: Path) -> None:
    source = tmp_path / "beidian"
    source.mkdir()
    (source / "train.csv").write_text("user,thing\n1,2\n")
    with pytest.raises(ConvertRefused) as refusal:
        facade.convert(format="beidian", source=source, target=tmp_path / "out")
    assert "missing column: item" in refusal.value.params["reason"]


def test_beidian_keeps_what_was_only_shared_as_a_tie_of_the_shop(tmp_path: Path) -> None:
    source = tmp_path / "beidian"
    source.mkdir()
    for part, row in (("train", "5,1"), ("val", "6,2"), ("test", "5,2")):
        (source / f"{part}.csv").write_text(f"user,item\n{row}\n")
    (source / "shares.csv").write_text("user1,user2,item\n5,6,1\n6,5,9\n")
    target = tmp_path / "out"
    facade.convert(format="beidian", source=source, target=target)
    assert [row["id"] for row in table(target, "people")] == ["bd-u5", "bd-u6"]
    assert [row["id"] for row in table(target, "goods")] == ["bd-g1", "bd-g2"]
    assert [row["paid_at"][:10] for row in table(target, "orders")] == [
        "2021-01-01", "2021-01-31", "2021-03-02",
    ]  # fmt: skip
    shares = [(row["object_type"], row["object_id"]) for row in table(target, "shares")]
    assert shares == [("goods", "bd-g1"), ("shop", "bd-shop")]


def test_beibei_makes_filled_groups_and_expired_launches(tmp_path: Path) -> None:
    source = tmp_path / "beibei"
    packed(source / "tune.tsv.gz", "1\t7\t2\t3\n")
    packed(source / "test.tsv.gz", "2\t8\t1\t1\n")
    packed(source / "invalid.tsv.gz", "4\t8\n")
    target = tmp_path / "out"
    facade.convert(format="beibei", source=source, target=target)
    groups = [(row["id"], row["size"], row["state"]) for row in table(target, "groups")]
    assert groups == [
        ("bb-tune-1", "3", "filled"),
        ("bb-test-1", "2", "filled"),
        ("bb-invalid-1", "2", "expired"),
    ]
    orders = [(row["group_id"], row["buyer_id"], row["state"]) for row in table(target, "orders")]
    assert orders == [
        ("bb-tune-1", "bb-u1", "received"),
        ("bb-tune-1", "bb-u2", "received"),
        ("bb-tune-1", "bb-u3", "received"),
        ("bb-test-1", "bb-u2", "received"),
        ("bb-test-1", "bb-u1", "received"),
        ("bb-invalid-1", "bb-u4", "refunded"),
    ]


def test_ciao_has_a_shop_for_each_category_and_keeps_its_times(tmp_path: Path) -> None:
    source = tmp_path / "ciao"
    header = "user,item,category,rating,helpfulness,unix_time\n"
    packed(source / "ratings.csv.gz", f"{header}3,10,2,5,4,959670000\n4,11,1,5,4,959756400\n")
    packed(source / "trust.csv.gz", "user,trusts\n3,4\n")
    (source / "categories.csv").write_text("id,name\n1,DVDs\n2,Books\n")
    target = tmp_path / "out"
    facade.convert(format="ciao_full", source=source, target=target)
    assert [row["name"] for row in table(target, "shops")] == ["Ciao DVDs", "Ciao Books"]
    assert table(target, "orders")[0]["paid_at"] == "2000-05-30T07:00:00+00:00"
    assert table(target, "people")[0]["joined_at"] == "2000-05-30T07:00:00+00:00"
    assert [row["followee_id"] for row in table(target, "follows")] == ["ci-u4"]


def test_lastfm_turns_friends_into_follows(tmp_path: Path) -> None:
    source = tmp_path / "lastfm"
    packed(source / "plays.csv.gz", "user,item,weight\n2,51,13883\n")
    packed(source / "friends.csv.gz", "user,friend\n2,275\n275,2\n")
    target = tmp_path / "out"
    facade.convert(format="lastfm", source=source, target=target)
    assert [row["id"] for row in table(target, "people")] == ["lf-u2", "lf-u275"]
    assert len(table(target, "follows")) == 2
    assert [row["goods_id"] for row in table(target, "orders")] == ["lf-g51"]


def test_the_public_data_sets_keep_their_own_numbers(tmp_path: Path) -> None:
    if not DATA.exists():
        pytest.skip("left out: the public data sets (../shared/data) are not here")
    facade.convert(format="beidian", source=DATA / "beidian", target=tmp_path / "beidian")
    facade.convert(format="lastfm", source=DATA / "lastfm", target=tmp_path / "lastfm")
    counts = {
        name: {source.table.name: source.rows for source in survey(tmp_path / name)}
        for name in ("beidian", "lastfm")
    }
    assert counts["beidian"] == {
        "people": 3773, "shops": 1, "goods": 4543, "shares": 9358, "orders": 39_252,
    }  # fmt: skip
    assert counts["lastfm"] == {
        "people": 1892, "follows": 25_434, "shops": 1, "goods": 17_632, "orders": 92_834,
    }  # fmt: skip


def test_a_grocers_year_keeps_its_money_its_coupons_and_its_weekdays(tmp_path: Path) -> None:
    source, target = tmp_path / "year", tmp_path / "out"
    source.mkdir()
    pq.write_table(
        pa.table(
            {
                "household_id": [7, 7, 7, 9],
                "basket_id": [1, 1, 1, 2],
                "product_id": [11, 12, 13, 11],
                "sales_value": [1.10, 2.20, 5.00, 0.30],
                "coupon_disc": [0.00, 0.55, 0.00, 0.99],
                "transaction_timestamp": pa.array(
                    ["2017-01-01 11:53:00"] * 3 + ["2017-12-31 09:00:00"]
                ).cast(pa.timestamp("us")),
            }
        ),
        source / "transactions.parquet",
    )
    pq.write_table(
        pa.table({"product_id": [11, 12, 13], "department": ["MEAT", "MEAT", "CNTRL/STORE SUP"]}),
        source / "products.parquet",
    )
    facade.convert(format="completejourney", source=source, target=target)
    assert [row["id"] for row in table(target, "people")] == ["cj-h7", "cj-h9"]
    goods = [(row["id"], row["category"]) for row in table(target, "goods")]
    assert goods == [("cj-CNTRL/STORE SUP", "Cntrl/Store Sup"), ("cj-MEAT", "Meat")]
    orders = table(target, "orders")
    keys = ("buyer_id", "goods_id", "unit_price_minor", "coupon_minor")
    assert [tuple(row[key] for key in keys) for row in orders] == [
        ("cj-h7", "cj-CNTRL/STORE SUP", "500", ""),
        ("cj-h7", "cj-MEAT", "330", "55"),
        ("cj-h9", "cj-MEAT", "30", "30"),
    ]
    moments = [datetime.fromisoformat(row["paid_at"]) for row in orders]
    assert [(at.strftime("%a %H:%M")) for at in moments] == ["Sun 11:53", "Sun 11:53", "Sun 09:00"]
    assert (moments[2] - moments[0]).days == 363
    assert timedelta(0) <= clock.now() - moments[2] < timedelta(days=7)
    (source / "products.parquet").unlink()
    with pytest.raises(ConvertRefused, match=r"products\.parquet"):
        facade.convert(format="completejourney", source=source, target=tmp_path / "again")
