"""Made-up values for the style page, so that every component is seen with real shapes of data."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.safestring import SafeString

from grapevine.kit.text import marked


@dataclass(frozen=True, slots=True)
class SamplePicture:
    url: str
    width: int
    height: int
    tone: str
    alt: str
    srcset: str = ""


@dataclass(frozen=True, slots=True)
class SampleFace:
    name: str
    avatar: str = ""


@dataclass(frozen=True, slots=True)
class SampleShop:
    name: str
    colour: str
    slug: str = "halfday"
    logo: SamplePicture | None = None


@dataclass(frozen=True, slots=True)
class SampleCard:
    id: int
    title: str
    cover: SamplePicture | None
    author: SampleFace
    likes: int
    chip: str = ""


def _scene(width: int, height: int, sky: str, ground: str, ball: str) -> SamplePicture:
    """A still of three colours, drawn here: the style page asks nobody for a picture."""
    drawn = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}'>"
        f"<rect width='{width}' height='{height}' fill='{sky}'/>"
        f"<circle cx='{width * 0.62}' cy='{height * 0.4}' r='{width * 0.2}' fill='{ball}'/>"
        f"<path d='M0 {height * 0.72} Q{width / 2} {height * 0.56} {width} {height * 0.76}"
        f" V{height} H0Z' fill='{ground}'/></svg>"
    )
    return SamplePicture(
        "data:image/svg+xml," + drawn.replace("#", "%23").replace("<", "%3C").replace(">", "%3E"),
        width,
        height,
        sky,
        "",
    )


FACES = [SampleFace(name) for name in ("阿沅在杭州", "林小鹿", "小满", "Mia", "周老师", "Nana")]
CARDS = [
    SampleCard(
        1, "用了三个月的粗陶杯，越喝越有光泽",
        _scene(600, 800, "#dcb7a2", "#b5795a", "#f7ecdf"), FACES[0], 2316, "group",
    ),
    SampleCard(
        2, "周五下班直接进山｜两天一夜装备清单",
        _scene(600, 800, "#343f61", "#1e2b2a", "#f2b880"), FACES[1], 12_400,
    ),
    SampleCard(
        3, "北窗也能养好龟背竹，三个小动作",
        _scene(600, 600, "#cad7bf", "#6f9a73", "#fff7dd"), FACES[2], 988,
    ),
    SampleCard(
        4, "A linen dress for the last warm days of October, and how it washes",
        _scene(600, 900, "#b9ded0", "#3f7a62", "#ffffff"), FACES[3], 864, "plain",
    ),
    SampleCard(
        5, "湖边日落 17:04，记得早到半小时",
        _scene(600, 450, "#bdd6e7", "#4e7a9c", "#ffd9a0"), FACES[4], 876,
    ),
    SampleCard(6, "还没有图的一篇", None, FACES[5], 0),
]  # fmt: skip

TOKENS = {
    marked("底与面"): ["bg", "surface", "raised", "sunken", "line", "line-strong"],
    marked("墨色"): ["ink", "ink-2", "ink-3"],
    marked("藤绿：平台，往前走"): ["brand", "brand-strong", "brand-soft", "brand-ink"],
    marked("葡萄紫：一起买"): ["accent", "accent-soft", "accent-ink"],
    marked("涨跌平和还不知道"): ["up", "down", "flat", "unknown"],
    marked("状态的颜色"): ["ok", "warn", "danger", "info", "star"],
}

ICON_SHEET = Path(__file__).resolve().parent.parent / "static" / "kit" / "icons.svg"
ICONS = re.findall(r'<symbol id="i-([\w-]+)"', ICON_SHEET.read_text())

SAMPLES: dict[str, Any] = {
    "tokens": TOKENS,
    "icons": ICONS,
    "cards": CARDS,
    "faces": FACES,
    "scene": CARDS[0].cover,
    "shop_sample": SampleShop("半日 HALFDAY", "#8d3b1f"),
    "numbers": [0, 864, 2316, 9999, 12_000, 12_345, 1_234_567, 345_678_901],
    "prices": [6900, 6990, 120_600, 428_670, 5, -1500],
    "chips": {1: SafeString("<b>x</b>")},
}
