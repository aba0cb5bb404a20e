"""Pictures of what is eaten and drunk: coffee, noodles, fruit."""

import math

from grapevine.front.demo.drawing.colour import darker, lighter, mix
from grapevine.front.demo.drawing.pen import Art, short
from grapevine.front.demo.drawing.scenery import fit, grapes, leaf, leaf_shade, room, sprig, steam


def _linen_and_vase(art: Art) -> None:
    tint = art.tint
    art.path(
        "M-262 12C-150 -34 150 -34 262 12C190 50 -190 50 -262 12Z",
        art.linear(
            (0, lighter(tint.second, 0.2)), (1, mix(tint.second, tint.wall_deep, 0.4)), x2=1
        ),
        0.9,
    )
    art.path("M-240 14C-140 -22 140 -22 240 14", stroke=tint.main, width=3, opacity=0.4)
    if art.chance.random() < 0.8:
        vx = 168 * art.chance.choice((1, 1, -1))
        vc = mix(tint.spark, tint.second, 0.35)
        art.shadow(vx + 14, -26, 70, 13, 0.3)
        sprig(art, vx, -150, 210, -96, mix("#6a8f63", tint.main, 0.2), count=7, width=14, blade=58)
        sprig(art, vx + 4, -150, 150, -62, mix("#7d9d6c", tint.main, 0.25), count=5)
        sprig(art, vx - 4, -150, 140, -124, mix("#7d9d6c", tint.main, 0.15), count=5)
        art.path(
            f"M{vx - 20} -160C{vx - 16} -124 {vx - 56} -108 {vx - 52} -66"
            f"C{vx - 50} -34 {vx - 30} -28 {vx} -28S{vx + 50} -34 {vx + 52} -66"
            f"C{vx + 56} -108 {vx + 16} -124 {vx + 20} -160Z",
            art.round(vc),
        )
        art.ellipse(vx, -160, 20, 5, darker(vc, 0.35))


def _cup_and_saucer(art: Art) -> None:
    tint = art.tint
    c = tint.main
    b = tint.second
    art.shadow(34, 6, 190, 30, 0.45)
    art.ellipse(-10, 0, 150, 27, art.linear((0, lighter(b, 0.3)), (1, darker(b, 0.12)), x2=1))
    art.ellipse(-10, -5, 132, 20, art.linear((0, darker(b, 0.1)), (1, lighter(b, 0.3)), x2=1))
    hx = 92
    art.path(
        f"M{hx - 10} -152C{hx + 74} -166 {hx + 76} -44 {hx - 14} -50",
        stroke=art.linear((0, lighter(c, 0.2)), (1, darker(c, 0.2))),
        width=23,
    )
    art.path(
        f"M{hx - 6} -158C{hx + 62} -166 {hx + 66} -84 {hx + 40} -66",
        stroke="#ffffff",
        width=5,
        opacity=0.4,
    )


def _glaze(art: Art, b: str, c: str) -> None:
    tint = art.tint
    art.path(
        "M-110 -196C-112 -120 -108 -60 -84 -16C-70 2 50 2 64 -16C88 -60 92 -120 90 -196Z",
        art.round(c),
    )
    drip = (
        "M-110 -196C-110 -160 -110 -140 -108 -118C-96 -96 -84 -108 -76 -92"
        "C-66 -70 -48 -96 -34 -98C-18 -100 -16 -62 4 -66C22 -70 22 -104 40 -102"
        "C58 -100 64 -82 74 -96C82 -108 88 -118 90 -196Z"
    )
    art.path(drip, art.round(lighter(b, 0.1)))
    art.path(
        "M-108 -118C-96 -96 -84 -108 -76 -92C-66 -70 -48 -96 -34 -98"
        "C-18 -100 -16 -62 4 -66C22 -70 22 -104 40 -102C58 -100 64 -82 74 -96",
        stroke=darker(c, 0.25),
        width=3,
        opacity=0.3,
    )
    for _ in range(34):
        art.ellipse(
            art.chance.uniform(-100, 80),
            art.chance.uniform(-180, -20),
            art.chance.uniform(0.8, 2.2),
            art.chance.uniform(0.8, 2),
            tint.dark,
            art.chance.uniform(0.2, 0.5),
        )
    art.path("M-92 -176C-94 -120 -90 -70 -76 -34", stroke="#ffffff", width=9, opacity=0.45)


def _coffee(art: Art, b: str, c: str) -> None:
    art.ellipse(-10, -196, 100, 21, art.linear((0, lighter(b, 0.5)), (1, darker(b, 0.1)), x2=1))
    art.ellipse(-10, -194, 90, 16, darker(c, 0.35))
    art.ellipse(-10, -190, 84, 13, art.radial((0, "#b07a4a"), (0.7, "#8a5630"), (1, "#5e371c")))
    art.path("M-50 -190q30 -8 62 -2", stroke="#e9cfa9", width=3, opacity=0.6)


def _biscuits(art: Art) -> None:
    for x, y in ((-196, 14), (-170, 2)):
        art.shadow(x + 8, y + 12, 50, 12, 0.3)
        art.ellipse(x, y + 5, 42, 15, "#b67c42")
        art.ellipse(x, y, 42, 15, art.linear((0, "#eec489"), (1, "#d49c5c"), x2=1))
        for dx, dy in ((-18, -2), (4, 4), (16, -4), (-4, -6)):
            art.ellipse(x + dx, y + dy, 4, 2, "#6d4122")


def mug(art: Art) -> None:
    tint = art.tint
    floor_y, scale = fit(art, 0.7, 500)
    room(art, floor_y, floor=mix("#c99a6b", tint.floor, 0.45))
    leaf_shade(art, 0.1)
    with art.group(300, floor_y + art.height * 0.12, scale):
        _linen_and_vase(art)
        _cup_and_saucer(art)
        _glaze(art, tint.second, tint.main)
        _coffee(art, tint.second, tint.main)
        steam(art, -10, -206, 0.9)
        _biscuits(art)


def _bowl_and_noodles(art: Art) -> None:
    tint = art.tint
    art.dark_shadow(26, 34, 282, 270, 0.62, "#1b0f08")
    bowl = mix(tint.dark, tint.main, 0.35)
    art.ellipse(
        0, 0, 236, 236, art.linear((0, lighter(bowl, 0.35)), (1, darker(bowl, 0.3)), x2=0.8)
    )
    art.ellipse(
        0, 0, 222, 222, art.linear((0, darker(bowl, 0.25)), (1, lighter(bowl, 0.3)), x2=0.8)
    )
    art.path("M-228 -40A232 232 0 0 1 -60 -222", stroke="#ffffff", width=7, opacity=0.4)
    art.ellipse(0, 4, 204, 204, art.radial((0, "#f3c27a"), (0.65, "#e09a45"), (1, "#a8602a")))
    art.ellipse(-50, -60, 120, 90, art.radial((0, "#ffe9b8", 0.75), (1, "#ffe9b8", 0)))
    for i in range(13):
        t = i * 0.46
        r = 120 - i * 4
        x, y = (-20 + math.cos(t) * 30, 44 + math.sin(t) * 20)
        art.path(
            f"M{short(x - r)} {short(y + i * 3 - 30)}q{short(r * 0.6)} {short(-40 - i * 2.0)} "
            f"{short(r * 1.1)} {short(4.0 - i)}t{short(r * 0.9)} {short(10.0)}",
            stroke=("#f7dc95", "#edc56e", "#fbe7b4")[i % 3],
            width=10,
        )
        art.path(
            f"M{short(x - r)} {short(y + i * 3 - 33)}q{short(r * 0.6)} {short(-40 - i * 2.0)} "
            f"{short(r * 1.1)} {short(4.0 - i)}",
            stroke="#fff6d8",
            width=2,
            opacity=0.6,
        )


def _seaweed_and_pork(art: Art) -> None:
    with art.group(96, -120, turn=16):
        art.dark_shadow(8, 10, 76, 96, 0.4, "#3a1c08")
        art.rect(-60, -84, 118, 150, art.linear((0, "#3b5140"), (1, "#1d2f26"), x2=0.7), 6)
        art.path(
            "M-50 -70l90 120M-20 -76l70 92M-54 -20l60 80", stroke="#6b8468", width=2, opacity=0.35
        )
    for x, y, r in ((-92, -96, -20), (-30, -124, 14)):
        with art.group(x, y, turn=r):
            art.dark_shadow(8, 12, 84, 70, 0.4, "#3a1c08")
            art.path(
                "M-76 -8C-80 -60 -10 -74 44 -54C86 -38 82 30 40 48C-6 66 -70 50 -76 -8Z",
                art.linear((0, "#e3a887"), (1, "#b86a48"), x2=0.8),
            )
            art.path(
                "M-60 -4C-62 -40 -8 -54 34 -38C66 -26 62 20 30 32C-6 46 -56 36 -60 -4Z",
                "#f2cdb2",
                0.75,
            )
            art.path(
                "M-30 0C-30 -22 10 -28 28 -14C40 0 20 18 -2 18C-18 18 -30 14 -30 0Z", "#c67c58", 0.8
            )


def _eggs_and_onions(art: Art) -> None:
    for x, y, r in ((104, 58, 24), (40, 118, -18)):
        with art.group(x, y, turn=r):
            art.dark_shadow(7, 10, 66, 54, 0.4, "#3a1c08")
            art.ellipse(
                0, 0, 58, 46, art.radial((0, "#ffffff"), (1, "#f0dcc0"), cx=0.4, cy=0.35, r=0.8)
            )
            art.ellipse(
                2,
                2,
                31,
                27,
                art.radial(
                    (0, "#ffc64a"), (0.6, "#f59a1c"), (1, "#d86f10"), cx=0.42, cy=0.38, r=0.7
                ),
            )
            art.ellipse(-8, -8, 8, 5, "#fff3c9", 0.85)
    with art.group(-118, 66, turn=10):
        art.dark_shadow(5, 8, 56, 54, 0.35, "#3a1c08")
        art.path(
            "M46 0"
            + "".join(
                f"Q{short(54 * math.cos((i + 0.5) * 0.524))} {short(54 * math.sin((i + 0.5) * 0.524))} {short(46 * math.cos((i + 1) * 0.524))} {short(46 * math.sin((i + 1) * 0.524))}"
                for i in range(12)
            )
            + "Z",
            "#fffaf2",
        )
        art.path(
            "M-18 6C-18 -18 18 -20 20 2C20 18 -4 20 -4 4C-4 -6 10 -6 10 2",
            stroke="#ee7f97",
            width=7,
        )
    for _ in range(26):
        left, top = art.chance.gauss(-30, 60), art.chance.gauss(20, 60)
        art.ellipse(left, top, 8, 7, "#4e8f45", 0.95)
        art.ellipse(left, top, 4, 3.4, "#d7efb4", 0.95)
    for _ in range(16):
        art.ellipse(art.chance.gauss(0, 90), art.chance.gauss(10, 80), 4, 2.4, "#fff3d6", 0.9)


def _boards(art: Art, base: str) -> None:
    height = art.height
    pw = 118
    for i in range(-1, 6):
        x = i * pw + art.chance.uniform(-8, 8)
        art.rect(
            x,
            0,
            pw - 3,
            height,
            art.linear(
                (0, lighter(base, art.chance.uniform(0.04, 0.2)), 0.5),
                (1, darker(base, 0.2), 0.5),
                x2=1,
            ),
        )
        art.rect(x + pw - 3, 0, 3, height, darker(base, 0.5), 0, 0.5)
        for _ in range(3):
            yy = art.chance.uniform(0, height)
            art.path(
                f"M{short(x + art.chance.uniform(14, 90))} {short(yy)}q{short(art.chance.uniform(-8, 8))} "
                f"70 0 {short(art.chance.uniform(90, 190))}",
                stroke=darker(base, 0.4),
                width=2,
                opacity=0.22,
            )


def _bowl_on_mat(art: Art) -> None:
    tint = art.tint
    width = art.width
    height = art.height
    with art.group(width * 0.5, height * 0.5, min(1.05, height / 640)):
        mat = mix(tint.wall_deep, tint.light, 0.2)
        with art.group(0, 0, turn=-8):
            art.rect(-330, -230, 660, 470, mat, 10, 0.92)
            for i in range(11):
                art.rect(-330, -210 + i * 44, 660, 4, tint.main, 0, 0.18)
        _bowl_and_noodles(art)
        _seaweed_and_pork(art)
        _eggs_and_onions(art)


def _chopsticks_and_sauce(art: Art) -> None:
    tint = art.tint
    width = art.width
    height = art.height
    with art.group(width * 0.84, height * 0.5, min(1, height / 700), turn=12):
        for dx in (0, 26):
            art.rect(dx + 12, -320, 13, 640, "#1b0f08", 6, 0.3)
            art.rect(dx, -330, 13, 640, art.round(mix(tint.spark, "#7a3b22", 0.5)), 6)
            art.rect(dx, -330, 13, 70, tint.second, 6, 0.9)
    with art.group(width * 0.14, height * 0.13, min(0.9, height / 800)):
        art.dark_shadow(10, 14, 92, 92, 0.5, "#1b0f08")
        art.ellipse(
            0,
            0,
            74,
            74,
            art.linear((0, lighter(tint.second, 0.3)), (1, darker(tint.second, 0.2)), x2=0.8),
        )
        art.ellipse(0, 0, 60, 60, art.radial((0, "#b9c56a"), (1, "#7f9441")))
        art.ellipse(-18, -18, 20, 12, "#ffffff", 0.35)


def ramen(art: Art) -> None:
    tint = art.tint
    width, height = (art.width, art.height)
    base = mix("#8a5c3c", tint.main, 0.28)
    art.rect(
        0, 0, width, height, art.linear((0, lighter(base, 0.2)), (1, darker(base, 0.22)), x2=0.6)
    )
    _boards(art, base)
    _bowl_on_mat(art)
    _chopsticks_and_sauce(art)
    art.rect(
        0,
        0,
        width,
        height,
        art.radial(
            (0, "#ffffff", 0.18), (0.5, "#ffffff", 0), (1, "#120a05", 0.34), cx=0.3, cy=0.25, r=0.95
        ),
    )


def _fruit_heap(art: Art, g: str, kind: int) -> None:
    art.path("M-150 -130C-150 -330 150 -330 150 -130", stroke="#a47440", width=17)
    art.path("M-150 -130C-150 -330 150 -330 150 -130", stroke="#d8ad74", width=7, opacity=0.9)

    def peach(x: float, y: float, r: float, c: str) -> None:
        art.ellipse(x, y, r, r, art.ball(c))
        art.path(
            f"M{x} {y - r + 3}q-10 {r * 0.5} -2 {r * 0.8}",
            stroke=darker(c, 0.3),
            width=3,
            opacity=0.4,
        )

    sprig(art, -120, -190, 120, -150, "#6d9a50", count=4, width=18, blade=60)
    sprig(art, 110, -196, 110, -40, "#5f8d4a", count=4, width=18, blade=60)
    if kind != 1:
        peach(-96, -168, 62, "#f2a078")
        peach(12, -190, 64, "#f3b56c")
        peach(106, -166, 60, "#ee8a68")
    else:
        peach(-98, -166, 62, "#f2c24e")
        peach(14, -186, 62, "#ee9a3a")
        peach(108, -166, 60, "#f5b548")
    leaf(art, 10, -246, 62, 20, -38, "#5f8d4a")
    leaf(art, -100, -226, 54, 17, -150, "#6d9a50")
    grapes(art, -10, -172, 1.0, g, rows=(7, 6, 5))


def _basket(art: Art) -> None:
    body = "M-196 -136H196C190 -70 166 -20 146 2Q0 24 -146 2C-166 -20 -190 -70 -196 -136Z"
    art.path(body, art.round("#cf9f63", 0.9))
    for j in range(5):
        y = -116 + j * 26
        hw = 188 - j * 10
        for i in range(12):
            x = -hw + i * hw / 6 + (hw / 12 if j % 2 else 0)
            if x < hw - 20:
                art.path(
                    f"M{short(x)} {short(y + abs(x) * -0.02)}q{short(hw / 12)} 11 {short(hw / 6)} "
                    "0",
                    stroke="#8c6231" if (i + j) % 2 else "#f0cf9a",
                    width=8,
                    opacity=0.5,
                )
    art.path("M-204 -140Q0 -116 204 -140", stroke="#a97a42", width=20)
    art.path("M-204 -144Q0 -120 204 -144", stroke="#e9c692", width=8, opacity=0.9)


def _hanging_bunch(art: Art, g: str) -> None:
    grapes(art, 120, -132, 0.92, g, rows=(4, 4, 3, 2, 1))
    art.path("M120 -150q-6 -22 8 -34", stroke="#7a5a30", width=6)
    leaf(art, 122, -156, 74, 30, -10, "#5f8d4a")
    leaf(art, 116, -154, 66, 26, -170, "#74a353")


def fruit(art: Art) -> None:
    tint = art.tint
    floor_y, scale = fit(art, 0.7, 440)
    room(art, floor_y, floor=mix("#c9986a", tint.floor, 0.4))
    leaf_shade(art, 0.1)
    with art.group(300, floor_y + art.height * 0.13, scale):
        art.shadow(20, 6, 280, 34, 0.5)
        kind = art.chance.randrange(3)
        g = ["#9cc04a", "#6b3a86", "#b5cf5c"][kind]
        _fruit_heap(art, g, kind)
        _basket(art)
        _hanging_bunch(art, g)
    with art.group(
        120 if art.chance.random() < 0.5 else 470, floor_y + art.height * 0.2, scale * 0.9
    ):
        art.shadow(10, 44, 70, 14, 0.45)
        art.ellipse(0, 0, 50, 48, art.ball("#f19a4c" if kind else "#e97f5f"))
        leaf(art, 2, -44, 48, 14, -30, "#5f8d4a")
