"""Pictures as others see them."""

from dataclasses import dataclass

from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked

WIDTHS = (360, 540, 720)


class PictureNotFound(NotFound):
    code = "media.not_found"
    message = marked("没有找到这张图片")


class NotAPicture(DomainError):
    code = "media.not_a_picture"
    status = 422
    message = marked("这个文件不是能用的图片")
    remedy = marked("请上传 JPEG、PNG 或 WebP")


class PictureTooLarge(DomainError):
    code = "media.too_large"
    status = 413
    message = marked("图片太大了")
    remedy = marked("一张图最大 12 MB、4000 万像素")


class NotAPaper(DomainError):
    code = "media.not_a_paper"
    status = 422
    message = marked("这个文件不是能用的图片或 PDF")
    remedy = marked("请上传 PDF、JPEG、PNG 或 WebP，最大 12 MB")


@dataclass(frozen=True, slots=True)
class PictureCard:
    """A picture ready for an <img>: size in pixels, `tone` the dominant colour while it loads."""

    id: int
    public_id: str
    url: str
    width: int
    height: int
    tone: str
    alt: str
    srcset: str
