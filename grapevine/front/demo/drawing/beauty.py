"""Pictures of skin care and lipsticks."""

from grapevine.front.demo.drawing.colour import darker, lighter, mix
from grapevine.front.demo.drawing.pen import Art
from grapevine.front.demo.drawing.scenery import (
    arch,
    fit,
    leaf_shade,
    plinth,
    room,
    sprig,
    window_light,
)


def _bottle(art: Art, c: str, kind: int) -> None:
    tint = art.tint
    if kind == 0:
        art.rect(-44, -290, 112, 216, art.round(c), 26)
        art.rect(-44, -290, 112, 216, art.linear((0, "#ffffff00"), (1, "#ffffff00")), 26)
        art.rect(
            -44, -170, 112, 96, art.linear((0, darker(c, 0.3), 0.0), (1, darker(c, 0.4), 0.35)), 26
        )
        art.rect(-12, -318, 48, 34, art.round(lighter(tint.second, 0.1)), 6)
        art.rect(-16, -340, 56, 26, art.round(mix(tint.spark, "#e9cf9a", 0.6)), 5)
        art.path("M-4 -340C-8 -372 -6 -398 12 -398S32 -372 28 -340Z", art.round(tint.dark, 0.6))
        art.rect(-30, -232, 84, 100, tint.light, 5, 0.94)
    elif kind == 1:
        art.rect(-54, -270, 128, 198, art.round(c), 18)
        art.rect(-24, -300, 68, 34, art.round(tint.light), 6)
        art.rect(2, -340, 16, 44, art.round(tint.light))
        art.path(
            "M-46 -352Q-46 -366 -28 -366H34Q46 -366 46 -352V-338H-4Q-20 -338 -34 -330L-50 -336Z",
            art.round(tint.light),
        )
        art.rect(-34, -226, 88, 104, lighter(c, 0.82), 5, 0.95)
    else:
        art.rect(-40, -276, 104, 202, art.round(tint.second), 14)
        art.rect(-40, -166, 104, 92, art.linear((0, c, 0.55), (1, c, 0.85)), 14)
        art.rect(-24, -344, 72, 74, art.round(mix("#c79a68", tint.main, 0.15)), 8)
        art.rect(-28, -248, 80, 88, tint.light, 4, 0.95)
    y0 = -214 if kind != 2 else -234
    art.rect(-16, y0, 56, 7, tint.dark, 3, 0.82)
    art.rect(-6, y0 + 16, 36, 3, tint.dark, 1, 0.5)
    art.rect(-10, y0 + 26, 44, 3, tint.dark, 1, 0.4)
    art.ellipse(12, y0 + 54, 9, 9, tint.spark, 0.9)


def _jar(art: Art) -> None:
    tint = art.tint
    art.shadow(-146, -30, 66, 12, 0.36)
    art.rect(-200, -84, 106, 54, art.round(tint.light), 12)
    art.rect(-204, -108, 114, 32, art.round(mix(tint.spark, "#e7cda0", 0.35)), 8)
    art.rect(-176, -68, 58, 6, tint.dark, 2, 0.45)


def skincare(art: Art) -> None:
    tint = art.tint
    floor_y, scale = fit(art, 0.74, 470)
    room(art, floor_y)
    leaf_shade(art, 0.09)
    with art.group(292, floor_y + art.height * 0.12, scale):
        arch(art, 20, 0, 330, 500, mix(tint.wall_deep, tint.main, 0.2))
        plinth(art, 10, -74, 300, 84, mix(tint.floor, tint.wall_deep, 0.25))
        plinth(art, -150, -34, 150, 48, lighter(tint.wall_deep, 0.25))
        kind = art.chance.randrange(3)
        c = tint.main
        art.shadow(40, -72, 120, 20, 0.4)
        _bottle(art, c, kind)
        art.rect(-32, -262, 7, 168, "#ffffff", 4, 0.5)
        _jar(art)
        sprig(art, 196, -4, 190, -104, mix(tint.main, "#5e8a57", 0.55))
        sprig(art, 176, 2, 130, -138, mix(tint.main, "#5e8a57", 0.4), count=5)
        art.ellipse(
            128, -72, 16, 6, art.radial((0, "#ffffff", 0.9), (0.7, c, 0.4), (1, c, 0.15)), 0.8
        )


def _stick(art: Art, c: str, i: int, s: float, up: float, x: float) -> None:
    tint = art.tint
    with art.group(x, (-14, -6, 12)[i], s):
        art.shadow(22, 2, 82, 17, 0.45)
        art.cylinder(
            -42, -132, 84, 132, tint.dark if i != 1 else mix(tint.light, tint.second, 0.5), 11
        )
        art.rect(-42, -22, 84, 6, mix("#e8c88c", tint.spark, 0.2), 0, 0.8)
        art.cylinder(-36, -176, 72, 48, "#e3c184", 9)
        art.cylinder(-30, -206, 60, 34, "#f0d7a5", 8)
        t = -206 - up
        art.path(
            f"M-24 -204V{t + 40}C-24 {t - 2} 10 {t - 22} 24 {t - 16}V-204A24 7 0 0 1 -24 -204Z",
            art.round(c),
        )
        art.path(
            f"M-24 {t + 40}C-24 {t - 2} 10 {t - 22} 24 {t - 16}C26 {t + 8} 0 {t + 44} "
            f"-24 {t + 40}Z",
            lighter(c, 0.3),
            0.75,
        )
        art.rect(-15, t + 60, 5, up - 66, "#ffffff", 3, 0.5)


def lipstick(art: Art) -> None:
    tint = art.tint
    floor_y, scale = fit(art, 0.74)
    room(art, floor_y, sunny=False)
    art.ellipse(
        art.width * 0.62,
        art.height * 0.34,
        art.width * 0.36,
        art.width * 0.36,
        art.linear((0, lighter(tint.wall_deep, 0.2)), (1, darker(tint.wall_deep, 0.04)), x2=1),
    )
    window_light(art, floor_y, 0.4)
    with art.group(300, floor_y + art.height * 0.1, scale):
        art.path(
            "M-300 6C-230 -40 -120 -18 -60 -26S90 -66 160 -30S300 20 312 40L300 70H-300Z",
            art.linear((0, lighter(tint.main, 0.42)), (1, lighter(tint.main, 0.1)), x2=1),
            0.55,
        )
        art.path(
            "M-290 22C-200 -16 -130 20 -40 4S140 -30 300 36", stroke="#ffffff", width=5, opacity=0.4
        )
        reds = [tint.main, mix(tint.main, "#b3243f", 0.6), mix(tint.spark, "#d9485a", 0.55)]
        sticks = ((-120, 0.86, 104), (104, 0.92, 78), (-6, 1.08, 128))
        for i, (x, s, up) in enumerate(sticks):
            _stick(art, reds[i], i, s, up, x)
        art.path(
            "M150 16c30 -14 84 -10 96 6s-22 26 -62 22s-58 -18 -34 -28Z",
            art.linear((0, lighter(reds[0], 0.2)), (1, darker(reds[0], 0.1)), x2=1),
        )
        art.path("M164 18c24 -8 56 -6 66 2", stroke="#ffffff", width=5, opacity=0.45)
    leaf_shade(art, 0.08)
