"""Pictures of a pot of tea and of fresh bread."""

from grapevine.front.demo.drawing.colour import darker, lighter, mix
from grapevine.front.demo.drawing.pen import Art, short
from grapevine.front.demo.drawing.scenery import (
    arch,
    fit,
    leaf,
    leaf_shade,
    plinth,
    room,
    sprig,
    steam,
)

BAMBOO = "#c9a063"


def _tray(art: Art) -> None:
    art.shadow(14, 24, 300, 36, 0.4)
    top = art.linear((0, lighter(BAMBOO, 0.35)), (1, darker(BAMBOO, 0.1)), x2=1, y2=0.3)
    art.rect(-270, -6, 540, 34, darker(BAMBOO, 0.35), 12)
    art.rect(-270, -22, 540, 36, top, 14)
    for number in range(13):
        art.rect(-246 + number * 40, -14, 26, 4, darker(BAMBOO, 0.4), 2, 0.35)


def _pot(art: Art, colour: str) -> None:
    """A round clay pot: spout to the left, handle to the right."""
    rim = darker(colour, 0.25)
    art.shadow(10, -16, 150, 20, 0.5)
    art.path(
        "M-96 -150C-150 -160 -170 -196 -186 -214L-212 -204C-196 -170 -160 -96 -92 -92Z",
        art.linear((0, lighter(colour, 0.3)), (1, darker(colour, 0.2)), x2=0.6),
    )
    handle = art.linear((0, lighter(colour, 0.15)), (1, darker(colour, 0.3)))
    art.path("M92 -170C178 -196 186 -66 84 -72", stroke=handle, width=22)
    art.path("M96 -176C162 -192 170 -112 138 -88", stroke="#ffffff", width=4, opacity=0.35)
    art.path("M-74 -206C-140 -180 -138 -40 -70 -20H62C130 -40 132 -180 66 -206Z", art.round(colour))
    art.path("M-84 -172C-112 -130 -104 -78 -84 -50", stroke="#ffffff", width=9, opacity=0.4)
    art.ellipse(-4, -206, 74, 15, rim)
    art.path(
        "M-72 -210C-60 -244 52 -244 64 -210Q-4 -192 -72 -210Z", art.round(lighter(colour, 0.08))
    )
    art.ellipse(-4, -246, 16, 14, art.ball(lighter(colour, 0.1)))
    art.ellipse(-6, -112, 34, 34, lighter(colour, 0.55), 0.9)
    leaf(art, -10, -92, 44, 14, -62, colour)
    leaf(art, -10, -92, 40, 13, -124, colour)


def _bowl(art: Art, x: float, y: float, scale: float, colour: str) -> None:
    with art.group(x, y, scale):
        art.shadow(6, 4, 70, 12, 0.4)
        art.path("M-54 -60C-50 -16 -28 0 0 0S50 -16 54 -60Z", art.round(colour))
        art.ellipse(0, -60, 54, 13, lighter(colour, 0.5))
        tea = art.radial((0, "#d9a04c"), (0.7, "#b97a2c"), (1, "#8a5218"))
        art.ellipse(0, -57, 46, 9, tea)
        art.path("M-22 -58q16 -5 34 -1", stroke="#fff1cf", width=3, opacity=0.7)


def teapot(art: Art) -> None:
    tint = art.tint
    floor_y, scale = fit(art, 0.72, 500)
    room(art, floor_y, floor=mix("#b98b5e", tint.floor, 0.45))
    art.ellipse(
        300,
        floor_y - 190 * scale,
        230 * scale,
        230 * scale,
        art.linear(
            (0, lighter(tint.wall, 0.35)), (1, mix(tint.wall_deep, tint.main, 0.22)), x2=0.7
        ),
    )
    leaf_shade(art, 0.1)
    clay = art.chance.choice((tint.main, mix(tint.main, "#8a4b32", 0.6), tint.second))
    with art.group(300, floor_y + art.height * 0.12, scale):
        sprig(art, 214, -20, 240, -104, mix(tint.main, "#5e8a57", 0.6), count=7, width=15, blade=60)
        sprig(art, 206, -16, 180, -74, mix(tint.main, "#6f9a5e", 0.5), count=6)
        _tray(art)
        _pot(art, clay)
        steam(art, -206, -222, 0.7)
        _bowl(art, 190, -14, 0.92, tint.light)
        _bowl(art, -214, 6, 0.8, lighter(tint.second, 0.2))


def _loaf(art: Art, x: float, y: float, scale: float, turn: float) -> None:
    crust = "#c98542"
    with art.group(x, y, scale, turn=turn):
        art.shadow(8, 6, 170, 20, 0.4)
        art.path(
            "M-160 -10C-176 -96 -84 -128 0 -128S176 -96 160 -10Q0 16 -160 -10Z",
            art.linear((0, lighter(crust, 0.35)), (0.55, crust), (1, darker(crust, 0.3))),
        )
        for number in range(4):
            cut = -102 + number * 62
            art.path(f"M{cut} -38q14 -44 50 -66", stroke="#f7dfb2", width=15, opacity=0.95)
            art.path(f"M{cut + 6} -36q14 -40 46 -60", stroke="#e0ac63", width=4, opacity=0.8)
        for _ in range(40):
            px, py = art.chance.uniform(-120, 120), art.chance.uniform(-110, -30)
            art.ellipse(px, py, 2.4, 1.6, "#fff4dc", art.chance.uniform(0.4, 0.9))


def _croissant(art: Art, x: float, y: float, scale: float, turn: float) -> None:
    """Seven rolls of dough along a shallow arc, the middle one on top."""
    with art.group(x, y, scale, turn=turn):
        art.shadow(4, 10, 116, 16, 0.4)
        for place in (-3, 3, -2, 2, -1, 1, 0):
            rise = 34 - abs(place) * 9
            colour = mix("#e0a24f", "#a85f22", abs(place) * 0.2)
            crust = art.linear(
                (0, lighter(colour, 0.4)), (0.5, colour), (1, darker(colour, 0.22)), x2=0.5
            )
            with art.group(place * 30, 2 - rise * 0.5 + abs(place) * 3, turn=place * 13):
                art.ellipse(0, 0, 24, rise + 8, crust)
                art.path(
                    f"M-12 {short(-rise * 0.6)}Q-17 0 -11 {short(rise * 0.6)}",
                    stroke="#ffe9c2",
                    width=4,
                    opacity=0.45,
                )


def bread(art: Art) -> None:
    tint = art.tint
    floor_y, scale = fit(art, 0.7, 430)
    room(art, floor_y, floor=mix("#c99a6b", tint.floor, 0.4))
    leaf_shade(art, 0.09)
    with art.group(292, floor_y + art.height * 0.13, scale):
        arch(art, 16, -20, 320, 400, mix(tint.wall_deep, tint.main, 0.2))
        plinth(art, 16, -110, 320, 110, mix(tint.floor, tint.wall_deep, 0.25))
        cloth = art.linear((0, tint.light), (1, mix(tint.second, tint.wall_deep, 0.3)), x2=1)
        art.path("M-150 -116C-60 -140 90 -140 182 -114L200 -52C150 -30 130 -70 84 -50Z", cloth)
        art.path("M-120 -112C-40 -130 80 -130 160 -110", stroke=tint.main, width=4, opacity=0.5)
        for turn in (-96, -82, -110):
            sprig(art, 104, -200, 150, turn, "#c08a2e", count=7, width=7, blade=30)
        art.path("M74 -206H134L124 -110H84Z", art.round(mix(tint.main, tint.light, 0.25)))
        _loaf(art, 0, -118, 0.94, -3)
        _croissant(art, -152, -6, 0.86, -8)
        _croissant(art, 172, 4, 0.74, 10)
