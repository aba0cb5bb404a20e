"""What care refuses, with codes for machines and words for people."""

from grapevine.kit.errors import DomainError, NotAllowed, NotFound
from grapevine.kit.text import marked


class ReviewNotFound(NotFound):
    code = "care.review_not_found"
    message = marked("没有找到这条评价")


class LineNotFound(NotFound):
    code = "care.line_not_found"
    message = marked("这个订单里没有这件商品")


class NotReceived(DomainError):
    code = "care.not_received"
    status = 409
    message = marked("确认收货后才能评价和晒单")
    remedy = marked("收到货后先在订单里确认收货")


class ReviewedAlready(DomainError):
    code = "care.reviewed_already"
    status = 409
    message = marked("这件商品已经评价过了")
    remedy = marked("修改期内可以改，之后可以追评一次")


class TooLate(DomainError):
    code = "care.too_late"
    status = 409
    message = marked("已经过了可以写的时间")


class RelatedToShop(NotAllowed):
    code = "care.related_to_shop"
    message = marked("店铺自己的人和相关账号不能评价这家店")


class ReviewIncomplete(DomainError):
    code = "care.review_incomplete"
    status = 422
    message = marked("评价还差一点")


class FollowedAlready(DomainError):
    code = "care.followed_already"
    status = 409
    message = marked("已经追评过一次了")


class OwnReview(DomainError):
    code = "care.own_review"
    status = 409
    message = marked("不能给自己的评价点有用")


class ReviewHidden(DomainError):
    code = "care.review_hidden"
    status = 409
    message = marked("这条评价因法律原因不显示")


class NotHidden(DomainError):
    code = "care.not_hidden"
    status = 409
    message = marked("这条评价现在没有被隐藏，或者已经申诉过")


class FlagNotFound(NotFound):
    code = "care.flag_not_found"
    message = marked("没有找到这条异常，或者已经处理过")


class CertificateNotFound(NotFound):
    code = "care.certificate_not_found"
    message = marked("没有找到这张证书，或者已经处理过")


class BadCertificate(DomainError):
    code = "care.bad_certificate"
    status = 422
    message = marked("证书信息还不完整")


class ShownAlready(DomainError):
    code = "care.shown_already"
    status = 409
    message = marked("这件商品已经晒过单了")
