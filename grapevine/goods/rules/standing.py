"""What a kind of seller may do, and how it is said that goods cannot be ordered."""

from grapevine.goods.onboarding import Cause
from grapevine.kit.text import marked

CAUSES: dict[str, str] = {
    Cause.REVIEW: marked("还在审核"),
    Cause.REJECTED: marked("审核没有通过"),
    Cause.PERMIT: marked("缺这个类目要的许可证，或许可证过期了"),
    Cause.LICENCE: marked("营业执照或身份证过期了"),
    Cause.INSPECTION: marked("抽查不合格"),
    Cause.SUSPENDED: marked("平台暂停了店铺"),
    Cause.CLOSED: marked("店铺已经关闭"),
    Cause.LIMIT: marked("本月成交超过了个人小店的上限"),
    Cause.DEPOSIT: marked("保证金还没有交"),
    Cause.SAMPLE: marked("这是示例商品"),
}
UNAPPROVED: dict[str, str] = {
    "draft": marked("开店申请还没有提交"),
    "submitted": marked("店铺还在审核，通过后自动上架"),
    "more": marked("开店申请要补材料，补了才接着审"),
    "rejected": marked("开店申请没有通过，改好后再交一次"),
}
"""Why nothing of a shop is on sale before it is approved, by the state of its application."""


def cause_words(cause: str, application: str = "") -> str:
    """Why a shop as a whole does not sell; `application` is the state of what it handed in."""
    if cause == Cause.REVIEW:
        return UNAPPROVED.get(application, CAUSES[Cause.REVIEW])
    return CAUSES[cause]
