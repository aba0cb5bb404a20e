"""What a video file really is, by its own bytes: MP4 and WebM, how long, in which picture code, and what it tells of its maker.

ISO/IEC 14496-12 (boxes), RFC 9559 (Matroska, of which WebM is a part). Only headers are read, never a frame.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

MP4, WEBM = "video/mp4", "video/webm"
PLAYED = frozenset({"avc1", "avc3", "av01", "vp09", "V_VP8", "V_VP9", "V_AV1"})
"""Codes of pictures that browsers play, all of them."""
PARTS_MAX = 200_000
HEAD_MAX = 16_000_000
"""The largest index (`moov`) that is looked into."""
BRANDS = frozenset(
    {"isom", "mp41", "mp42", "avc1", "av01", "dash", "msdh", "M4V", "MSNV"}
    | {f"iso{n}" for n in range(2, 10)}
)
TELLING = frozenset({b"udta", b"meta", b"uuid"})
"""Boxes that say where, with what and by whom it was filmed."""
NESTED = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
EBML, SEGMENT, CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675
INFO, TRACKS, ENTRY, TAGS = 0x1549A966, 0x1654AE6B, 0xAE, 0x1254C367
SCALE, DURATION, CODEC, TRACK_TYPE = 0x2AD7B1, 0x4489, 0x86, 0x83
OPENED = frozenset({SEGMENT, INFO, TRACKS, ENTRY})
READ_MAX = 4096


class NotPlayable(ValueError):
    """Not a video that browsers play; `code` is its picture code where that is all that is the matter."""

    def __init__(self, code: str = "") -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Container:
    """`seconds` None where the file does not say. `told` are (start, length) of what is to be made empty."""

    content_type: str
    seconds: float | None
    told: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A box or element: where it starts, where its content does, and where it ends."""

    name: bytes
    start: int
    body: int
    end: int


def look(file: IO[bytes]) -> Container:
    """What the file is. Raises NotPlayable."""
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(12)
    try:
        if head[4:8] == b"ftyp":
            return _mp4(file, size)
        if head[:4] == EBML.to_bytes(4):
            return _webm(file, size)
    except (struct.error, IndexError, OverflowError, ZeroDivisionError):
        raise NotPlayable from None
    raise NotPlayable


def emptied(content_type: str, length: int) -> bytes:
    """So many bytes that say nothing, in the place of what told something."""
    if content_type == MP4:
        return struct.pack(">I4s", length, b"free") + bytes(length - 8)
    if length < 9:
        return bytes([0xEC, 0x80 | (length - 2)]) + bytes(length - 2)
    return b"\xec\x01" + (length - 9).to_bytes(7) + bytes(length - 9)


def _boxes(file: IO[bytes], start: int, end: int) -> Iterator[Part]:
    """The boxes of a stretch, which they fill to the last byte."""
    at = start
    for _ in range(PARTS_MAX):
        if at == end:
            return
        file.seek(at)
        length, name = struct.unpack(">I4s", file.read(8))
        body = at + 8
        if length == 1:
            length, body = struct.unpack(">Q", file.read(8))[0], at + 16
        last = end if length == 0 else at + length
        if last < body or last > end:
            raise NotPlayable
        yield Part(name, at, body, last)
        at = last
    raise NotPlayable


def _inside(file: IO[bytes], start: int, end: int) -> Iterator[Part]:
    """Every box, those inside of others after them."""
    for one in _boxes(file, start, end):
        yield one
        if one.name in NESTED:
            if one.end - one.start > HEAD_MAX:
                raise NotPlayable
            yield from _inside(file, one.body, one.end)


def _read(file: IO[bytes], one: Part, most: int = READ_MAX) -> bytes:
    file.seek(one.body)
    return file.read(min(most, one.end - one.body))


def _mp4(file: IO[bytes], size: int) -> Container:
    seconds: float | None = None
    codes: list[str] = []
    told: list[tuple[int, int]] = []
    seen: set[bytes] = set()
    handler = b""
    for one in _inside(file, 0, size):
        seen.add(one.name)
        if one.name == b"ftyp":
            _known_brand(_read(file, one))
        elif one.name == b"mvhd":
            seconds = _seconds(_read(file, one))
        elif one.name == b"hdlr":
            handler = _read(file, one)[8:12]
        elif one.name == b"stsd" and handler == b"vide":
            codes.append(_read(file, one)[12:16].decode("latin-1"))
        elif one.name in TELLING and one.end - one.start < 2**32:
            told.append((one.start, one.end - one.start))
    if not {b"moov", b"mdat"} <= seen:
        raise NotPlayable
    _known_codes(codes)
    return Container(MP4, seconds, tuple(told))


def _known_brand(ftyp: bytes) -> None:
    names = [ftyp[n : n + 4].decode("latin-1").strip() for n in (0, *range(8, len(ftyp), 4))]
    if BRANDS.isdisjoint(names):
        raise NotPlayable


def _known_codes(codes: list[str]) -> None:
    if not codes:
        raise NotPlayable
    for code in codes:
        if code not in PLAYED:
            raise NotPlayable(code)


def _seconds(mvhd: bytes) -> float | None:
    """Of a movie header; None where it says nothing, as in one that is written while it is filmed."""
    scale, length = struct.unpack(">IQ" if mvhd[0] == 1 else ">II", mvhd[20:32] if mvhd[0] == 1 else mvhd[12:20])  # fmt: skip
    return length / scale if length else None


def _elements(file: IO[bytes], size: int) -> Iterator[tuple[int, Part]]:
    """Every element by its id; those that are opened before what they hold, a stream's clusters as one long row."""
    at = 0
    for _ in range(PARTS_MAX):
        if at >= size:
            return
        file.seek(at)
        head = file.read(16)
        width = 9 - head[0].bit_length()
        name, rest = int.from_bytes(head[:width]), head[width:]
        wide = 9 - rest[0].bit_length()
        length = int.from_bytes(rest[:wide]) & ((1 << (7 * wide)) - 1)
        body = at + width + wide
        is_open = length == (1 << (7 * wide)) - 1
        if width > 4 or wide > 8 or (is_open and name not in (SEGMENT, CLUSTER)):
            raise NotPlayable
        end = size if is_open else body + length
        if end > size:
            raise NotPlayable
        yield name, Part(b"", at, body, end)
        at = body if is_open or name in OPENED else end
    raise NotPlayable


def _webm(file: IO[bytes], size: int) -> Container:
    scale, length, kind = 1_000_000, 0.0, 0
    codes: list[str] = []
    told: list[tuple[int, int]] = []
    seen: set[int] = set()
    for name, one in _elements(file, size):
        seen.add(name)
        if name == EBML:
            if b"\x42\x82\x84webm" not in _read(file, one):
                raise NotPlayable
        elif name == SCALE:
            scale = int.from_bytes(_read(file, one))
        elif name == DURATION:
            length = struct.unpack(">f" if one.end - one.body == 4 else ">d", _read(file, one))[0]
        elif name == TRACK_TYPE:
            kind = int.from_bytes(_read(file, one))
        elif name == CODEC and kind == 1:
            codes.append(_read(file, one).decode("latin-1"))
        elif name == TAGS:
            told.append((one.start, one.end - one.start))
    if CLUSTER not in seen:
        raise NotPlayable
    _known_codes(codes)
    return Container(WEBM, length * scale / 1e9 or None, tuple(told))
