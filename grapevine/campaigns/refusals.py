"""What this module refuses, in words. Outside they are read from `contracts`."""

from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked


class PlanNotFound(NotFound):
    code = "campaigns.plan_not_found"
    message = marked("没有找到这个拼团方案")


class GroupNotFound(NotFound):
    code = "campaigns.group_not_found"
    message = marked("没有找到这个团")


class GroupFull(DomainError):
    code = "campaigns.group_full"
    status = 409
    message = marked("这个团已经满了")
    remedy = marked("开一个新团，或参加别的团")


class GroupOver(DomainError):
    code = "campaigns.group_over"
    status = 409
    message = marked("这个团已经结束了")
    remedy = marked("开一个新团，或参加别的团")


class AlreadyIn(DomainError):
    code = "campaigns.already_in"
    status = 409
    message = marked("你已经在这个团里了")


class PlanStopped(DomainError):
    code = "campaigns.plan_stopped"
    status = 409
    message = marked("这个拼团已经停了")


class WrongSku(DomainError):
    code = "campaigns.wrong_sku"
    status = 422
    message = marked("这个规格不在拼团里")


class KeyUsed(DomainError):
    code = "campaigns.key_used"
    status = 409
    message = marked("这张表单已经用在别的订单上了")
    remedy = marked("刷新页面再提交")


class CouponPlanNotFound(NotFound):
    code = "campaigns.coupon_plan_not_found"
    message = marked("没有找到这种券")


class CouponsGone(DomainError):
    code = "campaigns.coupons_gone"
    status = 409
    message = marked("券领完了")
    remedy = marked("看看店里别的券")


class CouponTaken(DomainError):
    code = "campaigns.coupon_taken"
    status = 409
    message = marked("每人最多领 %(most)s 张，你已经领过了")
    remedy = marked("在“我的卡券”里能看到")


class CouponsOver(DomainError):
    code = "campaigns.coupons_over"
    status = 409
    message = marked("现在不能领这种券")
    remedy = marked("还没开始，或已经结束")


class NotForYou(DomainError):
    code = "campaigns.not_for_you"
    status = 403
    message = marked("这种券你还不能领")
    remedy = marked("新客券给没在这里买过的人，粉丝券先关注店主，定向券由商家直接送")


class ReductionNotFound(NotFound):
    code = "campaigns.reduction_not_found"
    message = marked("没有找到这个满减")


class FlashSaleNotFound(NotFound):
    code = "campaigns.flash_sale_not_found"
    message = marked("没有找到这个限时特价")


class FlashSaleOverlaps(DomainError):
    code = "campaigns.flash_sale_overlaps"
    status = 409
    message = marked("这个规格在这段时间已经有限时特价")
    remedy = marked("换一段时间，或先停掉那一个")


class TooMany(DomainError):
    code = "campaigns.too_many"
    status = 409
    message = marked("同时最多 %(most)s 个")
    remedy = marked("先停掉用不着的")
