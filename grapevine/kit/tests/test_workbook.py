"""One way to spreadsheets: what is written, another program reads; what is read is bounded; no cell is run."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st
from openpyxl import Workbook, load_workbook

from grapevine.kit import exports, workbook

TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\x0b\x0c\x1c\x1d\x1e\x85"),
    max_size=12,
)


def test_another_program_reads_text_as_text_and_amounts_as_numbers() -> None:
    rows: list[list[workbook.Cell]] = [["单号", "金额"], ["006901234567892", Decimal("-0.69")], ["=1+1", 7], [" 两边空 ", Decimal("1E+3")]]  # fmt: skip
    sheet = load_workbook(io.BytesIO(workbook.written(rows))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["单号", "金额"], ["006901234567892", -0.69], ["=1+1", 7], [" 两边空 ", 1000],
    ]  # fmt: skip
    assert sheet["A3"].data_type == "s", "text, not a formula"


def test_what_another_program_wrote_is_read_as_its_owner_typed_it() -> None:
    book = Workbook()
    for row in (
        ["单号", None, "数"],
        [6901234567892, "杯", 12.5],
        ["A1", "", 3.0],
        [None, None, 1e5],
    ):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    assert list(workbook.read(io.BytesIO(out.getvalue()))) == [
        ["单号", "", "数"], ["6901234567892", "杯", "12.5"], ["A1", "", "3"], ["", "", "100000"],
    ]  # fmt: skip


@given(st.lists(st.lists(TEXT, min_size=1, max_size=4), max_size=5))
def test_what_is_written_is_read_back(rows: list[list[str]]) -> None:
    plain = [[workbook._UNPRINTABLE.sub("", cell) for cell in row] for row in rows]
    assert list(workbook.read(io.BytesIO(workbook.written(rows)))) == plain


def test_memory_stays_flat_however_many_rows() -> None:
    def rows(count: int) -> Iterator[list[str]]:
        return (["一行", str(n), "杯" * 40] for n in range(count))

    def peak(count: int) -> int:
        with tracemalloc_on(), io.BytesIO() as out:
            workbook.write(rows(count), out)
            held = len(out.getvalue())
            tracemalloc.reset_peak()
            for _row in workbook.read(out):
                pass
            return tracemalloc.get_traced_memory()[1] - held * 2

    assert peak(6_000) < peak(600) + 400_000


class tracemalloc_on:  # noqa: N801
    def __enter__(self) -> None:
        tracemalloc.start()

    def __exit__(self, *_: object) -> None:
        tracemalloc.stop()


def test_more_than_is_asked_for_is_not_unpacked() -> None:
    data = workbook.written([["杯"]])
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        size = sum(one.file_size for one in box.infolist())
    assert list(workbook.read(io.BytesIO(data), bytes_max=size)) == [["杯"]]
    with pytest.raises(workbook.NotASheet):
        list(workbook.read(io.BytesIO(data), bytes_max=size - 1))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", exports.KINDS)
def test_no_cell_of_an_export_is_run(kind: str) -> None:
    answer = exports.export(kind, "f", ["头"], [["=1+1", "＝1", "-", Decimal("-1.50"), "好"]])
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    answer.close()
    assert answer["Content-Disposition"] == f'attachment; filename="f.{kind}"'
    if kind == "csv":
        assert content.decode() == "\ufeff头\r\n'=1+1,'＝1,'-,-1.50,好\r\n"
    else:
        assert list(workbook.read(io.BytesIO(content))) == [
            ["头"], ["'=1+1", "'＝1", "'-", "-1.50", "好"],
        ]  # fmt: skip
