"""Shop marks: one simple sign in the shop's own colour."""

from grapevine.front.demo.drawing.colour import PALETTES, darker, lighter, mix
from grapevine.front.demo.drawing.pen import Art
from grapevine.front.demo.drawing.scenery import leaf

SIZE = 160


def _sun_over_hill(art: Art, paper: str, colour: str) -> None:
    art.ellipse(96, 62, 24, 24, paper)
    art.path("M24 118q30 -46 58 -18t58 -22v44a8 8 0 0 1 -8 8h-100a8 8 0 0 1 -8 -8Z", paper)
    art.path("M24 122q34 -22 60 -6t56 -10v16a8 8 0 0 1 -8 8h-100a8 8 0 0 1 -8 -8Z", colour, 0.35)


def _two_leaves(art: Art, paper: str, colour: str) -> None:
    leaf(art, 78, 122, 84, 26, -58, paper)
    leaf(art, 78, 122, 76, 24, -126, paper)
    art.path("M78 124V138", stroke=paper, width=6)
    art.ellipse(78, 124, 5, 5, colour)


def _half_moon(art: Art, paper: str, colour: str) -> None:
    art.ellipse(80, 80, 44, 44, paper)
    art.path("M80 36A44 44 0 0 1 80 124Z", colour, 0.8)


def _cup(art: Art, paper: str, colour: str) -> None:
    art.path("M106 74C132 72 132 106 104 106", stroke=paper, width=9)
    art.path("M42 64H110C110 96 104 116 94 122H58C48 116 42 96 42 64Z", paper)
    art.path("M52 78H100", stroke=colour, width=5, opacity=0.4)
    art.path("M66 50q-6 -10 0 -20M86 50q-6 -10 0 -20", stroke=paper, width=5, opacity=0.8)


def _rings(art: Art, paper: str, colour: str) -> None:
    art.ellipse(64, 80, 34, 34, paper)
    art.ellipse(98, 80, 34, 34, paper, 0.6)
    art.ellipse(81, 80, 10, 26, colour, 0.5)


def _roof(art: Art, paper: str, colour: str) -> None:
    art.path("M34 82L80 40L126 82Z", paper)
    art.rect(48, 82, 64, 42, paper, 4, 0.85)
    art.rect(72, 96, 18, 28, colour, 3, 0.6)


MARKS = (_half_moon, _two_leaves, _sun_over_hill, _cup, _rings, _roof)


def mark(seed: int, colour: str) -> Art:
    art = Art(SIZE, SIZE, f"mark-{seed}-{colour[1:]}", PALETTES["sage"])
    art.veil(art.linear((0, lighter(colour, 0.14)), (1, darker(colour, 0.12)), x2=0.7))
    MARKS[seed % len(MARKS)](art, mix("#fffdf8", colour, 0.06), colour)
    return art
