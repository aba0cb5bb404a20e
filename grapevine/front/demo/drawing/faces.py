"""People as head and shoulders."""

from dataclasses import dataclass

from grapevine.front.demo.drawing.colour import darker, lighter
from grapevine.front.demo.drawing.pen import Art


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks; colours as `#rrggbb`, `style` of the hair by name."""

    skin: str
    hair: str
    style: str
    top: str
    hat: str = "#d8714f"
    glasses: bool = False
    apron: bool = False


def _back_hair(art: Art, hr: str, st: str) -> None:
    if st in ("long", "wavy"):
        art.path(
            "M-44 -100C-50 -160 50 -160 44 -100C50 -60 50 -30 46 -6H-46C-50 -30 -50 -60 -44 -100Z",
            art.linear((0, lighter(hr, 0.12)), (1, darker(hr, 0.2)), x2=1),
        )
    if st == "bob":
        art.path(
            "M-46 -96C-52 -160 52 -160 46 -96C48 -74 46 -62 40 -54H-40C-46 -62 -48 -74 -46 -96Z",
            art.linear((0, lighter(hr, 0.12)), (1, darker(hr, 0.2)), x2=1),
        )
    if st == "pony":
        art.path(
            "M26 -132C74 -140 72 -80 54 -40C50 -64 48 -90 30 -104Z",
            art.linear((0, lighter(hr, 0.1)), (1, darker(hr, 0.2))),
        )
    if st == "bun":
        art.ellipse(4, -158, 21, 19, art.ball(hr))


def _shoulders(art: Art, look: Look, sk: str, tp: str) -> None:
    art.path("M-14 -74H14V-44Q0 -30 -14 -44Z", darker(sk, 0.14))
    art.path(
        "M-86 4C-86 -34 -58 -44 -18 -50Q0 -34 18 -50C58 -44 86 -34 86 4Z",
        art.linear((0, lighter(tp, 0.18)), (1, darker(tp, 0.16)), x2=0.9, y2=0.5),
    )
    art.path("M-18 -50Q0 -34 18 -50L14 -44Q0 -26 -14 -44Z", lighter(tp, 0.4), 0.8)
    if look.apron:
        art.path("M-34 4V-30L-24 -46M34 4V-30L24 -46", stroke="#f5ead6", width=6)
        art.path("M-36 -26H36V6H-36Z", "#f5ead6")


def _head(art: Art, hy: int, sk: str) -> None:
    for d in (-1, 1):
        art.ellipse(d * 37, hy + 4, 7, 9, darker(sk, 0.08))
    art.path(
        f"M-37 {hy - 8}C-37 {hy - 44} 37 {hy - 44} 37 {hy - 8}C37 {hy + 20} 22 "
        f"{hy + 40} 0 {hy + 40}S-37 {hy + 20} -37 {hy - 8}Z",
        art.linear((0, lighter(sk, 0.22)), (1, darker(sk, 0.05)), x2=0.8),
    )


def _front_hair(art: Art, hr: str, look: Look, st: str) -> None:
    hair = art.linear((0, lighter(hr, 0.2)), (1, darker(hr, 0.12)), x2=0.8)
    if st in ("long", "bob", "bun", "pony"):
        art.path(
            "M-41 -92C-46 -152 44 -158 42 -92C36 -112 22 -124 2 -126C-14 -116 -32 -112 -41 -92Z",
            hair,
        )
    elif st == "wavy":
        art.path(
            "M-43 -84C-52 -150 -6 -156 0 -146C20 -160 54 -140 43 -84"
            "C40 -106 26 -112 14 -128C2 -112 -34 -114 -43 -84Z",
            hair,
        )
    elif st == "short":
        art.path(
            "M-40 -100C-46 -150 -8 -158 8 -150C36 -152 46 -124 40 -98"
            "C36 -112 30 -118 22 -122C0 -112 -28 -118 -34 -114C-38 -110 -38 -104 "
            "-40 -100Z",
            hair,
        )
    elif st == "curly":
        for dx, dy, rr in (
            (-38, -104, 13),
            (-32, -124, 17),
            (-12, -138, 19),
            (14, -138, 19),
            (33, -122, 17),
            (39, -102, 12),
            (0, -124, 16),
        ):
            art.ellipse(dx, dy, rr, rr, hair)
    elif st == "cap":
        art.path(
            "M-41 -108C-42 -156 42 -156 41 -108Q0 -120 -41 -108Z",
            art.linear((0, lighter(look.hat, 0.2)), (1, darker(look.hat, 0.14)), x2=1),
        )
        art.path(
            "M-6 -114C30 -122 62 -112 66 -100C50 -106 20 -106 -6 -106Z", darker(look.hat, 0.18)
        )
        art.path("M-40 -104q-4 12 0 22M40 -104q4 12 0 22", stroke=hr, width=7)
    elif st == "beanie":
        art.path(
            "M-42 -112C-44 -164 44 -164 42 -112Z",
            art.linear((0, lighter(look.hat, 0.2)), (1, darker(look.hat, 0.14)), x2=1),
        )
        art.rect(-45, -122, 90, 19, lighter(look.hat, 0.12), 9)
        art.ellipse(0, -156, 10, 10, lighter(look.hat, 0.3))
        art.path("M-38 -104v14M38 -104v14", stroke=hr, width=6)


def _features(art: Art, hr: str, hy: int, look: Look, sk: str) -> None:
    ink = darker(hr, 0.35)
    for d in (-1, 1):
        art.ellipse(d * 14, hy + 2, 3.3, 4, ink)
        art.ellipse(d * 23, hy + 14, 7.5, 4.6, "#f08a7c", 0.38)
    art.path(f"M-8 {hy + 17}Q0 {hy + 25} 8 {hy + 17}", stroke="#a2503f", width=2.8)
    art.path(f"M-1 {hy + 5}q4 5 -1 6", stroke=darker(sk, 0.22), width=1.8, opacity=0.7)
    if look.glasses:
        for d in (-1, 1):
            art.path(
                f"M{d * 14 - 11} {hy + 2}a11 10 0 1 0 22 0a11 10 0 1 0 -22 0",
                stroke="#4b3a36",
                width=2.2,
            )
        art.path(f"M-3 {hy}q3 -3 6 0", stroke="#4b3a36", width=2.2)


def person(art: Art, x: float, y: float, scale: float, look: Look) -> None:
    """Head and shoulders; y is the bottom edge of the shoulders."""
    sk, hr, tp, st = look.skin, look.hair, look.top, look.style
    with art.group(x, y, scale):
        hy = -98
        _back_hair(art, hr, st)
        _shoulders(art, look, sk, tp)
        _head(art, hy, sk)
        _front_hair(art, hr, look, st)
        _features(art, hr, hy, look, sk)
