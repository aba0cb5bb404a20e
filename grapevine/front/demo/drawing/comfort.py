"""Pictures of an armchair under a lamp, and of a toy bear."""

from grapevine.front.demo.drawing.colour import darker, lighter, mix
from grapevine.front.demo.drawing.pen import Art
from grapevine.front.demo.drawing.scenery import (
    arch,
    fit,
    leaf,
    leaf_shade,
    plinth,
    room,
    window_light,
)

WOOD = "#a9744a"


def _rug(art: Art) -> None:
    tint = art.tint
    art.ellipse(20, 8, 330, 52, mix(tint.main, tint.floor, 0.35), 0.9)
    art.ellipse(20, 8, 292, 42, mix(tint.second, tint.wall, 0.2), 0.95)
    art.ellipse(20, 8, 250, 34, mix(tint.main, tint.floor, 0.55), 0.8)


def _lamp(art: Art) -> None:
    tint = art.tint
    art.glow(206, -430, 250, 260, "#ffe7a6", 0.75)
    art.shadow(210, 0, 64, 12, 0.4)
    art.ellipse(206, -4, 52, 11, darker(WOOD, 0.2))
    art.rect(200, -400, 12, 396, art.round(WOOD), 5)
    art.path(
        "M150 -500H262L300 -388Q206 -366 112 -388Z",
        art.linear(
            (0, lighter(tint.spark, 0.55)), (0.7, lighter(tint.spark, 0.25)), (1, tint.spark)
        ),
    )
    art.path("M112 -388Q206 -366 300 -388", stroke="#fff6d6", width=6, opacity=0.8)


def _chair(art: Art, colour: str) -> None:
    shade = darker(colour, 0.22)
    art.shadow(-40, 4, 220, 26, 0.5)
    for x in (-168, 74):
        art.path(f"M{x} -44L{x - 8} 4H{x + 10}L{x + 22} -44Z", art.round(WOOD))
    art.path(
        "M-160 -120C-176 -330 -120 -356 -44 -356S88 -330 72 -120Z",
        art.linear((0, lighter(colour, 0.28)), (0.6, colour), (1, shade), x2=0.8),
    )
    art.path(
        "M-44 -352V-150M-104 -338Q-96 -230 -100 -140M18 -338Q10 -230 14 -140",
        stroke=shade,
        width=4,
        opacity=0.5,
    )
    art.rect(-150, -152, 214, 62, art.linear((0, lighter(colour, 0.35)), (1, colour)), 26)
    art.path("M-190 -44V-176C-190 -214 -134 -214 -134 -176V-44Z", art.round(colour))
    art.path("M46 -44V-176C46 -214 102 -214 102 -176V-44Z", art.round(colour))
    art.rect(-160, -98, 234, 58, art.linear((0, colour), (1, shade)), 14)


def _cushion(art: Art) -> None:
    tint = art.tint
    with art.group(-20, -190, turn=9):
        cloth = art.linear((0, lighter(tint.spark, 0.35)), (1, darker(tint.spark, 0.08)), x2=0.8)
        art.path("M-64 -58Q0 -46 64 -58Q52 0 64 58Q0 46 -64 58Q-52 0 -64 -58Z", cloth)
        for number in range(4):
            art.path(
                f"M{-42 + number * 28} -48Q{-38 + number * 28} 0 {-42 + number * 28} 48",
                stroke=tint.light,
                width=4,
                opacity=0.6,
            )


def armchair(art: Art) -> None:
    tint = art.tint
    floor_y, scale = fit(art, 0.78, 560)
    room(art, floor_y, floor=mix("#c79a6c", tint.floor, 0.5))
    leaf_shade(art, 0.08)
    with art.group(300, floor_y + art.height * 0.11, scale):
        arch(art, -150, -40, 190, 330, mix(tint.wall_deep, tint.light, 0.3))
        _rug(art)
        _lamp(art)
        _chair(art, art.chance.choice((tint.main, mix(tint.main, tint.second, 0.35))))
        _cushion(art)
        with art.group(-262, 0, 0.72):
            art.shadow(8, 2, 80, 14, 0.4)
            for turn, length in ((-150, 120), (-124, 160), (-96, 190), (-70, 160), (-40, 120)):
                leaf(art, 0, -84, length, 24, turn, mix("#58895c", tint.main, 0.15))
            art.path("M-56 -92H56L44 -4Q0 8 -44 -4Z", art.round(tint.second))


def _head(art: Art, fur: str, muzzle: str) -> None:
    dark = art.tint.dark
    for side in (-1, 1):
        art.ellipse(side * 78, -322, 38, 38, art.ball(fur))
        art.ellipse(side * 78, -320, 20, 20, muzzle, 0.9)
    art.ellipse(0, -262, 104, 92, art.ball(fur))
    art.ellipse(0, -232, 50, 40, art.ball(muzzle))
    for side in (-1, 1):
        art.ellipse(side * 42, -274, 9, 11, dark)
        art.ellipse(side * 42 - 3, -278, 3, 3, "#ffffff")
        art.ellipse(side * 66, -240, 18, 11, "#f29a8c", 0.4)
    art.path("M-16 -254H16Q14 -238 0 -238T-16 -254Z", dark)
    art.path(
        "M0 -238V-224M0 -224Q-12 -212 -22 -220M0 -224Q12 -212 22 -220",
        stroke=dark,
        width=4,
        opacity=0.8,
    )


def bear(art: Art) -> None:
    tint = art.tint
    floor_y, scale = fit(art, 0.74, 480)
    room(art, floor_y, sunny=False)
    window_light(art, floor_y, 0.4)
    fur, muzzle = art.chance.choice(
        (
            ("#c79262", "#f1d9b8"),
            ("#a8795a", "#ecd2b4"),
            ("#e3c39c", "#fff3df"),
            ("#b6b0ac", "#f3efe9"),
        )
    )
    with art.group(300, floor_y + art.height * 0.1, scale):
        arch(art, 0, -4, 400, 470, mix(tint.wall_deep, tint.main, 0.18))
        plinth(art, 0, -46, 330, 70, mix(tint.floor, tint.wall_deep, 0.28))
        art.shadow(14, -40, 150, 20, 0.45)
        for side in (-1, 1):
            with art.group(side * 92, -150, side, scale_y=1, turn=side * -18):
                art.ellipse(14, 10, 38, 70, art.ball(fur))
        art.ellipse(0, -118, 92, 96, art.ball(fur))
        art.ellipse(0, -106, 54, 58, art.ball(muzzle))
        for side in (-1, 1):
            art.ellipse(side * 78, -58, 46, 40, art.ball(fur))
            art.ellipse(side * 84, -56, 24, 21, muzzle, 0.95)
        _head(art, fur, muzzle)
        art.path("M-58 -190Q0 -166 58 -190L54 -168Q0 -146 -54 -168Z", tint.main)
        art.path("M-4 -172L-46 -196V-148ZM4 -172L46 -196V-148Z", tint.main)
        art.ellipse(0, -172, 13, 13, art.ball(tint.spark))
