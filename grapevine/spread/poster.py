"""The poster: picture, words, price and QR, painted on the server at 720 × 1280. Kept on disk once painted."""

import hashlib
import re
import sys
import unicodedata
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.utils.translation import get_language, gettext as _
from PIL import Image, ImageDraw, ImageFont, ImageOps, features

from grapevine.kit.formats import money_text
from grapevine.media import facade as media
from grapevine.spread.contracts import Shared, ShareView

SIZE = (720, 1280)
INK, INK2, GRAPE, GREEN, PAPER = "#17201b", "#4b564f", "#5e2e8d", "#1d5a41", "#ffffff"
QR_BOX = 184
FONTS = {
    "regular": ("NotoSansCJKtc-Regular.otf", "wqy-microhei.ttc", "NotoSansCJK-Regular.ttc"),
    "bold": ("NotoSansCJKtc-Bold.otf", "wqy-microhei.ttc", "NotoSansCJK-Bold.ttc"),
}
FOLDERS = (
    Path(sys.prefix),
    Path("/usr/share/fonts/truetype/wqy"),
    Path("/usr/share/fonts/opentype/noto"),
)
TEMPLATE = "1"
_fonts: dict[tuple[str, int], Any] = {}


def font(weight: str, size: int) -> Any:
    """A font with Chinese glyphs: the one installed with the product, else the system's."""
    if (weight, size) not in _fonts:
        files = (folder / name for name in FONTS[weight] for folder in FOLDERS)
        found = next((file for file in files if file.exists()), None)
        _fonts[weight, size] = (
            ImageFont.truetype(str(found), size) if found else ImageFont.load_default(size)
        )
    return _fonts[weight, size]


def poster(share: ShareView, shared: Shared, *, sharer: str) -> bytes:
    """The PNG, painted now or kept from before (by template, words, sharer, link and language)."""
    link = f"{settings.SITE_URL}{share.path}"
    facts = (TEMPLATE, link, shared, sharer, get_language())
    name = hashlib.sha256(repr(facts).encode()).hexdigest()[:32]
    path = Path(settings.MEDIA_ROOT) / "posters" / f"{name}.png"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_bytes(paint(shared, sharer=sharer, link=link))
        part.rename(path)
    return path.read_bytes()


def paint(shared: Shared, *, sharer: str, link: str) -> bytes:
    canvas = Image.new("RGB", SIZE, PAPER)
    _picture(canvas, shared)
    draw = ImageDraw.Draw(canvas)
    draw.rounded_rectangle((0, 752, 720, 1360), 40, fill=PAPER)
    draw.rounded_rectangle((40, 36, 270, 96), 30, fill=PAPER)
    _write(draw, (66, 64), "藤 Grapevine", font=font("bold", 26), fill=GREEN, anchor="lm")
    said = _("%(name)s 邀你一起拼") if shared.group else _("%(name)s 分享给你")
    draw.text(
        (48, 800), visible(said % {"name": sharer}), font=font("bold", 26), fill=INK, anchor="lm"
    )
    draw.text(
        (48, 838), visible(shared.subtitle)[:28], font=font("regular", 22), fill=INK2, anchor="lm"
    )
    for row, line in enumerate(wrapped(visible(shared.title), font("bold", 38), 624, 2)):
        _write(draw, (48, 900 + row * 50), line, font=font("bold", 38), fill=INK, anchor="lm")
    _price(draw, shared)
    draw.text(
        (48, 1226), visible(shared.shop_name)[:18], font=font("regular", 22), fill=INK2, anchor="lm"
    )
    canvas.paste(qr(link), (488, 1008))
    hint = _("长按识别，看看这个")
    _write(draw, (580, 1222), hint, font=font("regular", 20), fill=INK2, anchor="mm")
    out = BytesIO()
    canvas.save(out, "PNG", optimize=False, compress_level=6)
    return out.getvalue()


def _write(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, **how: Any) -> None:
    """Text with the glyph forms of the mainland where the shaping library is there."""
    draw.text(at, text, language="zh-Hans" if features.check("raqm") else None, **how)


def _picture(canvas: Image.Image, shared: Shared) -> None:
    if shared.picture_id is None:
        canvas.paste(Image.new("RGB", (720, 800), shared.colour or GREEN), (0, 0))
        return
    with Image.open(BytesIO(media.picture_bytes(shared.picture_id, 720))) as picture:
        canvas.paste(ImageOps.fit(picture.convert("RGB"), (720, 800), centering=(0.5, 0.6)), (0, 0))


def _price(draw: ImageDraw.ImageDraw, shared: Shared) -> None:
    if shared.price_minor is None:
        return
    colour = GRAPE if shared.group else INK
    if shared.group:
        draw.rounded_rectangle((48, 1022, 168, 1060), 12, fill="#f0e8f8")
        _write(draw, (108, 1041), _("拼团价"), font=font("bold", 22), fill=GRAPE, anchor="mm")
    draw.text(
        (48, 1120), money_text(shared.price_minor), font=font("bold", 72), fill=colour, anchor="lm"
    )


def qr(link: str) -> Image.Image:
    """The code, whole pixels a module, with its quiet zone, in a box of at most 184 pixels."""
    code = segno.make(link, error="m", micro=False)
    scale = max(1, QR_BOX // code.symbol_size(border=2)[0])
    out = BytesIO()
    code.save(out, kind="png", scale=scale, border=2)
    with Image.open(out) as image:
        return image.convert("RGB")


EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]")


def visible(text: str) -> str:
    """Text without what the font cannot draw: emoji, control and zero-width characters."""
    plain = EMOJI.sub("", text)
    return "".join(c for c in plain if unicodedata.category(c)[0] != "C").strip()


def wrapped(text: str, face: Any, width: int, lines_max: int) -> list[str]:
    """Break to the width: Chinese anywhere, other words whole; the last line ends with … if cut."""
    words = re.findall(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+|\s+", text)
    lines, line = [], ""
    for word in words:
        if line and face.getlength(line + word) > width:
            lines.append(line.strip())
            line = word.lstrip()
        else:
            line += word
    lines.append(line.strip())
    if len(lines) > lines_max:
        last = lines[lines_max - 1]
        while last and face.getlength(last + "…") > width:
            last = last[:-1]
        lines = [*lines[: lines_max - 1], last + "…"]
    return [line for line in lines if line]
