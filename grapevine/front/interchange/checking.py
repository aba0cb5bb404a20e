"""From text to values, one row at a time. Pure: no database."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import PurePosixPath
from typing import Any

from grapevine.front.interchange.reading import RawRow
from grapevine.front.interchange.tables import ID_MAX, Column, Table, Type

YEARS = range(1990, 2101)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
KEY_JOIN = "\x1f"


class Fault(Exception):
    """One wrong field: the column and, in plain words, why."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(column, reason)
        self.column = column
        self.reason = reason


@dataclass(slots=True)
class Row:
    """A row whose fields are all of the right type. References are still the file's own ids."""

    line: int
    key: str
    digest: int
    raw: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


def checked(table: Table, raw: RawRow, zone: tzinfo) -> Row:
    """The row with typed values, or Fault. Moments without an offset are local to `zone`."""
    if not raw.whole:
        raise Fault("", "列数与表头不符 / not as many fields as the header")
    values = {column.name: _value(column, raw.fields, zone) for column in table.columns}
    key = KEY_JOIN.join(raw.fields.get(name, "").strip() for name in table.key)
    if len(key) > ID_MAX:
        raise Fault(table.key[0], f"编号超过 {ID_MAX} 个字符 / longer than {ID_MAX} characters")
    text = "\x1e".join(f"{name}={value}" for name, value in sorted(raw.fields.items()))
    digest = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()[:7])
    return Row(raw.line, key, digest, raw.fields, values)


def _value(column: Column, fields: dict[str, str], zone: tzinfo) -> Any:
    text = fields.get(column.name, "").strip()
    if not text:
        if column.required:
            raise Fault(column.name, "必填 / must not be empty")
        return EMPTY[column.type]
    if column.type is Type.MOMENT:
        return _moment(column, text, zone)
    return READERS[column.type](column, text)


def _text(column: Column, text: str) -> str:
    if len(text) > column.most:
        raise Fault(
            column.name, f"超过 {column.most} 个字符 / longer than {column.most} characters"
        )
    if CONTROL.search(text):
        raise Fault(column.name, "含有控制字符 / contains control characters")
    return text


def _number(column: Column, text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        raise Fault(column.name, f"不是整数 / not a whole number: {text[:40]}") from None
    if value < 0:
        raise Fault(column.name, f"不能是负数 / must not be negative: {value}")
    if not column.least <= value <= column.most:
        raise Fault(
            column.name,
            f"应在 {column.least} 和 {column.most} 之间 / "
            f"must lie between {column.least} and {column.most}: {value}",
        )
    return value


def _moment(column: Column, text: str, zone: tzinfo) -> datetime:
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise Fault(column.name, f"不是日期时间 / not a date or time: {text[:40]}") from None
    if value.year not in YEARS:
        raise Fault(column.name, f"年份不合理 / unlikely year: {text[:40]}")
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _choice(column: Column, text: str) -> str:
    if text not in column.choices:
        allowed = ", ".join(column.choices)
        raise Fault(column.name, f"只能是 / must be one of: {allowed}")
    return text


def _list(column: Column, text: str) -> list[str]:
    return [part.strip() for part in _text(column, text).split("|") if part.strip()]


def _picture(column: Column, text: str) -> str:
    """A path inside the folder; anything that could point elsewhere is a fault."""
    path = PurePosixPath(_text(column, text))
    if path.is_absolute() or ".." in path.parts or "\\" in text:
        raise Fault(column.name, "图片要在这个文件夹里 / pictures must lie inside the folder")
    return str(path)


def _pictures(column: Column, text: str) -> list[str]:
    return [_picture(column, part) for part in _list(column, text)]


READERS: dict[Type, Callable[[Column, str], Any]] = {
    Type.ID: _text,
    Type.REF: _text,
    Type.REFS: _list,
    Type.TEXT: _text,
    Type.NUMBER: _number,
    Type.CHOICE: _choice,
    Type.PICTURE: _picture,
    Type.PICTURES: _pictures,
}
EMPTY: dict[Type, Any] = {
    Type.ID: "",
    Type.REF: "",
    Type.REFS: [],
    Type.TEXT: "",
    Type.NUMBER: None,
    Type.MOMENT: None,
    Type.CHOICE: "",
    Type.PICTURE: "",
    Type.PICTURES: [],
}
