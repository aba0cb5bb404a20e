"""Pictures of a dress, a pair of sneakers and bags."""

from grapevine.front.demo.drawing.colour import darker, lighter, mix
from grapevine.front.demo.drawing.pen import Art
from grapevine.front.demo.drawing.scenery import arch, fit, leaf, leaf_shade, plinth, room, sprig


def _hanging_dress(art: Art, c: str) -> None:
    tint = art.tint
    art.rect(-190, -6, 380, 9, art.round("#b98a5c"), 4)
    art.rect(-196, -14, 14, 26, "#a97a4e", 5)
    art.rect(182, -14, 14, 26, "#a97a4e", 5)
    dress_d = (
        "M-62 88C-52 96 -40 84 -34 62L-22 60C-14 96 14 96 22 60L34 62"
        "C40 84 52 96 62 88C70 120 66 150 56 186C54 204 58 214 64 226"
        "C100 330 138 430 150 560C100 590 40 574 0 584C-40 574 -100 590 -150 "
        "560C-138 430 -100 330 -64 226C-58 214 -54 204 -56 186C-66 150 -70 120 "
        "-62 88Z"
    )
    with art.group(26, 20, opacity=0.18):
        art.path(dress_d, tint.dark)
    art.path("M0 4C0 -18 18 -14 14 2C12 12 0 12 0 26", stroke="#8d8f92", width=4)
    art.path("M-78 62Q-70 50 0 26Q70 50 78 62", stroke="#c79a68", width=9)
    art.path("M-78 62Q-70 50 0 26Q70 50 78 62", stroke="#e5c196", width=3, opacity=0.8)
    art.path(
        dress_d,
        art.linear(
            (0, darker(c, 0.05)),
            (0.3, lighter(c, 0.22)),
            (0.55, c),
            (1, darker(c, 0.22)),
            x2=1,
            y2=0.15,
        ),
    )
    art.path("M-34 62C-40 84 -52 96 -62 88L-58 108C-44 112 -30 100 -24 76Z", darker(c, 0.2), 0.5)
    art.path("M34 62C40 84 52 96 62 88L58 108C44 112 30 100 24 76Z", darker(c, 0.2), 0.5)


def _folds(art: Art, c: str) -> None:
    for x0, x1, width, o in (
        (-40, -104, 16, 0.2),
        (-14, -44, 22, 0.16),
        (16, 26, 20, 0.22),
        (38, 92, 18, 0.26),
    ):
        art.path(
            f"M{x0} 226C{x0 - 4} 330 {x1 + 6} 460 {x1} 574L{x1 + width} 576"
            f"C{x1 + width} 470 {x0 + 8} 330 {x0} 226Z",
            darker(c, 0.4),
            o,
        )
    for x0, x1 in ((-28, -76), (2, -8), (30, 60)):
        art.path(f"M{x0} 230C{x0} 330 {x1} 460 {x1} 570", stroke="#ffffff", width=4, opacity=0.22)


def _pattern(art: Art) -> None:
    tint = art.tint
    if art.chance.random() < 0.5:
        for _ in range(70):
            y = art.chance.uniform(240, 560)
            hw = 50 + (y - 226) * 0.26
            x = art.chance.uniform(-hw, hw)
            q = art.chance.choice([tint.light, tint.second, tint.spark])
            art.ellipse(x, y, 4.5, 4.5, q, 0.85)
            art.ellipse(x + 6, y + 4, 3, 3, q, 0.6)
    else:
        for i in range(6):
            art.path(
                f"M{-72 - i * 14} {270 + i * 52}Q0 {290 + i * 54} {72 + i * 14} {270 + i * 52}",
                stroke=tint.light,
                width=3,
                opacity=0.4,
            )


def _sash(art: Art) -> None:
    tint = art.tint
    art.path("M-58 190Q0 206 58 190L61 218Q0 234 -61 218Z", tint.second)
    art.path("M-58 190Q0 206 58 190L59 198Q0 214 -59 198Z", "#ffffff", 0.4)
    art.path(
        "M20 212C36 236 26 280 40 312L52 306C40 276 50 238 34 210Z",
        mix(tint.second, tint.dark, 0.08),
    )
    art.path("M18 214C6 246 14 270 6 296L18 298C26 270 18 246 28 216Z", tint.second)


def _straw_basket(art: Art, scale: float) -> None:
    tint = art.tint
    with art.group(120, art.height * 0.95, 0.9 * scale):
        art.shadow(10, 0, 110, 18, 0.4)
        art.path("M-70 -96H74L60 -4Q2 10 -56 -4Z", art.round("#d8b27c"))
        for i in range(4):
            art.path(
                f"M{-68 + i * 3} {-76 + i * 24}Q2 {-62 + i * 24} {72 - i * 4} {-76 + i * 24}",
                stroke="#a9804d",
                width=3,
                opacity=0.6,
            )
        art.path("M-46 -96C-46 -160 50 -160 50 -96", stroke="#b98c55", width=8)
        sprig(art, -10, -90, 110, -84, "#6f9468", count=5, width=10, blade=40)
        sprig(art, 14, -92, 90, -62, tint.spark, count=5, width=9, blade=30)


def dress(art: Art) -> None:
    tint = art.tint
    floor_y = art.height * 0.9
    room(art, floor_y)
    scale = min(1.0, art.height / 800)
    c = tint.main
    leaf_shade(art, 0.07)
    with art.group(300, art.height * 0.1, scale):
        _hanging_dress(art, c)
        _folds(art, c)
        _pattern(art)
        _sash(art)
    if art.height > 640:
        _straw_basket(art, scale)


def _laces(art: Art) -> None:
    tint = art.tint
    for i in range(5):
        lx, ly = (106 + i * 19, -98 - i * 13)
        art.path(
            f"M{lx} {ly + 4}L{lx + 34} {ly + 24 - i * 2}",
            stroke=tint.dark,
            width=9,
            opacity=0.16,
        )
        art.path(f"M{lx} {ly}L{lx + 34} {ly + 20 - i * 2}", stroke="#ffffff", width=8)
    art.path("M172 -160C160 -190 186 -200 198 -176L206 -158", stroke="#ffffff", width=7)


def _shoe(art: Art, x: float, y: float, s: float, c: str, body: str, turn: float = 0) -> None:
    """Side view, toe left, 380 wide; (0, 0) is the ground under the toe."""
    tint = art.tint
    with art.group(x, y, s, turn=turn):
        art.shadow(190, 2, 210, 20, 0.5)
        art.path(
            "M10 -36H368C384 -36 386 -8 372 -2C366 0 352 0 340 0H56C24 0 4 -12 10 -36Z",
            art.linear((0, "#ffffff"), (1, mix("#dedad2", tint.wall_deep, 0.3))),
        )
        art.path("M14 -12C22 -2 36 0 56 0H340C360 0 376 0 380 -14Z", mix(c, tint.dark, 0.1))
        art.path("M30 -24H364", stroke=tint.dark, width=2, opacity=0.12)
        up = (
            "M12 -34C4 -74 44 -92 86 -98C120 -104 142 -128 164 -154C174 -166 190 "
            "-166 200 -158C222 -142 262 -146 288 -160C304 -170 332 -182 346 -172"
            "C356 -164 350 -146 354 -126C360 -96 372 -66 370 -34Z"
        )
        art.path(
            up,
            art.linear(
                (0, lighter(body, 0.35)), (0.5, body), (1, darker(body, 0.12)), x2=0.8, y2=1
            ),
        )
        art.path(
            "M204 -160C226 -142 262 -146 288 -160C304 -170 332 -182 346 -172"
            "C350 -168 351 -162 351 -156C320 -150 286 -128 250 -128C228 -128 212 "
            "-142 204 -160Z",
            darker(body, 0.42),
        )
        art.path(
            "M292 -160C308 -170 332 -182 346 -172C356 -164 350 -146 354 -126"
            "C360 -96 372 -66 370 -34H306C316 -74 304 -118 292 -160Z",
            art.linear((0, lighter(c, 0.2)), (1, darker(c, 0.2)), x2=1),
        )
        art.path("M338 -170C344 -130 354 -80 354 -38", stroke="#ffffff", width=3, opacity=0.4)
        art.path(
            "M12 -34C4 -74 44 -92 86 -98C106 -84 116 -60 116 -34Z",
            art.linear((0, lighter(c, 0.3)), (1, darker(c, 0.08)), x2=0.6),
        )
        art.path("M30 -62C42 -76 58 -82 74 -84", stroke="#ffffff", width=5, opacity=0.5)
        art.path(
            "M86 -98C120 -104 142 -128 164 -154C174 -166 190 -166 200 -158"
            "L224 -120C200 -92 160 -74 116 -70C108 -84 98 -92 86 -98"
            "Z",
            art.linear((0, lighter(tint.light, 0.4)), (1, mix(tint.light, body, 0.5))),
        )
        art.path(
            "M224 -120C200 -92 160 -74 116 -70",
            stroke=darker(body, 0.25),
            width=2.4,
            opacity=0.4,
        )
        art.path("M176 -36C214 -46 250 -76 276 -116L304 -112C290 -74 262 -48 230 -36Z", c)
        art.path("M140 -36C180 -46 222 -74 250 -112L262 -112C238 -70 196 -44 160 -36Z", c, 0.55)
        _laces(art)


def sneakers(art: Art) -> None:
    tint = art.tint
    floor_y, scale = fit(art, 0.66, 430)
    room(art, floor_y)
    art.rect(0, 0, art.width, floor_y, art.linear((0, tint.main, 0.0), (1, tint.main, 0.12)))
    art.ellipse(
        300,
        floor_y - 150 * scale,
        232 * scale,
        232 * scale,
        art.linear(
            (0, lighter(tint.wall_deep, 0.32)), (1, mix(tint.wall_deep, tint.main, 0.18)), x2=0.7
        ),
    )
    with art.group(300, floor_y + art.height * 0.12, scale):
        plinth(art, 0, -84, 500, 110, mix(tint.floor, tint.wall_deep, 0.3))
        two = tint.spark if art.chance.random() < 0.5 else tint.main
        _shoe(art, -128, -168, 0.8, two, tint.second, turn=-14)
        _shoe(art, -206, -82, 1.06, tint.main, tint.light)
    leaf_shade(art, 0.07)


def _handbag(art: Art, c: str, gold: str) -> None:
    tint = art.tint
    art.path(
        "M-82 -262C-82 -400 82 -400 82 -262",
        stroke=art.linear((0, lighter(c, 0.25)), (1, darker(c, 0.25)), x2=1),
        width=19,
    )
    art.path("M-80 -272C-76 -384 60 -392 78 -300", stroke="#ffffff", width=4, opacity=0.4)
    art.path(
        "M-146 -258Q-150 -274 -132 -274H132Q150 -274 146 -258L170 -84"
        "Q172 -58 146 -58H-146Q-172 -58 -170 -84Z",
        art.linear(
            (0, darker(c, 0.08)),
            (0.28, lighter(c, 0.24)),
            (0.6, c),
            (1, darker(c, 0.26)),
            x2=1,
            y2=0.25,
        ),
    )
    art.path(
        "M-166 -110Q0 -84 166 -110L170 -84Q172 -58 146 -58H-146Q-172 -58 -170 -84Z",
        darker(c, 0.35),
        0.3,
    )
    art.path(
        "M-148 -270H148L136 -176Q70 -136 0 -136T-136 -176Z",
        art.linear((0, lighter(c, 0.34)), (1, darker(c, 0.04)), x2=0.8, y2=0.7),
    )
    art.path("M-134 -182Q-68 -146 0 -146T134 -182", stroke=tint.light, width=2.4, opacity=0.55)
    art.path("M-156 -100Q0 -76 156 -100", stroke=tint.light, width=2, opacity=0.3)
    art.rect(
        -26, -166, 52, 44, art.linear((0, lighter(gold, 0.5)), (1, darker(gold, 0.2)), x2=1), 9
    )
    art.rect(-13, -153, 26, 18, c, 4)
    for x in (-82, 82):
        art.ellipse(x, -262, 12, 12, art.ball(gold))
    art.path(
        "M90 -250C150 -230 130 -150 168 -120C190 -104 176 -70 190 -44"
        "L150 -58C140 -96 120 -110 116 -150C112 -196 96 -214 78 -236"
        "Z",
        art.linear((0, tint.spark), (0.5, lighter(tint.spark, 0.35)), (1, tint.second), x2=0.6),
    )
    art.path("M98 -236C136 -200 128 -150 152 -116", stroke=tint.light, width=5, opacity=0.5)


def _tote(art: Art, c: str) -> None:
    tint = art.tint
    art.path(
        "M-72 -238C-76 -420 76 -420 72 -238",
        stroke=art.linear((0, lighter(c, 0.1)), (1, darker(c, 0.25)), x2=1),
        width=17,
    )
    art.path(
        "M-138 -262Q0 -276 138 -262L156 -80Q156 -58 132 -58H-132Q-156 -58 -156 -80Z",
        art.linear(
            (0, darker(tint.second, 0.08)),
            (0.3, lighter(tint.second, 0.4)),
            (0.62, tint.second),
            (1, darker(tint.second, 0.16)),
            x2=1,
            y2=0.2,
        ),
    )
    art.path("M-138 -262Q0 -276 138 -262L136 -240Q0 -254 -138 -240Z", darker(tint.second, 0.2), 0.4)
    art.path(
        "M-152 -116Q-60 -100 0 -108T152 -116L156 -80Q156 -58 132 -58H-132Q-156 -58 -156 -80Z",
        c,
        0.92,
    )
    for x in (-72, 72):
        art.rect(x - 10, -268, 20, 58, c, 3)
    art.ellipse(0, -176, 46, 46, lighter(c, 0.1), 0.95)
    leaf(art, -2, -150, 60, 22, -62, tint.light)
    leaf(art, -2, -150, 52, 18, -124, tint.light)
    art.path("M-96 -230q-10 60 4 112M104 -226q8 50 -6 110", stroke=tint.dark, width=5, opacity=0.1)
    sprig(art, 30, -258, 150, -72, "#6f9465", count=6, width=13, blade=50)
    sprig(art, 10, -256, 110, -102, "#86a873", count=5, width=11, blade=42)
    art.rect(-92, -330, 62, 76, art.linear((0, "#f2d7a2"), (1, "#d8a863"), x2=1), 6, 0.0)


def bag(art: Art) -> None:
    tint = art.tint
    floor_y, scale = fit(art, 0.72, 500)
    room(art, floor_y)
    leaf_shade(art, 0.09)
    with art.group(300, floor_y + art.height * 0.1, scale):
        arch(art, -10, 6, 380, 520, mix(tint.wall_deep, tint.light, 0.25))
        plinth(art, 0, -60, 400, 80, mix(tint.floor, tint.wall_deep, 0.3))
        c = tint.main
        gold = "#e6c789"
        art.shadow(20, -58, 190, 22, 0.5)
        kind = art.chance.randrange(2)
        if kind:
            _handbag(art, c, gold)
        else:
            _tote(art, c)
