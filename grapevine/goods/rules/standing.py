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
