"""What trade refuses, with codes for machines and words for people."""

from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked


class OrderNotFound(NotFound):
    code = "trade.order_not_found"
    message = marked("没有找到这个订单")


class PaymentNotFound(NotFound):
    code = "trade.payment_not_found"
    message = marked("没有找到这笔支付")


class OrdersUnderWay(DomainError):
    code = "trade.orders_under_way"
    status = 409
    message = marked("还有没走完的订单，先收货、取消或等退款完成，再注销")


class PayoutUnderWay(DomainError):
    code = "trade.payout_under_way"
    status = 409
    message = marked("有一笔提现还没到账，等它到账或先取消，再注销")


class NotOnSale(DomainError):
    code = "trade.not_on_sale"
    status = 409
    message = marked("「%(title)s」已经下架了")
    remedy = marked("从购物车里移除它")


class WrongCount(DomainError):
    code = "trade.wrong_count"
    status = 422
    message = marked("数量要在 1 到 %(most)s 之间")


class NothingToBuy(DomainError):
    code = "trade.nothing_to_buy"
    status = 422
    message = marked("还没有选商品")


class BadAddress(DomainError):
    code = "trade.bad_address"
    status = 422
    message = marked("收货信息还不完整")


class PriceChanged(DomainError):
    code = "trade.price_changed"
    status = 409
    message = marked("价格变了：现在是 %(now)s")
    remedy = marked("看一眼新的价格再提交")


class LimitReached(DomainError):
    code = "trade.limit_reached"
    status = 409
    message = marked("「%(title)s」每人限购 %(most)s 件")
    remedy = marked("减少数量再提交")


class NotDelivered(DomainError):
    code = "trade.not_delivered"
    status = 409
    message = marked("「%(title)s」不送到这个地区")
    remedy = marked("换一个收货地址，或移除它")


class OfferGone(DomainError):
    code = "trade.offer_gone"
    status = 409
    message = marked("有一项优惠已经不能用了")
    remedy = marked("看一眼新的价格再提交")


class BadInvoice(DomainError):
    code = "trade.bad_invoice"
    status = 422
    message = marked("发票信息不对")


class IllegalMove(DomainError):
    code = "trade.illegal_move"
    status = 409
    message = marked("订单现在的状态不能这样做")


class DayNotOver(DomainError):
    code = "trade.day_not_over"
    status = 422
    message = marked("这一天还没过完，还不能对账")


class PaymentClosed(DomainError):
    code = "trade.payment_closed"
    status = 409
    message = marked("这笔支付已经结束")
