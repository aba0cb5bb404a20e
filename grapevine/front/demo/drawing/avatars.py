"""Round pictures of people; about one in four shows a thing, as in everybody's contact list."""

from grapevine.front.demo.drawing.colour import PALETTES, darker, lighter, mix
from grapevine.front.demo.drawing.faces import Look, person
from grapevine.front.demo.drawing.pen import Art
from grapevine.front.demo.drawing.scenery import leaf, steam

SIZE = 160
SKINS = ("#f6d7bd", "#f1c7a3", "#e3ac83", "#f8dfcb", "#c98d63", "#f3cdb0")
HAIRS = ("#2d2422", "#4a3028", "#6b4630", "#1f2430", "#8a5a3a", "#3a2b3a")
STYLES = ("bob", "short", "long", "pony", "curly", "bun", "cap", "wavy", "beanie")


def _hills(art: Art) -> None:
    tint = art.tint
    art.ellipse(112, 46, 22, 22, tint.spark)
    art.path("M0 160V108q34 -46 66 -16t94 -20V160Z", lighter(tint.main, 0.3))
    art.path("M0 160V130q50 -34 84 -10t76 -12V160Z", tint.main)


def _cat(art: Art) -> None:
    tint = art.tint
    fur = art.chance.choice(["#e2a15e", "#9aa0a6", "#e9d6bd"])
    for side in (-1, 1):
        art.path(
            f"M{80 + side * 18} 62C{80 + side * 26} 30 {80 + side * 52} 22 {80 + side * 54} 32"
            f"C{80 + side * 60} 60 {80 + side * 56} 84 {80 + side * 50} 92Z",
            darker(fur, 0.05),
        )
    art.ellipse(80, 100, 58, 50, art.ball(fur))
    art.ellipse(80, 118, 26, 20, tint.light)
    for side in (-1, 1):
        art.ellipse(80 + side * 24, 92, 5, 6, tint.dark)
    art.path("M74 108h12q0 8 -6 8t-6 -8Z", "#e07f7c")
    art.path("M80 116q-2 8 -10 7M80 116q2 8 10 7", stroke=tint.dark, width=2.6)


def _pot_plant(art: Art) -> None:
    tint = art.tint
    green = mix(tint.main, "#7fae6c", 0.4)
    for turn, length in ((-150, 78), (-120, 96), (-90, 112), (-60, 96), (-30, 78)):
        leaf(art, 80, 136, length, 24, turn, green)
    art.path("M52 112H108L100 152H60Z", art.round(tint.spark))


def _cup(art: Art) -> None:
    tint = art.tint
    art.shadow(82, 130, 56, 10, 0.35)
    art.path("M108 76C142 72 142 116 104 114", stroke=tint.main, width=10)
    art.path("M40 64C40 100 44 120 56 130H100C112 120 116 100 116 64Z", art.round(tint.main))
    art.ellipse(78, 64, 38, 9, "#7a4a2a")
    steam(art, 78, 56, 0.4)


THINGS = (_hills, _cat, _pot_plant, _cup)


def _face(art: Art, seed: int) -> None:
    tint = art.tint
    tops = (tint.main, tint.spark, tint.main, tint.dark)
    look = Look(
        skin=SKINS[seed % 6],
        hair=HAIRS[(seed * 5 + 1) % 6],
        style=STYLES[(seed * 2 + seed // 9) % 9],
        top=tops[seed % 4],
        hat=tint.spark if seed % 2 else tint.main,
        glasses=seed % 5 == 1,
    )
    person(art, 80, 164, 1.02, look)


def portrait(seed: int) -> Art:
    names = list(PALETTES)[:8]
    art = Art(SIZE, SIZE, f"av-{seed}", PALETTES[names[(seed * 7 + 3) % 8]])
    tint = art.tint
    art.veil(art.linear((0, lighter(tint.wall, 0.1)), (1, tint.wall_deep), x2=0.7))
    art.glow(46, 40, 90, 80, "#ffffff", 0.6)
    if seed % 4 == 3:
        THINGS[(seed // 4) % 4](art)
    else:
        _face(art, seed)
    return art
