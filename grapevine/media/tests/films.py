"""Small films, byte by byte: enough of an MP4 or a WebM for whoever reads headers."""

import io
import struct

PLACE = b"+30.2741+120.1551/"


def box(name: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), name) + body


def mp4(
    *, seconds: float = 12, code: bytes = b"avc1", brand: bytes = b"isom", frames: bytes = b"frames"
) -> bytes:
    """With the place where it was filmed in it."""
    mvhd = box(b"mvhd", bytes(12), struct.pack(">II", 1000, int(seconds * 1000)), bytes(80))
    hdlr = box(b"hdlr", bytes(8), b"vide", bytes(12))
    stsd = box(b"stsd", bytes(8), box(code, bytes(70)))
    mdia = box(b"mdia", hdlr, box(b"minf", box(b"stbl", stsd)))
    told = box(b"udta", box(b"\xa9xyz", PLACE))
    return (
        box(b"ftyp", brand, bytes(4), brand)
        + box(b"mdat", frames)
        + box(b"moov", mvhd, box(b"trak", mdia), told)
    )


def element(name: bytes, *content: bytes, open_end: bool = False) -> bytes:
    body = b"".join(content)
    length = b"\x01" + (b"\xff" * 7 if open_end else len(body).to_bytes(7))
    return name + length + body


def webm(*, code: bytes = b"V_VP9", seconds: float | None = 3, tells: bool = True) -> bytes:
    """As a browser records it: segment and cluster of unknown length."""
    length = [element(b"\x44\x89", struct.pack(">d", seconds * 1000))] if seconds else []
    info = element(b"\x15\x49\xa9\x66", element(b"\x2a\xd7\xb1", b"\x0f\x42\x40"), *length)
    track = element(b"\xae", element(b"\x83", b"\x01"), element(b"\x86", code))
    tags = [element(b"\x12\x54\xc3\x67", PLACE)] if tells else []
    block = element(b"\xa3", bytes(8))
    cluster = element(b"\x1f\x43\xb6\x75", element(b"\xe7", b"\0"), block, open_end=True)
    segment = element(
        b"\x18\x53\x80\x67",
        info,
        element(b"\x16\x54\xae\x6b", track),
        *tags,
        cluster,
        open_end=True,
    )
    return b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm" + segment


def film(content: bytes | None = None) -> io.BytesIO:
    return io.BytesIO(mp4() if content is None else content)
