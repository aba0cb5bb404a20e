"""What many pictures share: a room with window light, arches, plinths, leaves, steam."""

from grapevine.front.demo.drawing.colour import darker, lighter, mix
from grapevine.front.demo.drawing.pen import Art, short

SUN = "#fffdf2"


def fit(art: Art, floor: float = 0.8, height: float = 520) -> tuple[float, float]:
    """The floor's y and a scale at which a subject `height` tall fills the frame."""
    y = art.height * floor
    return y, min(1.22, (y * 0.96 + art.height * 0.08) / height)


def room(art: Art, floor_y: float, floor: str = "", *, sunny: bool = True) -> None:
    tint, width, height = art.tint, art.width, art.height
    ground = floor or tint.floor
    art.veil(art.linear((0, tint.wall), (1, tint.wall_deep), x1=0.1, x2=0.7, y2=1))
    art.glow(width * 0.24, height * 0.2, width * 0.75, height * 0.5, "#ffffff", 0.5)
    boards = art.linear(
        (0, mix(ground, tint.wall_deep, 0.42)),
        (0.25, ground),
        (1, mix(ground, tint.wall_deep, 0.3)),
    )
    art.rect(0, floor_y, width, height - floor_y, boards)
    art.rect(0, floor_y, width, 26, art.linear((0, tint.dark, 0.16), (1, tint.dark, 0)))
    if sunny:
        window_light(art, floor_y)


def window_light(art: Art, floor_y: float, depth: float = 0.5) -> None:
    """Four panes of sun thrown across wall and floor."""
    x0 = art.chance.uniform(0.3, 0.5) * art.width
    y0 = art.chance.uniform(0.04, 0.14) * art.height
    pane, tall, slant = art.width * 0.17, min(art.height * 0.24, 190.0), 0.34
    sun = art.linear((0, SUN, depth), (1, SUN, depth * 0.35), x2=0.6)
    for column in range(2):
        for row in range(2):
            x = x0 + column * (pane + 14) - row * (tall + 14) * slant
            y = y0 + row * (tall + 14) + column * 22
            art.path(
                f"M{short(x)} {short(y)}l{short(pane)} 22"
                f"l{short(-tall * slant)} {short(tall)}l{short(-pane)} -22Z",
                sun,
            )
    art.path(
        f"M{short(x0 - 170)} {short(floor_y + 8)}h{short(pane * 2)}"
        f"l-90 {short(art.height - floor_y)}h{short(-pane * 2.2)}Z",
        art.linear((0, SUN, depth * 0.7), (1, SUN, 0)),
    )


def arch(art: Art, x: float, base: float, width: float, height: float, colour: str) -> None:
    """A niche with a round top and a shaded left edge; (x, base) is the middle of its foot."""
    left, right, radius = x - width / 2, x + width / 2, width / 2
    spring = base - height + radius
    inside = art.linear((0, darker(colour, 0.1)), (0.5, colour), (1, lighter(colour, 0.3)), x2=1)
    art.path(
        f"M{short(left)} {short(base)}V{short(spring)}"
        f"A{short(radius)} {short(radius)} 0 0 1 {short(right)} {short(spring)}V{short(base)}Z",
        inside,
    )
    art.path(
        f"M{short(left)} {short(base)}V{short(spring)}"
        f"A{short(radius)} {short(radius)} 0 0 1"
        f" {short(x + width * 0.2)} {short(base - height + width * 0.042)}"
        f"A{short(radius)} {short(radius)} 0 0 0"
        f" {short(left + 24)} {short(spring + 14)}V{short(base)}Z",
        art.tint.dark,
        0.13,
    )


def plinth(art: Art, x: float, y: float, width: float, height: float, colour: str) -> None:
    art.shadow(x + 26, y + height + 4, width * 0.66, width * 0.12, 0.3)
    art.cylinder(x - width / 2, y, width, height, colour, width * 0.1)


def leaf(
    art: Art, x: float, y: float, length: float, width: float, turn: float, colour: str
) -> None:
    tip = short(length)
    with art.group(x, y, turn=turn):
        art.path(
            f"M0 0C{short(length * 0.25)} {short(-width)} {short(length * 0.72)}"
            f" {short(-width * 0.85)} {tip} 0C{short(length * 0.72)} {short(width * 0.85)}"
            f" {short(length * 0.25)} {short(width)} 0 0Z",
            art.linear((0, darker(colour, 0.12)), (1, lighter(colour, 0.18)), x2=1, y2=0.2),
        )
        art.path(
            f"M0 0C{short(length * 0.25)} {short(width)} {short(length * 0.72)}"
            f" {short(width * 0.85)} {tip} 0Z",
            darker(colour, 0.3),
            0.28,
        )
        art.path(f"M0 0H{short(length * 0.93)}", stroke=lighter(colour, 0.4), width=1.2)


def sprig(
    art: Art,
    x: float,
    y: float,
    length: float,
    turn: float,
    colour: str,
    *,
    count: int = 6,
    width: float = 13,
    blade: float = 52,
) -> None:
    """A stem with `count` leaves, `blade` long at its foot and smaller towards the tip."""
    with art.group(x, y, turn=turn):
        stem = f"M0 0Q{short(length * 0.5)} -14 {short(length)} -4"
        art.path(stem, stroke=darker(colour, 0.25), width=3)
        for number in range(count):
            t = (number + 1) / count
            angle = (-42 if number % 2 else 40) + art.chance.uniform(-8, 8)
            shade = lighter(colour, art.chance.uniform(0, 0.14))
            px, py = length * t, -28 * t * (1 - t) - 4 * t * t
            leaf(art, px, py, blade * (1.1 - t * 0.45), width * (1.1 - t * 0.4), angle, shade)
        leaf(art, length, -4, blade * 0.7, width * 0.7, -4, colour)


def leaf_shade(art: Art, depth: float = 0.1) -> None:
    """The soft shadow of a branch outside the frame."""
    outline = ""
    for number in range(8):
        side, x, length = (-1) ** number, 40 + number * 44, 120 - number * 6
        outline += (
            f"M{x} 0q{short(length * 0.3)} {short(side * length * 0.52)}"
            f" {short(length * 0.95)} {short(side * length * 0.62)}"
            f"q{short(-length * 0.2)} {short(-side * length * 0.5)}"
            f" {short(-length * 0.95)} {short(-side * length * 0.62)}Z"
        )
    turn = 118 + art.chance.uniform(-8, 8)
    with art.group(art.width * 1.02, -20, art.width / 600, turn=turn, opacity=depth):
        art.path(outline, art.tint.dark)
        art.path("M0 0Q200 -12 400 8", stroke=art.tint.dark, width=5)


def steam(art: Art, x: float, y: float, scale: float = 1.0, depth: float = 0.6) -> None:
    for number, shift in enumerate((-26, 4, 32)):
        art.path(
            f"M{short(x + shift * scale)} {short(y)}"
            f"q{short(-20 * scale)} {short(-34 * scale)} 0 {short(-66 * scale)}"
            f"t{short((6 - number * 3) * scale)} {short((-62 + number * 10) * scale)}",
            stroke=art.linear((0, "#ffffff", 0), (0.45, "#ffffff", depth), (1, "#ffffff", 0.12)),
            width=9 * scale,
        )


def sparkle(art: Art, x: float, y: float, radius: float, depth: float = 0.9) -> None:
    """A four-pointed glint."""
    cx, cy = short(x), short(y)
    art.path(
        f"M{cx} {short(y - radius)}Q{cx} {cy} {short(x + radius)} {cy}"
        f"Q{cx} {cy} {cx} {short(y + radius)}Q{cx} {cy} {short(x - radius)} {cy}"
        f"Q{cx} {cy} {cx} {short(y - radius)}Z",
        "#ffffff",
        depth,
    )


def grapes(
    art: Art, x: float, y: float, scale: float, colour: str, rows: tuple[int, ...] = (5, 6, 5, 4, 2)
) -> None:
    """A bunch; `rows` is how many hang in each row."""
    with art.group(x, y, scale):
        for row, count in enumerate(rows):
            for number in range(count):
                px = (number - (count - 1) / 2) * 35 + art.chance.uniform(-4, 4)
                py = row * 29 + art.chance.uniform(-4, 4)
                shade = mix(colour, lighter(colour, 0.3), art.chance.random() * 0.7)
                art.ellipse(px, py, 21, 22, art.ball(shade))
                art.ellipse(px - 7, py - 8, 5, 4, "#ffffff", 0.65)
