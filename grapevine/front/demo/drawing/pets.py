"""A picture of a cat asleep on its cushion."""

from grapevine.front.demo.drawing.colour import darker, lighter, mix
from grapevine.front.demo.drawing.pen import Art, short
from grapevine.front.demo.drawing.scenery import leaf, leaf_shade, room


def _cushion(art: Art, cc: str) -> None:
    art.shadow(10, 14, 300, 40, 0.45)
    art.path(
        "M-262 -40C-276 -92 -190 -110 0 -110S276 -92 262 -40C258 12 200 24 0 24S-258 12 -262 -40Z",
        art.linear((0, lighter(cc, 0.28)), (0.5, cc), (1, darker(cc, 0.25))),
    )
    art.path(
        "M-236 -52C-200 -92 -90 -98 0 -98S200 -92 236 -52C190 -70 100 -74 0 -74S-190 -70 -236 -52Z",
        darker(cc, 0.28),
        0.5,
    )
    art.path("M-258 -30C-160 0 160 0 258 -30", stroke=lighter(cc, 0.5), width=3, opacity=0.5)


def _body(art: Art, fur: str, st: str) -> None:
    art.path(
        "M206 -88C232 -190 160 -262 40 -266C-90 -270 -176 -196 -176 -104"
        "C-176 -70 -140 -58 -90 -56H150C184 -56 200 -66 206 -88Z",
        art.linear((0, lighter(fur, 0.22)), (0.5, fur), (1, darker(fur, 0.18)), x2=0.7),
    )
    for d in (
        "M60 -262q26 30 20 66",
        "M106 -250q26 30 20 62",
        "M148 -226q22 26 18 54",
        "M16 -264q22 26 18 56",
    ):
        art.path(d, stroke=st, width=13, opacity=0.6)
    art.path(
        "M196 -108C240 -70 190 -34 96 -44C50 -48 30 -62 44 -74C70 -90 130 -62 168 -92Z",
        art.linear((0, fur), (1, darker(fur, 0.12))),
    )
    art.path("M80 -76q20 8 22 28M116 -78q14 10 12 30", stroke=st, width=11, opacity=0.55)


def _head(art: Art, be: str, fur: str, st: str) -> None:
    tint = art.tint
    hx, hy = (-96, -150)
    art.shadow(hx + 40, hy + 66, 110, 40, 0.25)
    for d in (-1, 1):
        with art.group(hx, hy, d, scale_y=1):
            art.path("M24 -62C40 -104 66 -122 80 -118C92 -112 94 -70 88 -26Z", darker(fur, 0.06))
            art.path("M44 -66C54 -90 68 -102 76 -98C82 -92 82 -66 78 -42Z", "#f0b2a2", 0.85)
    art.path(
        f"M{hx} {hy - 82}C{hx + 70} {hy - 82} {hx + 104} {hy - 36} {hx + 98} {hy + 14}"
        f"C{hx + 92} {hy + 62} {hx + 50} {hy + 82} {hx} {hy + 82}S{hx - 92} {hy + 62} "
        f"{hx - 98} {hy + 14}C{hx - 104} {hy - 36} {hx - 70} {hy - 82} {hx} {hy - 82}"
        "Z",
        art.radial(
            (0, lighter(fur, 0.35)), (0.6, fur), (1, darker(fur, 0.14)), cx=0.4, cy=0.3, r=0.8
        ),
    )
    art.path(
        f"M{hx - 22} {hy - 78}q4 26 -2 42M{hx + 2} {hy - 80}v44M{hx + 26} {hy - 78}"
        f"q-4 26 2 42M{hx - 92} {hy + 6}h26M{hx + 66} {hy + 6}h26",
        stroke=st,
        width=10,
        opacity=0.65,
    )
    art.path(
        f"M{hx} {hy + 10}C{hx + 44} {hy + 6} {hx + 62} {hy + 40} {hx + 40} {hy + 62}"
        f"C{hx + 20} {hy + 80} {hx - 20} {hy + 80} {hx - 40} {hy + 62}"
        f"C{hx - 62} {hy + 40} {hx - 44} {hy + 6} {hx} {hy + 10}Z",
        be,
    )
    for d in (-1, 1):
        art.path(f"M{hx + d * 62} {hy - 6}q{-d * 16} 20 {-d * 36} 4", stroke=tint.dark, width=5)
        art.ellipse(hx + d * 56, hy + 30, 17, 10, "#f29a8c", 0.35)
        art.path(
            f"M{hx + d * 44} {hy + 42}l{d * 62} -8M{hx + d * 44} {hy + 50}l{d * 60} 8",
            stroke="#ffffff",
            width=2.4,
            opacity=0.8,
        )
    art.path(f"M{hx - 10} {hy + 24}h20q0 14 -10 14t-10 -14Z", "#e58a86")
    art.path(
        f"M{hx} {hy + 38}q-2 14 -18 12M{hx} {hy + 38}q2 14 18 12",
        stroke=tint.dark,
        width=3.4,
        opacity=0.8,
    )


def _paws(art: Art, be: str) -> None:
    for x in (-140, -64):
        art.ellipse(x, -64, 42, 22, art.linear((0, be), (1, darker(be, 0.14))))
        art.path(f"M{x - 12} -58v12M{x + 6} -58v12", stroke=darker(be, 0.35), width=3, opacity=0.6)


def _framed_picture(art: Art) -> None:
    tint = art.tint
    width = art.width
    height = art.height
    fxp = width * 0.74
    art.rect(fxp - 72, height * 0.1, 144, 180, "#00000022", 4)
    art.rect(fxp - 80, height * 0.09, 144, 180, "#fffdf8", 3)
    art.rect(fxp - 66, height * 0.09 + 14, 116, 152, lighter(tint.wall_deep, 0.3), 2)
    art.ellipse(fxp - 8, height * 0.09 + 70, 34, 34, tint.spark, 0.9)
    art.path(
        f"M{short(fxp - 66)} {short(height * 0.09 + 166)}v-44q34 -40 58 -10t58 -8v62Z",
        tint.main,
        0.85,
    )


def _potted_leaves(art: Art, floor_y: float, scale: float) -> None:
    tint = art.tint
    width = art.width
    with art.group(width * 0.9, floor_y + 24, scale * 0.85):
        art.shadow(8, 4, 80, 14, 0.35)
        for rot in (-150, -122, -98, -78, -50):
            leaf(
                art,
                0,
                -86,
                150 + art.chance.uniform(-20, 40),
                24,
                rot,
                mix("#58895c", tint.main, 0.15),
            )
        art.path("M-56 -92H56L44 -4Q0 8 -44 -4Z", art.round(tint.second))


def cat(art: Art) -> None:
    tint = art.tint
    width, height = (art.width, art.height)
    floor_y = height * 0.74
    room(art, floor_y, floor=mix("#c79a72", tint.floor, 0.5))
    fur, st, be = art.chance.choice(
        [
            ("#e2a15e", "#b8702f", "#fbe8cf"),
            ("#9aa0a6", "#6b727a", "#f1f1ef"),
            ("#f3ebe0", "#d9a56a", "#ffffff"),
            ("#4b4a52", "#34333b", "#f4f0ea"),
            ("#d9c3a5", "#6e5442", "#f6ead9"),
        ]
    )
    _framed_picture(art)
    scale = min(1.12, height / 640)
    with art.group(width * 0.47, floor_y + height * 0.12, scale):
        cc = tint.main
        _cushion(art, cc)
        _body(art, fur, st)
        _head(art, be, fur, st)
        _paws(art, be)
    _potted_leaves(art, floor_y, scale)
    leaf_shade(art, 0.06)
