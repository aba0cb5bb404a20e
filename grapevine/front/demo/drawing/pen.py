"""A small pen for SVG: shapes, groups, and gradients that are written once however often used.

Light falls from the upper left. Shadows are gradients and never filters, so renderers agree.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from grapevine.front.demo.drawing.colour import PAPER, Palette, darker, lighter

Stop = tuple[float, str] | tuple[float, str, float]
"""Where along the gradient (0–1), the colour, and how opaque (1 when left out)."""


def short(value: float) -> str:
    """A coordinate with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")


def fine(value: float) -> str:
    """A ratio with three decimals at most."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _stops(stops: tuple[Stop, ...]) -> str:
    text = ""
    for stop in stops:
        opaque = f' stop-opacity="{fine(stop[2])}"' if len(stop) == 3 else ""
        text += f'<stop offset="{fine(stop[0])}" stop-color="{stop[1]}"{opaque}/>'
    return text


def _opacity(value: float | None) -> str:
    return "" if value is None else f' opacity="{fine(value)}"'


class Art:
    """One drawing in progress. `key` seeds its chance and prefixes its ids."""

    def __init__(self, width: int, height: int, key: str, tint: Palette) -> None:
        self.width = width
        self.height = height
        self.tint = tint
        self.chance = Random(key)  # noqa: S311  art, not secrets
        self._prefix = key.replace("-", "")
        self._gradients: dict[str, str] = {}
        self._shapes: list[str] = []

    def svg(self) -> str:
        gradients = "".join(
            f'<{body.split(" ", 1)[0]} id="{name}" {body.split(" ", 1)[1]}'
            for body, name in self._gradients.items()
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}"'
            f' width="{self.width}" height="{self.height}">'
            f"<defs>{gradients}</defs>{''.join(self._shapes)}</svg>"
        )

    # Paints

    def _gradient(self, tag: str, body: str) -> str:
        text = f"{tag} {body}</{tag}>"
        name = self._gradients.setdefault(text, f"{self._prefix}{len(self._gradients):x}")
        return f"url(#{name})"

    def linear(
        self, *stops: Stop, x1: float = 0, y1: float = 0, x2: float = 0, y2: float = 1
    ) -> str:
        body = f'x1="{fine(x1)}" y1="{fine(y1)}" x2="{fine(x2)}" y2="{fine(y2)}">{_stops(stops)}'
        return self._gradient("linearGradient", body)

    def radial(self, *stops: Stop, cx: float = 0.5, cy: float = 0.5, r: float = 0.5) -> str:
        body = f'cx="{fine(cx)}" cy="{fine(cy)}" r="{fine(r)}">{_stops(stops)}'
        return self._gradient("radialGradient", body)

    def round(self, colour: str, strength: float = 1.0) -> str:
        """The paint of a cylinder lit from the left."""
        return self.linear(
            (0, darker(colour, 0.2 * strength)),
            (0.09, darker(colour, 0.07 * strength)),
            (0.27, lighter(colour, 0.42 * strength)),
            (0.44, lighter(colour, 0.08 * strength)),
            (0.72, darker(colour, 0.07 * strength)),
            (0.92, darker(colour, 0.24 * strength)),
            (1, darker(colour, 0.14 * strength)),
            x2=1,
            y2=0,
        )

    def ball(self, colour: str) -> str:
        """The paint of a ball lit from the upper left."""
        return self.radial(
            (0, lighter(colour, 0.55)),
            (0.35, lighter(colour, 0.14)),
            (0.75, darker(colour, 0.08)),
            (1, darker(colour, 0.3)),
            cx=0.36,
            cy=0.3,
            r=0.72,
        )

    # Shapes

    @contextmanager
    def group(
        self,
        x: float = 0,
        y: float = 0,
        scale: float = 1.0,
        *,
        scale_y: float | None = None,
        turn: float = 0,
        opacity: float | None = None,
    ) -> Iterator[None]:
        """Draw what follows moved, turned and scaled, in that order from the outside in."""
        move = f"translate({short(x)} {short(y)})"
        if turn:
            move += f" rotate({short(turn)})"
        if scale != 1 or scale_y is not None:
            second = "" if scale_y is None else f" {fine(scale_y)}"
            move += f" scale({fine(scale)}{second})"
        self._shapes.append(f'<g transform="{move}"{_opacity(opacity)}>')
        yield
        self._shapes.append("</g>")

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        corner: float = 0,
        opacity: float | None = None,
    ) -> None:
        rounded = f' rx="{short(corner)}"' if corner else ""
        self._shapes.append(
            f'<rect x="{short(x)}" y="{short(y)}" width="{short(width)}"'
            f' height="{short(height)}"{rounded} fill="{fill}"{_opacity(opacity)}/>'
        )

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, fill: str, opacity: float | None = None
    ) -> None:
        self._shapes.append(
            f'<ellipse cx="{short(x)}" cy="{short(y)}" rx="{short(rx)}" ry="{short(ry)}"'
            f' fill="{fill}"{_opacity(opacity)}/>'
        )

    def path(
        self,
        d: str,
        fill: str = "none",
        opacity: float | None = None,
        *,
        stroke: str = "",
        width: float = 0,
    ) -> None:
        line = (
            f' stroke="{stroke}" stroke-width="{short(width)}"'
            ' stroke-linecap="round" stroke-linejoin="round"'
        )
        self._shapes.append(
            f'<path d="{d}" fill="{fill}"{line if stroke else ""}{_opacity(opacity)}/>'
        )

    def shadow(self, x: float, y: float, rx: float, ry: float, depth: float = 0.32) -> None:
        self.dark_shadow(x, y, rx, ry, depth, self.tint.dark)

    def dark_shadow(
        self, x: float, y: float, rx: float, ry: float, depth: float, colour: str
    ) -> None:
        fading = self.radial((0, colour, depth), (0.55, colour, depth * 0.55), (1, colour, 0))
        self.ellipse(x, y, rx, ry, fading)

    def cylinder(
        self, x: float, y: float, width: float, height: float, colour: str, lid: float | None = None
    ) -> None:
        """An upright cylinder; (x, y) is the left end of its top, `lid` half the top's depth."""
        depth = width * 0.13 if lid is None else lid
        arc = f"{short(width / 2)} {short(depth)}"
        self.path(
            f"M{short(x)} {short(y)}V{short(y + height)}"
            f"A{arc} 0 0 0 {short(x + width)} {short(y + height)}V{short(y)}Z",
            self.round(colour),
        )
        top = self.linear((0, lighter(colour, 0.22)), (1, lighter(colour, 0.42)), x2=1, y2=0.4)
        self.ellipse(x + width / 2, y, width / 2, depth, top)

    def glow(self, x: float, y: float, rx: float, ry: float, colour: str, depth: float) -> None:
        self.ellipse(x, y, rx, ry, self.radial((0, colour, depth), (1, colour, 0)))

    def veil(self, paint: str = PAPER, opacity: float = 1) -> None:
        """Cover the whole picture."""
        self.rect(0, 0, self.width, self.height, paint, 0, opacity)
