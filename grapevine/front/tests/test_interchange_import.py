"""The import on the database: whole rows or none, twice is once, wrong rows named."""

import csv
import json
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from django.apps import apps
from PIL import Image

from grapevine.campaigns import facade as campaigns
from grapevine.front.interchange import facade, importing, reading
from grapevine.front.interchange.errors import ImportRefused
from grapevine.front.interchange.importing import FileImport
from grapevine.front.interchange.reading import survey
from grapevine.front.interchange.rejects import Rejects
from grapevine.goods import facade as goods
from grapevine.ledger import facade as ledger
from grapevine.people import facade as people
from grapevine.scene import facade as scene
from grapevine.spread import facade as spread

pytestmark = pytest.mark.django_db

FILES = {
    "people": """id,name,handle,phone,region,joined_at,inviter_id,avatar,role
p1,小满,xiaoman,13900000001,浙江,2026-01-05T09:00:00+08:00,,pictures/a.png,
p2,阿半,aban,,江西,2026-01-06T09:00:00+08:00,p1,pictures/a.png,
p3,李姐,lijie,,上海,2026-01-07T09:00:00+08:00,p2,,operator
""",
    "follows": """follower_id,followee_id,at
p1,p2,2026-02-01
p3,p2,2026-02-02
""",
    "shops": """id,owner_id,slug,name,colour,bio
s1,p2,banri,半日,#a05236,小窑
""",
    "goods": """id,shop_id,title,category,sku,option,price_minor,stock,pictures,group_size,group_price_minor
g1,s1,粗陶杯,家居,cup-red,赤陶,8900,10,pictures/a.png,2,6900
g1,s1,粗陶杯,家居,cup-blue,雾蓝,9900,5,,,
g2,s1,花瓶,家居,,,5800,7,,,
""",
    "notes": """id,author_id,title,body,topics,pictures,goods_ids,published_at
n1,p1,用了三个月的杯子,越喝越润,粗陶|早晨,pictures/a.png,g1|g2,2026-03-01T08:00:00+08:00
""",
    "groups": """id,goods_id,leader_id,size,price_minor,opened_at,deadline_at,state,region
t1,g1,p1,2,6900,2026-03-02T08:00:00+08:00,2026-03-03T08:00:00+08:00,filled,浙江
t2,g2,p3,3,4900,2026-03-02T09:00:00+08:00,2026-03-03T09:00:00+08:00,expired,上海
""",
    "shares": """id,sharer_id,receiver_id,object_type,object_id,parent_id,channel,shared_at
h1,p1,p3,goods,g1,,link,2026-03-02T08:10:00+08:00
h2,p3,,note,n1,h1,poster,2026-03-02T08:20:00+08:00
""",
    "orders": """id,buyer_id,goods_id,sku,quantity,unit_price_minor,state,paid_at,share_id,group_id,note_id
o1,p1,g1,cup-red,1,6900,received,2026-03-02T08:05:00+08:00,,t1,
o2,p3,g1,cup-red,1,6900,received,2026-03-02T08:30:00+08:00,h1,t1,
o3,p3,g2,,2,,paid,2026-03-04T10:00:00+08:00,,,n1
o4,p3,g2,,1,4900,refunded,2026-03-02T09:05:00+08:00,,t2,
""",
    "events": """id,at,person_id,visitor_id,verb,object_type,object_id,shop_id,channel,text
e1,2026-03-02T08:00:00+08:00,p1,vp1,view,goods,g1,s1,feed,
e2,2026-03-02T08:01:00+08:00,p3,vp3,like,note,n1,,,
e3,2026-03-02T08:02:00+08:00,p3,vp3,collect,note,n1,,,
e4,2026-03-02T08:03:00+08:00,p3,vp3,comment,note,n1,,,真好看
e5,2026-03-02T08:04:00+08:00,,x9,view,shop,s1,,direct,
""",
}  # fmt: skip


def write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pictures").mkdir(exist_ok=True)
    Image.new("RGB", (40, 30), "#a05236").save(folder / "pictures" / "a.png")
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def counts() -> dict[str, int]:
    """Rows of every table in the database."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models(include_auto_created=True)
    }


def rejected(folder: Path) -> list[tuple[str, int, str, str]]:
    file = folder / "rejects.csv"
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [(row["file"], int(row["line"]), row["column"], row["reason"]) for row in rows]


@contextmanager
def lake(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """What the import hands to the behaviour log."""
    rows: list[dict[str, Any]] = []
    kept = importing.insight.lake_append

    def tap(given: Any) -> Any:
        rows.extend(given)
        return kept(given)

    with monkeypatch.context() as patch:
        patch.setattr(importing.insight, "lake_append", tap)
        yield rows


def test_every_file_becomes_rows_of_its_module(tmp_path: Path) -> None:
    assert facade.import_folder(write(tmp_path, FILES)) == 0
    person = people.card_by_handle("xiaoman")
    owner = people.card_by_handle("aban")
    assert (person.name, person.region) == ("小满", "浙江")
    assert person.joined_at.isoformat() == "2026-01-05T01:00:00+00:00"
    assert people.is_operator(people.card_by_handle("lijie").id)
    assert people.is_following(person.id, [owner.id]) == {owner.id}
    shop = goods.shop_by_slug("banri")
    assert (shop.name, shop.colour, shop.owner_id) == ("半日", "#a05236", owner.id)
    found = {card.title: card for card in goods.goods_of_shop(shop.id, None, 10).items}
    assert sorted(found) == ["粗陶杯", "花瓶"]
    assert found["粗陶杯"].price_minor == 8900
    note = scene.notes_of(person.id, "", 10).items[0]
    assert note.title == "用了三个月的杯子"
    assert note.goods_ids == (found["粗陶杯"].id, found["花瓶"].id)
    assert note.likes == 1
    detail = scene.note_by_public_id(note.public_id)
    assert (detail.collects, detail.comments, detail.topics) == (1, 1, ("粗陶", "早晨"))
    assert rejected(tmp_path) == []


def test_a_picture_shown_three_times_is_kept_once(tmp_path: Path) -> None:
    facade.import_folder(write(tmp_path, FILES))
    assert counts()["media.Picture"] == 1


def test_groups_have_their_members_and_goods_their_offer(tmp_path: Path) -> None:
    facade.import_folder(write(tmp_path, FILES))
    shop = goods.shop_by_slug("banri")
    groups = {view.region: view for view in campaigns.groups_of_shop(shop.id)}
    filled, expired = groups["浙江"], groups["上海"]
    assert (filled.state, filled.paid, filled.size) == ("filled", 2, 2)
    assert (expired.state, expired.paid, expired.size) == ("expired", 0, 3)
    cup, vase = (
        next(card for card in goods.goods_of_shop(shop.id).items if card.title == title)
        for title in ("粗陶杯", "花瓶")
    )
    offer = campaigns.plan_for_goods(cup.id)
    assert offer is not None
    assert (offer.size, offer.price_minor, offer.hours) == (2, 6900, 24)
    assert campaigns.plan_for_goods(vase.id) is None


def test_fans_are_tied_to_the_shop_and_to_who_brought_them(tmp_path: Path) -> None:
    facade.import_folder(write(tmp_path, FILES))
    shop = goods.shop_by_slug("banri")
    fans = {fan.person_id: fan for fan in spread.fans_of(shop.id).items}
    sharer, brought = (fans[people.card_by_handle(one).id] for one in ("xiaoman", "lijie"))
    assert (sharer.orders, sharer.spent_minor, sharer.brought) == (1, 6900, 1)
    assert sharer.supporting
    assert (brought.orders, brought.spent_minor) == (2, 18_500)
    assert brought.brought_by == people.card_by_handle("xiaoman").id


def test_orders_are_in_the_books_and_clearing_is_even(tmp_path: Path) -> None:
    facade.import_folder(write(tmp_path, FILES))
    assert counts()["trade.Order"] == 4
    assert ledger.verify()
    assert [minor for _, minor in ledger.clearing_accounts() if minor] == []


def test_running_it_again_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path, FILES)
    facade.import_folder(folder)
    before = counts()
    with lake(monkeypatch) as log:
        assert facade.import_folder(folder) == 0
    assert counts() == before
    assert log == []


def test_the_log_holds_each_row_at_its_own_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lake(monkeypatch) as log:
        facade.import_folder(write(tmp_path, FILES))
    assert len({row["id"] for row in log}) == len(log)
    said = {row["id"]: row for row in log}
    paid = said["import:orders:o2"]
    assert (paid["verb"], paid["ts"]) == ("trade.order_paid", "2026-03-02T00:30:00+00:00")
    assert paid["channel"] == "group"
    assert json.loads(paid["props"])["total_minor"] == 6900
    assert said["import:orders:o3"]["channel"] == "note"
    shelf = goods.goods_of_shop(goods.shop_by_slug("banri").id).items
    assert json.loads(said["import:notes:n1"]["props"])["goods_ids"] == sorted(
        card.id for card in shelf
    )
    assert json.loads(said["import:orders:o3"]["props"])["total_minor"] == 11_600
    assert said["import:orders:o4:refund"]["verb"] == "trade.order_refunded"
    assert said["import:shares:h2"]["parent_token"] == said["import:shares:h1"]["share_token"] != ""
    ties = sorted(json.loads(row["props"])["kind"] for row in log if row["verb"] == "tie")
    assert ties == ["follow", "follow", "invite", "invite", "share"]
    brought = said["import:orders:o2:brought"]
    assert brought["person_id"] == people.card_by_handle("xiaoman").id
    assert json.loads(brought["props"])["buyer_id"] == people.card_by_handle("lijie").id
    shop = goods.shop_by_slug("banri")
    assert {said[f"import:events:{key}"]["shop_id"] for key in ("e1", "e5")} == {shop.id}
    assert said["import:events:e5"]["person_id"] is None
    sold = {card.title: card.id for card in goods.goods_of_shop(shop.id).items}
    for key in ("notes:n1", "events:e2", "events:e3", "events:e4"):
        props = json.loads(said[f"import:{key}"]["props"])
        assert props == {"goods_ids": [sold["粗陶杯"], sold["花瓶"]]}, key


def test_a_share_was_opened_by_whoever_came_by_it_but_its_sharer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    came = """id,at,person_id,visitor_id,verb,object_type,object_id,shop_id,share_id,channel
e1,2026-03-02T08:11:00+08:00,p3,vp3,view,goods,g1,s1,h1,share
e2,2026-03-02T08:12:00+08:00,,x1,open_share,goods,g1,s1,h1,share
e3,2026-03-02T08:13:00+08:00,p1,vp1,view,goods,g1,s1,h1,share
e4,2026-03-02T08:14:00+08:00,,x2,cart,goods,g1,s1,h1,share
e5,2026-03-02T08:15:00+08:00,,x3,view,goods,g1,s1,,direct
"""
    with lake(monkeypatch) as log:
        facade.import_folder(write(tmp_path, {**FILES, "events": came}))
    said = {row["id"]: row for row in log}
    opened = [row for row in log if row["verb"] == "spread.share_visited"]
    assert [row["id"] for row in opened] == ["import:events:e1:visited", "import:events:e2:visited"]
    sharer = people.card_by_handle("xiaoman").id
    assert [json.loads(row["props"]) for row in opened] == [{"sharer_id": sharer}] * 2
    assert [row["visitor_id"] for row in opened] == ["vp3", "x1"]
    assert {row["share_token"] for row in opened} == {said["import:shares:h1"]["share_token"]}
    assert {row["shop_id"] for row in opened} == {goods.shop_by_slug("banri").id}


def test_an_import_that_was_cut_off_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path, FILES)
    monkeypatch.setattr(reading, "BATCH", 2)
    kept = FileImport._batch
    done: list[str] = []

    def dying(self: FileImport, raws: Any) -> None:
        if len(done) == 7:
            raise KeyboardInterrupt
        done.append(self.table.name)
        kept(self, raws)

    with monkeypatch.context() as patch:
        patch.setattr(FileImport, "_batch", dying)
        with pytest.raises(KeyboardInterrupt):
            facade.import_folder(folder)
    assert done[-1] == "notes"
    assert facade.import_folder(folder) == 0
    resumed = counts()
    assert resumed["people.Person"] == 3
    assert resumed["trade.Order"] == 4
    assert facade.import_folder(folder) == 0
    assert counts() == resumed


WRONG_ROWS = {
    "people": """id,name,phone,joined_at,inviter_id,avatar
p1,小满,13900000001,2026-01-05,,
p1,又一个,,,,
p2,阿半,,yesterday,,
p3,李姐,13900000001,,,
p4,小麦,,,p9,
p5,小米,,,,pictures/none.png
p6,小树,,,,,extra
,无名,,,,
""",
    "shops": """id,owner_id,name,slug
s1,p1,半日,banri
s2,p9,孤店,gu
s3,p1,又一家,banri
""",
    "goods": """id,shop_id,title,price_minor,sku
g1,s1,杯子,8900,cup
g1,s1,杯子,8900,cup
g2,s1,盘子,-1,plate
g3,s9,碗,100,bowl
""",
    "orders": """id,buyer_id,goods_id,quantity,paid_at,sku
o1,p1,g1,1,2026-03-01,
o2,p9,g1,1,2026-03-01,
o3,p1,g9,1,2026-03-01,
o4,p1,g1,0,2026-03-01,
o5,p1,g1,many,2026-03-01,
o6,p1,g1,1,2026-13-01,
o7,p1,g1,1,2026-03-01,saucer
""",
}
WANTED = [
    ("people.csv", 3, "id", "taken"),
    ("people.csv", 4, "joined_at", "not a date"),
    ("people.csv", 5, "", ""),
    ("people.csv", 6, "inviter_id", "not in people: p9"),
    ("people.csv", 7, "avatar", "no such picture"),
    ("people.csv", 8, "", "not as many fields"),
    ("people.csv", 9, "id", "must not be empty"),
    ("shops.csv", 3, "owner_id", "not in people: p9"),
    ("shops.csv", 4, "", ""),
    ("goods.csv", 3, "id", "taken"),
    ("goods.csv", 4, "price_minor", "must not be negative: -1"),
    ("goods.csv", 5, "shop_id", "not in shops: s9"),
    ("orders.csv", 3, "buyer_id", "not in people: p9"),
    ("orders.csv", 4, "goods_id", "not in goods: g9"),
    ("orders.csv", 5, "quantity", "between 1 and 10000"),
    ("orders.csv", 6, "quantity", "not a whole number"),
    ("orders.csv", 7, "paid_at", "not a date"),
    ("orders.csv", 8, "sku", "not a SKU"),
]


def test_wrong_rows_are_named_and_only_they_stay_out(tmp_path: Path) -> None:
    folder = write(tmp_path, WRONG_ROWS)
    assert facade.import_folder(folder) == 1
    found = sorted(rejected(folder), key=lambda row: (list(WRONG_ROWS).index(row[0][:-4]), row[1]))
    assert [(file, line) for file, line, _, _ in found] == [
        (file, line) for file, line, _, _ in WANTED
    ]
    for (_, line, column, reason), (file, _, wanted, said) in zip(found, WANTED, strict=True):
        assert said in reason, (file, line)
        assert not wanted or column == wanted, (file, line)
    after = counts()
    assert after["people.Person"] == 1
    assert after["goods.Shop"] == 1
    assert after["goods.Sku"] == 1
    assert after["trade.Order"] == 1


def test_a_rejected_row_goes_in_once_it_is_right(tmp_path: Path) -> None:
    folder = write(tmp_path, {"people": "id,name,joined_at\np1,小满,2026-01-05\np2,阿半,soon\n"})
    assert facade.import_folder(folder) == 1
    write(folder, {"people": "id,name,joined_at\np1,小满,2026-01-05\np2,阿半,2026-01-06\n"})
    assert facade.import_folder(folder) == 0
    assert not (folder / "rejects.csv").exists()
    assert counts()["people.Person"] == 2


def test_a_sku_can_be_added_to_goods_that_came_earlier(tmp_path: Path) -> None:
    base = {"people": "id\np1\n", "shops": "id,owner_id,name\ns1,p1,半日\n"}
    header = "id,shop_id,title,sku,option,price_minor\n"
    first = f"{header}g1,s1,杯子,a,红,100\n"
    facade.import_folder(write(tmp_path / "one", {**base, "goods": first}))
    more = f"{first}g1,s1,杯子,b,蓝,200\n"
    assert facade.import_folder(write(tmp_path / "two", {"goods": more})) == 0
    assert counts()["goods.Goods"] == 1
    assert counts()["goods.Sku"] == 2


def test_an_id_taken_in_an_earlier_batch_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BATCH", 2)
    folder = write(tmp_path, {"people": "id,name\np1,a\np2,b\np1,a\np2,other\np3,c\n"})
    assert facade.import_folder(folder) == 1
    assert [(line, column) for _, line, column, _ in rejected(folder)] == [(4, "id"), (5, "id")]
    assert counts()["people.Person"] == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("orders.csv", b""),
        ("orders.csv", b"id,buyer_id\no9,p1\n"),
        ("orders.csv", b"id,buyer_id,goods_id,region\no9,p1,g1,\xff\n"),
        ("orders.csv", b'id,buyer_id,goods_id\no9,"p1,g1\n'),
        ("orders.csv", b"id,buyer_id,goods_id,colour\no9,p1,g1,red\n"),
        ("orders.parquet", b"PAR1"),
        ("invoices.csv", b"id\n1\n"),
    ],
)
def test_a_folder_with_an_unreadable_file_changes_nothing(
    tmp_path: Path, name: str, content: bytes
) -> None:
    folder = write(tmp_path, {key: FILES[key] for key in ("people", "shops", "goods")})
    (folder / name).write_bytes(content)
    before = counts()
    with pytest.raises(ImportRefused):
        facade.import_folder(folder)
    assert counts() == before
    assert not (folder / "rejects.csv").exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("goods", "id,shop_id,title,price_minor\ng1,s1,杯子,-5\n"),
        ("orders", "id,buyer_id,goods_id\no1,nobody,nothing\n"),
        ("people", "id,joined_at\np1,never\n"),
    ],
)
def test_a_file_of_wrong_rows_alone_changes_nothing(tmp_path: Path, name: str, text: str) -> None:
    folder = write(tmp_path, {name: text})
    before = counts()
    assert facade.import_folder(folder) == 1
    assert counts() == before
    assert len(rejected(folder)) == 1


def test_parquet_is_the_same_as_csv(tmp_path: Path) -> None:
    source = write(tmp_path / "csv", FILES)
    target = write(tmp_path / "parquet", {})
    for name in FILES:
        with (source / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        columns = {key: [row[key] or None for row in rows] for key in rows[0]}
        types = {key: pa.string() for key in columns}
        if "price_minor" in columns:
            types["price_minor"] = pa.int64()
            columns["price_minor"] = [int(v) if v else None for v in columns["price_minor"]]
        table = pa.table({key: pa.array(columns[key], types[key]) for key in columns})
        parquet.write_table(table, target / f"{name}.parquet")
    assert facade.import_folder(target) == 0
    before = counts()
    assert facade.import_folder(source) == 0
    assert counts() == before


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {})
    folder = write(tmp_path / "folder", {"people": "id,avatar\np1,pictures/b.png\n"})
    (folder / "pictures" / "b.png").symlink_to(outside / "pictures" / "a.png")
    assert facade.import_folder(folder) == 1
    assert counts()["people.Person"] == 0


def test_a_read_only_folder_has_its_rejects_at_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Path.open

    def refusing(self: Path, *args: Any, **named: Any) -> Any:
        if self.parent == tmp_path / "folder":
            raise PermissionError(self)
        return kept(self, *args, **named)

    monkeypatch.setattr(Path, "open", refusing)
    with Rejects(tmp_path / "folder", tmp_path / "home") as rejects:
        rejects.add("people.csv", 2, "id", "why", {"id": "p1"})
    assert rejects.path == tmp_path / "home" / "folder-rejects.csv"
    assert rejects.path.exists()


def _peak(folder: Path, rows: int) -> int:
    lines = (f"e{rows}-{n},2026-03-02T08:00:00+08:00,x{n},view" for n in range(rows))
    text = "id,at,visitor_id,verb\n" + "\n".join(lines) + "\n"
    write(folder, {"events": text})
    del text
    tracemalloc.start()
    with Rejects(folder, folder) as rejects:
        facade.load(survey(folder), folder, rejects)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_ten_times_the_rows_need_no_more_memory(tmp_path: Path) -> None:
    _peak(tmp_path / "warm", 100)
    few, many = _peak(tmp_path / "few", 2_000), _peak(tmp_path / "many", 20_000)
    assert many < few * 1.3
