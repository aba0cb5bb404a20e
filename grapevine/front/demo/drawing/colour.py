"""Colours as `#rrggbb`, and the palettes of the demo's pictures."""

from dataclasses import dataclass

INK = "#15120f"
PAPER = "#ffffff"


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(first: str, second: str, share: float) -> str:
    """`first` with `share` (0–1) of `second` in it."""
    pairs = zip(_channels(first), _channels(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def lighter(colour: str, share: float) -> str:
    return mix(colour, PAPER, share)


def darker(colour: str, share: float) -> str:
    return mix(colour, INK, share)


@dataclass(frozen=True, slots=True)
class Palette:
    """Eight colours that go together; `spark` is the small accent."""

    wall: str
    wall_deep: str
    floor: str
    main: str
    second: str
    dark: str
    light: str
    spark: str


PALETTES = {
    "sage": Palette(
        "#dfe7d6", "#b9caad", "#eef0e5", "#5b7d60", "#f4ead8", "#25382b", "#fbfaf2", "#e2946a"
    ),
    "peach": Palette(
        "#fae0cf", "#f0bda0", "#fcece1", "#d8714f", "#fff3e8", "#5a2a20", "#fff9f3", "#64897a"
    ),
    "lilac": Palette(
        "#e8dff3", "#c3b0df", "#f2ecf9", "#7a57a3", "#f8e6c4", "#332149", "#fdf9ff", "#f0aa62"
    ),
    "sky": Palette(
        "#dbe9f2", "#a5c6de", "#ecf4f8", "#46789f", "#f7e6ce", "#1c374e", "#f8fcff", "#ee8767"
    ),
    "butter": Palette(
        "#faeecb", "#f0d184", "#fdf6e2", "#d0942a", "#fffdf4", "#573d12", "#fffcf1", "#728a4c"
    ),
    "clay": Palette(
        "#ecd4c4", "#cfa086", "#f4e4d8", "#a05236", "#f6e8da", "#402019", "#fff6ee", "#56797a"
    ),
    "mint": Palette(
        "#d8eee5", "#9fd0be", "#ebf7f2", "#2b8570", "#fdead6", "#114138", "#f6fffb", "#ef8098"
    ),
    "rose": Palette(
        "#f9dfe2", "#eab0bb", "#fceeef", "#c04f69", "#fff2e6", "#531b2c", "#fff8f8", "#7b966a"
    ),
    "night": Palette(
        "#4b5880", "#222b48", "#3d4970", "#e8bf76", "#c7d2ee", "#10162a", "#fff2d2", "#e98669"
    ),
    "moss": Palette(
        "#9db29a", "#56725c", "#b2c3ac", "#f1e2c4", "#d68757", "#1c2d22", "#fcf7e8", "#e8c25e"
    ),
}
