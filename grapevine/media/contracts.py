"""Pictures and videos as others see them."""

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


class VideoNotFound(NotFound):
    code = "media.video_not_found"
    message = marked("没有找到这个视频")


class NotAVideo(DomainError):
    code = "media.not_a_video"
    status = 422
    message = marked("这个文件不是能用的视频")
    remedy = marked("请上传 MP4 或 WebM")


class VideoNotPlayed(DomainError):
    code = "media.video_not_played"
    status = 422
    message = marked("这个视频的编码（%(codec)s）不是每个浏览器都能放")
    remedy = marked("请导出成 H.264 的 MP4，手机上选“兼容性最好”")


class VideoTooLarge(DomainError):
    code = "media.video_too_large"
    status = 413
    message = marked("视频超过 50 MB")
    remedy = marked("剪短一点，或导出得小一点")


class VideoTooLong(DomainError):
    code = "media.video_too_long"
    status = 422
    message = marked("视频超过 60 秒")
    remedy = marked("剪到一分钟以内")


class TooManyVideos(DomainError):
    code = "media.too_many_videos"
    status = 429
    message = marked("一个月里传的视频太多了")


@dataclass(frozen=True, slots=True)
class VideoCard:
    """A video ready for a <video>. `seconds` None: the file does not say."""

    id: int
    public_id: str
    url: str
    content_type: str
    size: int
    seconds: int | None
