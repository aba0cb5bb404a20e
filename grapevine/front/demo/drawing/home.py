"""Pictures of things at home: a plant, a book, headphones."""

import math

from grapevine.front.demo.drawing.colour import darker, lighter, mix
from grapevine.front.demo.drawing.pen import Art, short
from grapevine.front.demo.drawing.scenery import (
    fit,
    leaf,
    leaf_shade,
    plinth,
    room,
    sprig,
    window_light,
)

SKIES = (
    ("#bfe0f2", "#fdf3e0"),
    ("#f9d9b4", "#fdeede"),
    ("#cfe8dc", "#fbf6e2"),
    ("#d9d3f0", "#fdeadf"),
)


def _window_view(art: Art, sk: tuple[str, str], sy: float) -> None:
    tint = art.tint
    width = art.width
    height = art.height
    art.rect(0, 0, width, height, art.linear((0, tint.wall), (1, tint.wall_deep), x2=0.5))
    wx, wy, ww, wh = (width * 0.13, height * 0.05, width * 0.74, sy - height * 0.05)
    art.rect(
        wx - 18,
        wy - 18,
        ww + 36,
        wh + 18,
        art.linear((0, "#fffdf8"), (1, mix(tint.floor, tint.wall_deep, 0.3))),
        6,
    )
    art.rect(wx, wy, ww, wh, art.linear((0, sk[0]), (1, sk[1])))
    art.ellipse(
        wx + ww * 0.7,
        wy + wh * 0.3,
        120,
        120,
        art.radial((0, "#fffbe8", 0.95), (0.35, "#fff6d6", 0.6), (1, "#fff6d6", 0)),
    )
    art.path(
        f"M{short(wx)} {short(sy)}V{short(sy - wh * 0.26)}q{short(ww * 0.2)} {short(-wh * 0.14)} "
        f"{short(ww * 0.42)} {short(-wh * 0.02)}t{short(ww * 0.58)} {short(-wh * 0.06)}"
        f"V{short(sy)}Z",
        mix(sk[0], "#6f9a86", 0.5),
        0.7,
    )
    art.path(
        f"M{short(wx)} {short(sy)}V{short(sy - wh * 0.12)}q{short(ww * 0.3)} {short(-wh * 0.1)} "
        f"{short(ww * 0.55)} {short(-wh * 0.01)}t{short(ww * 0.45)} {short(-wh * 0.02)}"
        f"V{short(sy)}Z",
        mix(sk[0], "#4c7c66", 0.62),
        0.85,
    )
    for i in range(5):
        bx = wx + 20 + i * ww / 5.4
        bh = art.chance.uniform(0.06, 0.16) * wh
        art.rect(bx, sy - wh * 0.2 - bh, 30, bh + 20, mix(sk[0], tint.main, 0.35), 2, 0.45)
    art.rect(wx + ww / 2 - 7, wy, 14, wh, "#fffdf8")
    art.rect(wx, wy + wh * 0.36, ww, 12, "#fffdf8")
    art.rect(wx + ww / 2 + 5, wy, 4, wh, tint.dark, 0, 0.08)


def _curtain_and_sill(art: Art, sy: float, wx: float) -> None:
    tint = art.tint
    width = art.width
    height = art.height
    art.path(
        f"M0 0H{short(wx + 66)}C{short(wx + 30)} {short(height * 0.3)} {short(wx + 6)} "
        f"{short(height * 0.6)} {short(wx + 40)} {short(sy)}H0Z",
        art.linear(
            (0, lighter(tint.second, 0.2), 0.96),
            (0.4, tint.second, 0.8),
            (0.7, lighter(tint.second, 0.4), 0.9),
            (1, tint.second, 0.62),
            x2=1,
            y2=0,
        ),
    )
    for x in (18, 52, 90):
        art.path(
            f"M{x} 0C{x + 8} {short(height * 0.3)} {x - 14} {short(height * 0.6)} "
            f"{x + 4} {short(sy)}",
            stroke=darker(tint.second, 0.22),
            width=3,
            opacity=0.22,
        )
    art.rect(
        0,
        sy,
        width,
        height - sy,
        art.linear(
            (0, lighter(tint.floor, 0.5)),
            (0.16, tint.floor),
            (0.17, mix(tint.floor, tint.wall_deep, 0.5)),
            (1, mix(tint.floor, tint.wall_deep, 0.25)),
        ),
    )
    art.rect(0, sy + (height - sy) * 0.3, width, 10, tint.dark, 0, 0.08)
    art.path(
        f"M{short(width * 0.34)} {short(sy + 4)}h{short(width * 0.34)}"
        f"l-60 {short((height - sy) * 0.28)}h{short(-width * 0.34)}"
        "Z",
        "#fffef2",
        0.7,
    )


BLADES = (
    (-156, 190), (-138, 236), (-118, 262), (-100, 300), (-84, 276), (-64, 262), (-44, 226), (-26, 180),
)  # fmt: skip


def _blades(art: Art, green: str) -> None:
    for turn, length in BLADES:
        shade = mix(green, "#9cc47a", art.chance.uniform(0, 0.35))
        leaf(art, 0, -120, length, 34, turn + art.chance.uniform(-4, 4), shade)


def _split_leaves(art: Art, green: str, light: str) -> None:
    for rot, length in ((-140, 210), (-116, 250), (-92, 290), (-68, 250), (-42, 210)):
        t = math.radians(rot)
        x, y = (math.cos(t) * length * 0.62, -120 + math.sin(t) * length * 0.72)
        art.path(
            f"M0 -116Q{short(x * 0.2)} {short(y * 0.7)} {short(x)} {short(y)}",
            stroke=darker(green, 0.2),
            width=6,
        )
        with art.group(x, y, turn=rot + 90 + art.chance.uniform(-14, 14)):
            art.path(
                "M0 34C-84 40 -92 -58 -10 -84C-6 -86 6 -86 10 -84C92 -58 84 40 0 34Z",
                art.linear((0, lighter(green, 0.28)), (1, darker(green, 0.18)), x2=1, y2=0.6),
            )
            art.path(
                "M0 34V-78M0 8L-48 -22M0 -16L-42 -50M0 8L48 -22M0 -16L42 -50",
                stroke=lighter(green, 0.45),
                width=2.6,
                opacity=0.6,
            )
            art.path(
                "M-70 -6L-34 -12M-58 -42L-28 -38M70 -6L34 -12M58 -42L28 -38",
                stroke=light,
                width=9,
                opacity=0.85,
            )


def _trailing(art: Art, green: str) -> None:
    for j in range(9):
        tall = 150 + art.chance.uniform(-20, 60)
        sprig(
            art,
            0,
            -118,
            tall,
            -165 + j * 18.5,
            mix(green, "#a9cf86", art.chance.uniform(0, 0.3)),
            count=7,
            width=13,
            blade=46,
        )
    for x, d in ((-70, -1), (74, 1)):
        art.path(f"M{x} -116q{30 * d} 40 {16 * d} 110", stroke=darker(green, 0.1), width=3)
        for i in range(5):
            leaf(
                art,
                x + d * (10 + i * 4),
                -92 + i * 24,
                34,
                12,
                60 if i % 2 else 120,
                mix(green, "#a9cf86", 0.2),
            )


def _pot(art: Art, light: str, sy: float) -> None:
    tint = art.tint
    width, height = art.width, art.height
    scale = min(1.1, height / 720)
    with art.group(width * 0.54, sy + (height - sy) * 0.14, scale):
        art.shadow(36, 2, 130, 20, 0.42)
        pc = tint.main
        kind = art.chance.randrange(3)
        if kind == 0:
            _blades(art, "#4d8a5b")
        elif kind == 1:
            _split_leaves(art, "#3f7f62", light)
        else:
            _trailing(art, "#6a9a54")
        art.path("M-86 -128H86L66 -10Q0 10 -66 -10Z", art.round(pc))
        art.path("M-94 -150H94V-122Q0 -104 -94 -122Z", art.round(lighter(pc, 0.1)))
        art.ellipse(0, -150, 94, 14, darker("#5a4030", 0.1))
        art.path(
            "M-60 -70q30 -16 60 0t60 0M-56 -50q28 -16 56 0t56 0",
            stroke=lighter(pc, 0.55),
            width=4,
            opacity=0.5,
        )
    with art.group(width * 0.25, sy + (height - sy) * 0.12, scale * 0.8):
        art.shadow(14, 0, 70, 12, 0.35)
        art.rect(-54, -26, 110, 26, art.round(tint.spark), 4)
        art.rect(-48, -48, 98, 22, art.round(tint.second), 4)
        art.rect(-46, -40, 94, 3, tint.dark, 0, 0.2)
        art.cylinder(-22, -98, 44, 48, tint.light, 7)


def plant(art: Art) -> None:
    sill = art.height * 0.8
    sky = art.chance.choice(SKIES)
    _window_view(art, sky, sill)
    _curtain_and_sill(art, sill, art.width * 0.13)
    _pot(art, sky[1], sill)


def _open_pages(art: Art) -> None:
    tint = art.tint
    art.path("M-246 -196H254L272 214H-236Z", tint.dark, 0.14)
    art.path(
        "M-240 -204H240Q254 -204 254 -190V186Q254 200 240 200H-240"
        "Q-254 200 -254 186V-190Q-254 -204 -240 -204Z",
        art.linear((0, lighter(tint.main, 0.12)), (1, darker(tint.main, 0.18)), x2=1),
    )
    for d in (-1, 1):
        with art.group(0, 0, d, scale_y=1):
            for i in range(3):
                art.path(
                    f"M2 -186C60 -206 180 -200 {244 - i * 3} -190V{188 - i}C180 178 60 172 2 192Z",
                    mix("#fffdf6", tint.wall_deep, 0.14 - i * 0.05),
                )
            art.path(
                "M2 -186C60 -206 180 -200 238 -190V186C180 176 60 170 2 192Z",
                art.linear(
                    (0, mix("#fffaf0", tint.dark, 0.26)),
                    (0.14, mix("#fffaf0", tint.dark, 0.05)),
                    (0.5, "#fffdf8"),
                    (1, mix("#fffaf0", tint.wall_deep, 0.25)),
                    x2=1,
                    y2=0,
                ),
            )


def _print(art: Art) -> None:
    tint = art.tint
    for i in range(12):
        wd = art.chance.choice([160, 164, 158, 120 if i % 4 == 3 else 162])
        art.rect(-204, -140 + i * 24, wd, 5, tint.dark, 2, 0.27)
    kind = art.chance.randrange(2)
    if kind:
        art.rect(
            38, -150, 168, 150, art.linear((0, tint.wall_deep), (1, lighter(tint.main, 0.2))), 4
        )
        art.ellipse(150, -104, 24, 24, lighter(tint.spark, 0.3))
        art.path("M38 -30Q90 -84 128 -40T206 -56V0H38Z", darker(tint.main, 0.1))
        for i in range(5):
            art.rect(38, 26 + i * 24, 160, 5, tint.dark, 2, 0.27)
    else:
        art.rect(42, -140, 90, 13, tint.main, 3, 0.85)
        for i in range(10):
            art.rect(
                42, -104 + i * 24, art.chance.choice([160, 156, 110, 162]), 5, tint.dark, 2, 0.27
            )
        art.rect(40, -32, 164, 30, tint.spark, 3, 0.22)
    art.path("M30 -196V60l12 -14l12 14V-199Z", tint.spark, 0.9)


def _marble(art: Art) -> None:
    tint = art.tint
    width = art.width
    height = art.height
    art.rect(
        0,
        0,
        width,
        height,
        art.linear((0, tint.wall), (1, mix(tint.wall_deep, tint.floor, 0.3)), x2=0.8),
    )
    for i in range(9):
        y = i * height / 8
        art.path(
            f"M0 {short(y)}q{short(width * 0.3)} {short(art.chance.uniform(-40, 40))} "
            f"{short(width * 0.55)} {short(art.chance.uniform(-8, 26))}"
            f"t{short(width * 0.5)} {short(art.chance.uniform(-30, 30))}",
            stroke=art.chance.choice(["#ffffff", tint.dark]),
            width=art.chance.uniform(8, 26),
            opacity=0.06,
        )


def _coffee_from_above(art: Art, cx: float, cy: float, scale: float) -> None:
    tint = art.tint
    with art.group(cx, cy, scale * 1.02):
        art.shadow(20, 26, 150, 146, 0.42)
        art.ellipse(
            0,
            0,
            122,
            122,
            art.linear((0, "#ffffff"), (1, mix(tint.second, tint.wall_deep, 0.5)), x2=0.8),
        )
        art.ellipse(
            0,
            0,
            98,
            98,
            art.linear((0, mix(tint.second, tint.wall_deep, 0.5)), (1, "#ffffff"), x2=0.8),
        )
        art.shadow(10, 12, 92, 90, 0.35)
        art.path(
            "M60 40Q118 66 112 96Q92 110 40 64Z",
            art.linear((0, "#ffffff"), (1, mix(tint.second, tint.dark, 0.16)), x2=1),
        )
        art.ellipse(
            0, 0, 78, 78, art.linear((0, "#ffffff"), (1, mix(tint.second, tint.dark, 0.1)), x2=0.8)
        )
        art.ellipse(0, 0, 67, 67, art.radial((0, "#c58f5c"), (0.75, "#a06a3a"), (1, "#6f4320")))
        art.path(
            "M0 44C-52 12 -44 -40 -6 -22Q0 -18 0 -8Q0 -18 6 -22C44 -40 52 12 0 44Z", "#f7e6cb", 0.95
        )
        art.path("M0 28C-30 6 -26 -18 -4 -10L0 -2L4 -10C26 -18 30 6 0 28Z", "#b17a47", 0.9)
        art.path("M0 16C-14 4 -12 -6 0 0C12 -6 14 4 0 16Z", "#f7e6cb")
        art.path("M-58 -30A66 66 0 0 1 -20 -62", stroke="#ffffff", width=4, opacity=0.5)


def _leaf_and_glasses(art: Art, cx: float, scale: float) -> None:
    tint = art.tint
    width = art.width
    height = art.height
    sprig(
        art,
        width * (0.1 if cx > width / 2 else 0.92),
        height * 0.05,
        200 * scale,
        62 if cx > width / 2 else 118,
        mix("#6f9465", tint.main, 0.2),
        count=7,
        width=17,
        blade=64,
    )
    with art.group(width * 0.74, height * 0.9, scale * 0.95, turn=14):
        art.shadow(6, 12, 130, 36, 0.3)
        for x in (-58, 58):
            art.path(
                f"M{x - 44} -8C{x - 46} -36 {x + 46} -36 {x + 44} -8C{x + 42} 40 {x - 42} "
                f"40 {x - 44} -8Z",
                "#ffffff",
                0.28,
            )
            art.path(
                f"M{x - 44} -8C{x - 46} -36 {x + 46} -36 {x + 44} -8C{x + 42} 40 {x - 42} "
                f"40 {x - 44} -8Z",
                stroke=mix("#6b4a30", tint.dark, 0.4),
                width=7,
            )
        art.path(
            "M-14 -12Q0 -22 14 -12M-102 -14L-130 -36M102 -14L132 -40",
            stroke=mix("#6b4a30", tint.dark, 0.4),
            width=7,
        )


def book(art: Art) -> None:
    width, height = (art.width, art.height)
    _marble(art)
    scale = min(1.05, height / 700)
    with art.group(width * 0.5, height * 0.56, scale, turn=art.chance.uniform(-13, -6)):
        _open_pages(art)
        _print(art)
    right = art.chance.random() < 0.6
    spot = (width * 0.77, height * 0.22) if right else (width * 0.23, height * 0.2)
    _coffee_from_above(art, *spot, scale)
    _leaf_and_glasses(art, spot[0], scale)
    window_light(art, height * 0.62, 0.3)


def _headband(art: Art, c: str) -> None:
    art.path(
        "M-136 -150C-150 -420 150 -420 136 -150",
        stroke=art.linear(
            (0, darker(c, 0.1)), (0.35, lighter(c, 0.35)), (1, darker(c, 0.28)), x2=1, y2=0
        ),
        width=30,
    )
    art.path("M-134 -168C-140 -404 118 -404 130 -190", stroke="#ffffff", width=5, opacity=0.45)
    art.path("M-96 -318C-56 -366 56 -366 96 -318", stroke=darker(c, 0.4), width=20)
    art.path("M-90 -316C-52 -354 52 -354 90 -316", stroke=lighter(c, 0.1), width=4, opacity=0.6)


def _ear_cups(art: Art, c: str, m: str) -> None:
    for d in (-1, 1):
        with art.group(d * 132, -112, d, scale_y=1):
            art.rect(-9, -106, 18, 76, art.round(m), 8)
            art.rect(
                -58,
                -76,
                44,
                152,
                art.linear(
                    (0, darker(c, 0.55)), (0.5, darker(c, 0.25)), (1, darker(c, 0.45)), x2=1, y2=0
                ),
                22,
            )
            for y in (-40, -14, 12, 38):
                art.path(f"M-54 {y}h34", stroke=lighter(c, 0.2), width=2, opacity=0.25)
            art.rect(
                -26,
                -84,
                76,
                168,
                art.round(c)
                if d > 0
                else art.linear(
                    (0, darker(c, 0.14)),
                    (0.55, lighter(c, 0.1)),
                    (0.78, lighter(c, 0.45)),
                    (1, darker(c, 0.1)),
                    x2=1,
                    y2=0,
                ),
                36,
            )
            art.ellipse(
                18, 0, 22, 52, art.linear((0, lighter(m, 0.4)), (1, darker(m, 0.18)), x2=0.4)
            )
            art.ellipse(18, 0, 13, 40, lighter(m, 0.15))


def _cable_and_case(art: Art, c: str) -> None:
    tint = art.tint
    art.path(
        "M136 -60C170 -10 220 -40 214 0S120 34 60 14S-70 20 -120 34",
        stroke=darker(c, 0.45),
        width=5,
        opacity=0.75,
    )
    sprig(art, -214, 16, 150, -70, mix("#6a8f63", tint.main, 0.3), count=6)
    with art.group(196, 22):
        art.shadow(6, 6, 60, 12, 0.4)
        art.rect(-44, -46, 92, 48, art.round(tint.light), 20)
        art.rect(-44, -28, 92, 2, tint.dark, 0, 0.3)
        art.ellipse(2, -14, 3, 3, tint.spark)


def earphones(art: Art) -> None:
    tint = art.tint
    floor_y, scale = fit(art, 0.74, 500)
    room(art, floor_y, sunny=False)
    art.ellipse(
        300,
        floor_y - 190 * scale,
        250 * scale,
        250 * scale,
        art.linear((0, lighter(tint.wall, 0.4)), (1, mix(tint.wall_deep, tint.main, 0.32)), x2=0.7),
    )
    window_light(art, floor_y, 0.34)
    with art.group(300, floor_y + art.height * 0.1, scale):
        plinth(art, 0, -50, 380, 74, mix(tint.floor, tint.wall_deep, 0.35))
        c = tint.main
        m = mix(tint.second, "#d9d4cc", 0.4)
        art.shadow(10, -46, 160, 20, 0.45)
        with art.group(0, -52):
            _headband(art, c)
            _ear_cups(art, c, m)
        _cable_and_case(art, c)
    leaf_shade(art, 0.07)
