"""Pictures of places: a camp by the lake, a café, a grower’s stall."""

from grapevine.front.demo.drawing.colour import PALETTES, darker, lighter, mix
from grapevine.front.demo.drawing.faces import Look, person
from grapevine.front.demo.drawing.pen import Art, short
from grapevine.front.demo.drawing.scenery import grapes, leaf

EVENINGS = (
    ("#26305c", "#7c5a8e", "#f2a27c", "#ffd9a0"),
    ("#1d3a52", "#3f7482", "#f0b58a", "#ffe2b5"),
    ("#3a2a5c", "#9a5b92", "#f58f83", "#ffcf9a"),
    ("#1b2747", "#34507e", "#8fb0c9", "#f5d3b0"),
    ("#402a4a", "#b0586b", "#f6a25e", "#ffdf94"),
    ("#173b3f", "#4c8079", "#c9c388", "#fbe7b0"),
)
"""Sky from the zenith down to the horizon."""


def _ridge(art: Art, y: float, rise: float, colour: str, opacity: float, step: float) -> None:
    """A line of hills across the picture, about `step` wide and up to `rise` high each."""
    outline = f"M0 {short(art.height)}V{short(y)}"
    x = 0.0
    while x < art.width:
        wide = art.chance.uniform(step * 0.6, step * 1.3)
        up = -art.chance.uniform(0.3, 1) * rise
        end = art.chance.uniform(-0.3, 0.3) * rise
        outline += f"q{short(wide * 0.5)} {short(up)} {short(wide)} {short(end)}"
        x += wide
    art.path(f"{outline}V{short(art.height)}Z", colour, opacity)


def _evening_sky(art: Art, hz: float, sky: tuple[str, str, str, str]) -> None:
    width = art.width
    height = art.height
    sx = art.chance.uniform(0.3, 0.72) * width
    art.ellipse(
        sx, hz - 40, 330, 250, art.radial((0, "#fff0c8", 0.8), (0.4, sky[3], 0.4), (1, sky[3], 0))
    )
    art.ellipse(sx, hz - 46, 42, 42, "#fff6dc")
    for _ in range(46):
        x, y = (art.chance.uniform(0, width), art.chance.uniform(0, height * 0.36))
        art.ellipse(
            x,
            y,
            art.chance.uniform(0.7, 1.9),
            art.chance.uniform(0.7, 1.9),
            "#ffffff",
            art.chance.uniform(0.35, 0.95) * (1 - y / (height * 0.42)),
        )
    for _ in range(3):
        x, y = (art.chance.uniform(0, width), art.chance.uniform(height * 0.2, height * 0.42))
        art.path(
            f"M{short(x - 130)} {short(y)}q60 -24 120 -8t150 2q-60 20 -130 16t-140 -10Z",
            sky[3],
            0.32,
        )

    _ridge(art, hz - 30, 120, mix(sky[1], sky[2], 0.45), 0.8, 170)
    _ridge(art, hz - 4, 90, mix(sky[0], sky[1], 0.75), 0.85, 140)
    _ridge(art, hz + 24, 56, mix(sky[0], sky[1], 0.4), 0.95, 110)
    ly = hz + 40
    art.rect(
        0,
        ly,
        width,
        height - ly,
        art.linear((0, mix(sky[2], sky[3], 0.5)), (0.4, mix(sky[1], sky[2], 0.4)), (1, sky[0])),
    )
    for _ in range(15):
        x, y = (sx + art.chance.uniform(-130, 130), ly + art.chance.uniform(4, height * 0.12))
        art.rect(x, y, art.chance.uniform(30, 90), 2.4, "#fff3d0", 1, art.chance.uniform(0.25, 0.7))


def _pine(art: Art, x: float, y: float, s: float, gc: str, shine: str) -> None:
    with art.group(x, y, s):
        d = "".join(
            f"M0 {-300 + t * 52}L{-34 - t * 15} {-214 + t * 54}Q0 {-232 + t * 54} "
            f"{34 + t * 15} {-214 + t * 54}Z"
            for t in range(4)
        )
        art.rect(-7, -40, 14, 50, darker(gc, 0.5))
        art.path(d, darker(gc, 0.28))
        art.path(
            "".join(
                f"M0 {-300 + t * 52}L{-34 - t * 15} {-214 + t * 54}L-8 {-226 + t * 54}Z"
                for t in range(4)
            ),
            shine,
            0.14,
        )


def _pines(art: Art, gc: str, ground: float, shine: str) -> None:
    width = art.width
    height = art.height

    for x, s in (
        (34, 0.95),
        (96, 0.68),
        (width - 30, 1.05),
        (width - 104, 0.74),
        (width - 158, 0.5),
    ):
        y = ground + art.chance.uniform(-26, -6)
        _pine(art, x, y, s * min(1.1, height / 760), gc, shine)


def _lit_tent(art: Art, gc: str, ground: float) -> None:
    tint = art.tint
    width = art.width
    height = art.height
    scale = min(1.05, height / 720)
    tc = mix(tint.main, "#e8a24c", 0.35) if tint is not PALETTES["night"] else "#e8b46a"
    with art.group(width * 0.47, ground + 66 * scale, scale):
        art.ellipse(0, -40, 330, 150, art.radial((0, "#ffcf7a", 0.55), (1, "#ffcf7a", 0)))
        art.dark_shadow(0, 6, 240, 24, 0.6, "#050708")
        art.path(
            "M-200 0L-30 -214L176 0Z",
            art.linear((0, lighter(tc, 0.32)), (0.55, tc), (1, darker(tc, 0.34)), x2=1, y2=0.5),
        )
        art.path("M-30 -214L176 0L214 -14L28 -206Z", darker(tc, 0.5))
        art.path(
            "M-120 0L-30 -214L62 0Z",
            art.radial((0, "#fff4c9"), (0.5, "#ffce74"), (1, "#e28e3a"), cx=0.5, cy=0.8, r=0.8),
        )
        art.path("M-30 -214L-122 0L-94 0Q-62 -92 -30 -214Z", darker(tc, 0.12))
        art.path("M-30 -214L62 0L36 0Q2 -90 -30 -214Z", darker(tc, 0.28))
        art.ellipse(-30, -10, 52, 14, "#a8512f", 0.55)
        art.path("M-64 -12Q-60 -40 -34 -42T8 -12Z", mix(tint.spark, "#6b3f2a", 0.3), 0.85)
        art.ellipse(-32, -124, 9, 12, "#fff9e0")
        art.ellipse(-32, -124, 34, 34, art.radial((0, "#fff1b8", 0.9), (1, "#fff1b8", 0)))
        art.path(
            "M-200 0l-56 16M176 0l66 18M-30 -214V-228",
            stroke=lighter(gc, 0.35),
            width=2.5,
            opacity=0.7,
        )


def _lights_and_fire(art: Art, ground: float, scale: float, sky: tuple[str, str, str, str]) -> None:
    width = art.width
    height = art.height
    y0 = ground - 210 * scale
    art.path(
        f"M40 {short(y0)}Q{short(width * 0.5)} {short(y0 + 96)} {short(width - 36)} "
        f"{short(y0 - 12)}",
        stroke=darker(sky[0], 0.3),
        width=2.4,
        opacity=0.8,
    )
    for j in range(1, 12):
        t = j / 12
        x = 40 + (width - 76) * t
        y = y0 * (1 - t) ** 2 + 2 * t * (1 - t) * (y0 + 96) + t * t * (y0 - 12)
        art.ellipse(x, y + 7, 21, 21, art.radial((0, "#ffe6a0", 0.75), (1, "#ffe6a0", 0)))
        art.ellipse(x, y + 7, 5, 6, "#fff6d6")
    with art.group(width * 0.8, height * 0.9, scale * 0.9):
        art.ellipse(0, -10, 130, 70, art.radial((0, "#ff9a4a", 0.7), (1, "#ff9a4a", 0)))
        art.path("M-44 6L40 -8M-40 -8L46 6", stroke="#3a241a", width=12)
        art.path(
            "M-24 -4C-38 -36 -8 -50 -6 -84C22 -60 36 -34 22 -4Z",
            art.linear((0, "#ffd76a"), (1, "#f0642c")),
        )
        art.path("M-10 -4C-14 -24 2 -32 4 -48C16 -32 16 -14 10 -4Z", "#fff3bf")


def tent(art: Art) -> None:
    tint = art.tint
    width, height = (art.width, art.height)
    sky = EVENINGS[list(PALETTES.values()).index(tint) % 6]
    hz = height * 0.62
    art.rect(
        0,
        0,
        width,
        height,
        art.linear((0, sky[0]), (0.3, sky[1]), (0.55, sky[2]), (0.66, sky[3]), (1, sky[3])),
    )
    _evening_sky(art, hz, sky)
    ground = height * 0.8
    gc = darker(mix(sky[0], "#1f3a2a", 0.55), 0.2)
    art.path(
        f"M0 {short(height)}V{short(ground - 10)}C{short(width * 0.25)} {short(ground - 46)} "
        f"{short(width * 0.6)} {short(ground - 20)} {short(width)} {short(ground - 44)}"
        f"V{short(height)}Z",
        art.linear((0, lighter(gc, 0.1)), (1, darker(gc, 0.35))),
    )
    _pines(art, gc, ground, sky[2])
    _lit_tent(art, gc, ground)
    _lights_and_fire(art, ground, min(1.05, height / 720), sky)


def _houses_behind(art: Art, bot: str, ground: float, top: str, *, dusk: bool) -> None:
    height = art.height
    for i in range(9):
        x = i * 78 - 30
        bh = art.chance.uniform(0.3, 0.62) * height
        art.rect(x, ground - bh, 74, bh, mix(top, bot, 0.55), 3, 0.6)
        for j in range(8):
            art.rect(
                x + 14 + j % 2 * 28,
                ground - bh + 24 + j // 2 * 34,
                14,
                18,
                "#ffe2a0" if dusk and art.chance.random() < 0.6 else lighter(bot, 0.4),
                1,
                0.6,
            )


def _facade(art: Art, fac: str, fh: float, fw: float, x0: float, y0: float) -> None:
    tint = art.tint
    art.rect(x0 + 14, y0 + 12, fw, fh, tint.dark, 6, 0.22)
    art.rect(
        x0,
        y0,
        fw,
        fh,
        art.linear(
            (0, lighter(mix(tint.second, fac, 0.12), 0.1)),
            (1, mix(tint.second, tint.wall_deep, 0.5)),
            x2=1,
            y2=0.4,
        ),
        6,
    )
    art.rect(
        x0 - 12, y0 - 14, fw + 24, 24, art.linear((0, lighter(fac, 0.2)), (1, darker(fac, 0.15))), 5
    )


def _upper_windows(
    art: Art, fac: str, fh: float, fw: float, x0: float, y0: float, *, dusk: bool
) -> None:
    tint = art.tint
    for i in range(3):
        wx = x0 + fw * (0.1 + 0.3 * i)
        ww = fw * 0.2
        wh = fh * 0.22
        wy = y0 + fh * 0.1
        art.path(
            f"M{short(wx - 6)} {short(wy + wh + 6)}V{short(wy + ww / 2)}"
            f"A{short(ww / 2 + 6)} {short(ww / 2 + 6)} 0 0 1 {short(wx + ww + 6)} "
            f"{short(wy + ww / 2)}V{short(wy + wh + 6)}Z",
            lighter(tint.floor, 0.5),
        )
        art.path(
            f"M{short(wx)} {short(wy + wh)}V{short(wy + ww / 2)}A{short(ww / 2)} {short(ww / 2)} "
            f"0 0 1 {short(wx + ww)} {short(wy + ww / 2)}V{short(wy + wh)}"
            "Z",
            art.linear(
                (0, "#ffd98a" if dusk else "#d7e9ee"), (1, "#f2a95f" if dusk else "#9fc3cf"), x2=1
            ),
        )
        art.rect(wx + ww / 2 - 2, wy + 6, 4, wh - 6, lighter(tint.floor, 0.5))
        art.rect(wx - 10, wy + wh + 6, ww + 20, 12, darker(fac, 0.1), 3)
        for j in range(5):
            art.ellipse(
                wx + j * ww / 4, wy + wh, 15, 12, mix("#5e8f5a", "#8fb56e", art.chance.random())
            )
        for _ in range(4):
            art.ellipse(wx + art.chance.uniform(0, ww), wy + wh - 4, 5, 5, tint.spark)


def _sign(art: Art, fac: str, fh: float, fw: float, sy: float, x0: float) -> None:
    tint = art.tint
    width = art.width
    art.rect(
        x0 + 10, sy, fw - 20, fh * 0.54, art.linear((0, darker(fac, 0.2)), (1, darker(fac, 0.36)))
    )
    art.rect(
        x0 + 20,
        sy + 8,
        fw - 40,
        fh * 0.09,
        art.linear((0, darker(fac, 0.38)), (1, darker(fac, 0.28))),
        4,
    )
    tx = width / 2
    ty = sy + 8 + fh * 0.045
    art.ellipse(tx - 62, ty, 11, 11, tint.light)
    art.rect(tx - 40, ty - 6, 62, 5, tint.light, 2)
    art.rect(tx - 40, ty + 4, 94, 4, tint.light, 2, 0.6)


def _shop_window(art: Art, fac: str, gh: float, gw: float, gx: float, gyy: float) -> None:
    tint = art.tint
    art.rect(
        gx, gyy, gw, gh, art.linear((0, "#fff0c4"), (0.5, "#ffd489"), (1, "#e79a4c"), x2=0.6), 4
    )
    for q in (0.22, 0.5, 0.78):
        art.path(
            f"M{short(gx + gw * q)} {short(gyy)}v{short(gh * 0.2)}", stroke=tint.dark, width=2.5
        )
        art.ellipse(gx + gw * q, gyy + gh * 0.26, 15, 12, "#fffbe6")
        art.ellipse(
            gx + gw * q, gyy + gh * 0.26, 40, 40, art.radial((0, "#fffbe6", 0.8), (1, "#fffbe6", 0))
        )
    art.rect(gx, gyy + gh * 0.7, gw, gh * 0.3, darker("#8a5836", 0.1))
    for q, c2 in ((0.14, "#c98a4b"), (0.3, "#e3b06a"), (0.72, "#b87340")):
        art.ellipse(gx + gw * q, gyy + gh * 0.66, 16, 11, c2)
    art.ellipse(gx + gw * 0.52, gyy + gh * 0.5, 19, 20, "#5c3a2a")
    art.path(
        f"M{short(gx + gw * 0.52 - 34)} {short(gyy + gh * 0.72)}q34 -52 68 0Z", lighter(fac, 0.35)
    )
    art.rect(gx + gw / 2 - 2, gyy, 4, gh, darker(fac, 0.45))
    art.path(
        f"M{short(gx + 14)} {short(gyy + gh)}L{short(gx + gw * 0.3)} {short(gyy)}"
        f"h40L{short(gx + 70)} {short(gyy + gh)}Z",
        "#ffffff",
        0.16,
    )


def _door(art: Art, fac: str, fh: float, fw: float, sy: float, x0: float) -> None:
    dx, dw = (x0 + fw * 0.66, fw * 0.25)
    art.rect(dx, sy + fh * 0.2, dw, fh * 0.34, lighter(fac, 0.08), 4)
    art.rect(
        dx + 13,
        sy + fh * 0.2 + 13,
        dw - 26,
        fh * 0.2,
        art.linear((0, "#ffe9b4"), (1, "#efae62"), x2=0.6),
        4,
    )
    art.ellipse(dx + dw - 16, sy + fh * 0.43, 4, 9, "#f0d290")


def _awning(art: Art, fh: float, fw: float, sy: float, x0: float) -> None:
    tint = art.tint
    aw = fw + 8
    ay = sy + fh * 0.11
    m = 9
    for i in range(m):
        x = x0 - 4 + aw / m * i
        c = tint.light if i % 2 else tint.spark
        art.path(
            f"M{short(x)} {short(ay)}h{short(aw / m)}v{short(fh * 0.09)}"
            f"a{short(aw / m / 2)} {short(aw / m / 2.4)} 0 0 1 {short(-aw / m)} 0"
            "Z",
            art.linear((0, lighter(c, 0.1)), (1, darker(c, 0.1))),
        )
    art.rect(
        x0 - 4, ay + fh * 0.09 + 8, aw, 34, art.linear((0, tint.dark, 0.32), (1, tint.dark, 0))
    )


def _street(
    art: Art, bot: str, gw: float, gx: float, ground: float, scale: float, *, dusk: bool
) -> None:
    tint = art.tint
    width = art.width
    height = art.height
    art.rect(
        0,
        ground,
        width,
        height - ground,
        art.linear((0, mix(bot, tint.floor, 0.4)), (1, mix(tint.wall_deep, tint.dark, 0.3))),
    )
    art.ellipse(
        gx + gw / 2,
        ground + 30,
        gw * 0.8,
        40,
        art.radial((0, "#ffe1a0", 0.75 if dusk else 0.4), (1, "#ffe1a0", 0)),
    )
    for x in (0.2, 0.42):
        with art.group(width * x, ground + (height - ground) * 0.42, scale * 0.9):
            art.shadow(0, 2, 60, 10, 0.4)
            art.path(
                "M0 0V-62M-26 0L26 0M-34 0L-22 -40M34 0L22 -40",
                stroke=darker(tint.dark, 0.1),
                width=5,
            )
            art.ellipse(0, -64, 44, 9, tint.light)
            art.rect(-9, -82, 16, 16, art.round(tint.spark), 3)
    with art.group(width * 0.93, ground + 20, scale):
        art.rect(-8, -280, 14, 290, "#6b4a34", 4)
        for x, y, r in ((0, -340, 92), (-54, -290, 62), (44, -286, 60), (-10, -400, 62)):
            art.ellipse(x, y, r, r * 0.9, art.ball(mix("#5f9158", tint.main, 0.15)))
    with art.group(width * 0.07, ground + 26, scale * 0.9):
        art.shadow(6, 0, 60, 10, 0.4)
        for r in (-140, -112, -90, -66, -38):
            leaf(art, 0, -64, 120, 22, r, "#4f8655")
        art.path("M-38 -70H38L30 0H-30Z", art.round(tint.second))


def cafe(art: Art) -> None:
    tint = art.tint
    width, height = (art.width, art.height)
    dusk = art.chance.random() < 0.5 or tint is PALETTES["night"]
    ground = height * 0.84
    scale = min(1.0, height / 760)
    top, bot = ("#33406e", "#f0a98a") if dusk else (lighter(tint.wall, 0.1), tint.wall_deep)
    art.rect(0, 0, width, height, art.linear((0, top), (1, bot)))
    _houses_behind(art, bot, ground, top, dusk=dusk)
    fac = tint.main
    x0, fw = (width * 0.1, width * 0.8)
    fh = min(ground * 0.82, 600.0)
    y0 = ground - fh
    _facade(art, fac, fh, fw, x0, y0)
    _upper_windows(art, fac, fh, fw, x0, y0, dusk=dusk)
    sy = y0 + fh * 0.46
    _sign(art, fac, fh, fw, sy, x0)
    gx, gw, gyy, gh = (x0 + fw * 0.06, fw * 0.52, sy + fh * 0.2, fh * 0.27)
    _shop_window(art, fac, gh, gw, gx, gyy)
    _door(art, fac, fh, fw, sy, x0)
    _awning(art, fh, fw, sy, x0)
    _street(art, bot, gw, gx, ground, scale, dusk=dusk)


def _vineyard(art: Art) -> None:
    width = art.width
    height = art.height
    art.rect(0, 0, width, height, art.linear((0, "#dfeecb"), (0.45, "#b9d59a"), (1, "#7fa565")))
    art.ellipse(
        width * 0.3, height * 0.12, 330, 260, art.radial((0, "#fffbe0", 0.95), (1, "#fffbe0", 0))
    )
    for i in range(3):
        y = height * (0.26 + i * 0.07)
        art.path(
            f"M0 {short(height)}V{short(y)}q{short(width * 0.25)} {-60 + i * 10} {short(width * 0.5)} "
            f"-10t{short(width * 0.5)} -10V{short(height)}Z",
            mix("#9cc07f", "#4f7f4e", i * 0.4),
            0.75,
        )
    for x, s in ((40, 1), (width - 50, 1.1), (140, 0.66), (width - 150, 0.7)):
        with art.group(x, height * 0.55, s):
            art.rect(-6, -330, 12, 400, "#7a5638", 4)
    art.path(
        f"M0 {short(height * 0.15)}Q{short(width / 2)} {short(height * 0.2)} {short(width)} "
        f"{short(height * 0.14)}",
        stroke="#7a5638",
        width=8,
    )
    for i in range(26):
        x = i * 26 - 20
        leaf(
            art,
            x,
            height * 0.15 + art.chance.uniform(-16, 22),
            art.chance.uniform(52, 84),
            art.chance.uniform(22, 32),
            art.chance.uniform(20, 160),
            mix("#4d8a4a", "#9cc46a", art.chance.random()),
        )
    for x, s in ((86, 0.62), (206, 0.5), (410, 0.55), (520, 0.66)):
        grapes(
            art,
            x,
            height * 0.18,
            s,
            art.chance.choice(["#9cc04a", "#b3cf5e"]),
            rows=(3, 4, 4, 3, 2, 1),
        )


def _stall(art: Art) -> None:
    width = art.width
    height = art.height
    ty = height * 0.58
    art.rect(
        0, ty, width, height - ty, art.linear((0, "#d3a26b"), (0.05, "#b98249"), (1, "#7d5229"))
    )
    art.rect(0, ty, width, 14, "#ecc793", 0, 0.8)
    for i in range(5):
        art.rect(0, ty + 60 + i * 74, width, 3, "#5d3a1b", 0, 0.3)
    for x, g in ((112, "#9cc04a"), (492, "#6b3a86")):
        with art.group(x, ty + 52, 0.74):
            art.shadow(10, 8, 180, 26, 0.5)
            grapes(art, 0, -96, 1, g, rows=(6, 7, 6))
            art.path("M-132 -50H132L108 16Q0 28 -108 16Z", art.round("#e2b880", 1.1))
            art.path("M-138 -54Q0 -36 138 -54", stroke="#b98a52", width=16)
            art.path("M-138 -57Q0 -39 138 -57", stroke="#f1d3a2", width=7)
            for j in range(3):
                art.path(
                    f"M{-124 + j * 8} {-34 + j * 18}Q0 {-22 + j * 18} {124 - j * 8} {-34 + j * 18}",
                    stroke="#8c6231",
                    width=5,
                    opacity=0.5,
                )
            leaf(art, 0, -110, 70, 28, -30, "#5f8d4a")
            leaf(art, -4, -110, 64, 24, -150, "#74a353")


def live(art: Art) -> None:
    """A host at a stall: the still behind a live room."""
    tint = art.tint
    width, height = (art.width, art.height)
    _vineyard(art)
    person(
        art,
        width * 0.5,
        height * 0.6,
        2.5,
        Look(skin="#f4cfae", hair="#3b2a26", style="long", top=tint.main, apron=True),
    )
    _stall(art)
