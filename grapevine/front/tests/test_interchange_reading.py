"""Files and rows before anything touches the database."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from grapevine.front.interchange import reading
from grapevine.front.interchange.checking import Fault, checked
from grapevine.front.interchange.errors import ImportRefused
from grapevine.front.interchange.reading import RawRow, survey
from grapevine.front.interchange.tables import TABLES

ZONE = ZoneInfo("Asia/Shanghai")
ORDER = {"id": "o1", "buyer_id": "p1", "goods_id": "g1"}


def put(folder: Path, name: str, text: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("people.csv", b"", "0 bytes"),
        ("people.csv", b"id,name\np1,\xff\xfe\n", "line 2 is not UTF-8"),
        ("people.csv", "name\n小满\n", "missing column: id"),
        ("people.csv", "id,nmae\np1,x\n", "unknown column: nmae"),
        ("people.csv", "id,name,name\np1,x,y\n", "given twice"),
        ("people.csv", 'id,name\np1,"never closed\n' * 3, "not well-formed CSV"),
        ("people.parquet", b"PAR1 not really", "not a readable Parquet"),
        ("ordres.csv", "id\n1\n", "unknown file"),
        ("people.txt", "id\n1\n", "unknown file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_plain_words(
    tmp_path: Path, name: str, content: str | bytes, said: str
) -> None:
    put(tmp_path, name, content)
    with pytest.raises(ImportRefused) as refusal:
        survey(tmp_path)
    reason = refusal.value.params["reason"]
    assert said in reason
    assert reason.startswith(name)


def test_a_folder_that_is_none_or_holds_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="import"):
        survey(tmp_path / "absent")
    put(tmp_path, "README.md", "hello")
    put(tmp_path, ".hidden", "hello")
    (tmp_path / "pictures").mkdir()
    with pytest.raises(ImportRefused) as refusal:
        survey(tmp_path)
    assert "nothing to import" in refusal.value.params["reason"]


def test_the_same_file_in_both_forms_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "people.csv", "id\np1\n")
    parquet.write_table(pa.table({"id": ["p1"]}), tmp_path / "people.parquet")
    with pytest.raises(ImportRefused) as refusal:
        survey(tmp_path)
    assert "given twice" in refusal.value.params["reason"]


def test_files_come_in_the_order_of_import_with_their_rows_counted(tmp_path: Path) -> None:
    put(tmp_path, "orders.csv", "id,buyer_id,goods_id\n1,2,3\n\n4,5,6\n")
    put(tmp_path, "people.csv", "\ufeffid,name\np1,x\n")
    found = survey(tmp_path)
    assert [(source.table.name, source.rows) for source in found] == [("people", 1), ("orders", 2)]
    assert list(found[0].batches()) == [[RawRow(2, {"id": "p1", "name": "x"})]]


def test_lines_are_those_an_editor_shows_even_after_a_field_of_several_lines(
    tmp_path: Path,
) -> None:
    put(tmp_path, "people.csv", 'id,bio\np1,"one\ntwo"\n\np2,three,four\n')
    rows = [row for batch in survey(tmp_path)[0].batches() for row in batch]
    assert [(row.line, row.fields["id"], row.whole) for row in rows] == [
        (2, "p1", True),
        (5, "p2", False),
    ]


def test_batches_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BATCH", 3)
    put(tmp_path, "people.csv", "id\n" + "".join(f"p{n}\n" for n in range(7)))
    assert [len(batch) for batch in survey(tmp_path)[0].batches()] == [3, 3, 1]


@pytest.mark.parametrize(
    ("fields", "column", "said"),
    [
        ({"buyer_id": " "}, "buyer_id", "must not be empty"),
        ({"quantity": "0"}, "quantity", "between 1 and 10000"),
        ({"quantity": "two"}, "quantity", "not a whole number"),
        ({"quantity": "1.5"}, "quantity", "not a whole number"),
        ({"unit_price_minor": "-1"}, "unit_price_minor", "must not be negative"),
        ({"unit_price_minor": "9" * 30}, "unit_price_minor", "must lie between"),
        ({"paid_at": "yesterday"}, "paid_at", "not a date or time"),
        ({"paid_at": "0204-01-01"}, "paid_at", "unlikely year"),
        ({"state": "lost"}, "state", "must be one of"),
        ({"region": "浙" * 41}, "region", "longer than 40"),
        ({"region": "a\x07b"}, "region", "control characters"),
        ({"id": "x" * 121}, "id", "longer than 120"),
    ],
)
def test_a_wrong_field_is_named_with_its_reason(
    fields: dict[str, str], column: str, said: str
) -> None:
    with pytest.raises(Fault) as fault:
        checked(TABLES["orders"], RawRow(2, {**ORDER, **fields}), ZONE)
    assert fault.value.column == column
    assert said in fault.value.reason


def test_a_row_with_too_many_fields_is_wrong_as_a_whole() -> None:
    with pytest.raises(Fault, match="not as many fields"):
        checked(TABLES["orders"], RawRow(2, ORDER, whole=False), ZONE)


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret.jpg", "a/../../b.jpg", "..\\b.jpg"])
def test_a_picture_outside_the_folder_is_a_fault(path: str) -> None:
    fields = {"id": "p1", "avatar": path}
    with pytest.raises(Fault, match="inside the folder"):
        checked(TABLES["people"], RawRow(2, fields), ZONE)


def test_moments_without_an_offset_are_local() -> None:
    fields = {**ORDER, "paid_at": "2026-03-08T20:15:00"}
    row = checked(TABLES["orders"], RawRow(2, fields), ZONE)
    assert row["paid_at"].isoformat() == "2026-03-08T12:15:00+00:00"
    assert row["quantity"] is None
    assert row["share_id"] == ""


def test_the_digest_changes_with_any_field_and_with_nothing_else() -> None:
    def digest(fields: dict[str, str], line: int = 2) -> int:
        return checked(TABLES["orders"], RawRow(line, fields), ZONE).digest

    assert digest(ORDER) == digest(dict(reversed(ORDER.items())), line=9)
    assert digest(ORDER) != digest({**ORDER, "region": "浙江"})


def test_parquet_reads_as_the_same_text_as_csv(tmp_path: Path) -> None:
    text = "id,quantity,paid_at,goods_id,buyer_id\no1,2,2026-03-08T00:00:00+00:00,g1,p1\n"
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    put(tmp_path / "a", "orders.csv", text)
    table = pa.table(
        {
            "id": ["o1"],
            "quantity": pa.array([2], pa.int32()),
            "paid_at": pa.array([1_772_928_000], pa.timestamp("s", tz="UTC")),
            "goods_id": ["g1"],
            "buyer_id": ["p1"],
        }
    )
    parquet.write_table(table, tmp_path / "b" / "orders.parquet")
    one, other = (survey(tmp_path / name)[0] for name in "ab")
    assert list(one.batches()) == list(other.batches())
