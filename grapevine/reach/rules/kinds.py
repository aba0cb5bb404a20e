"""What people are told, said once: the words, who may see it, where it leads. Words are filled in when they are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from grapevine.goods.contracts import Right
from grapevine.kit.text import marked


@dataclass(frozen=True, slots=True)
class Kind:
    """`right`: what of a shop's rights it takes to be told; None: it is a person's own.

    `texts` by the fact `variant`; {order}, {title}, {amount}, {actor}, {days}, {stars}, {count}, {shop}, {said} and {why} are facts.
    `page` is a page's name, `place` the facts in its address; a shop's page has the shop's name first.
    """

    name: str
    label: str
    topic: str
    right: Right | None
    texts: Mapping[str, str]
    page: str
    place: tuple[str, ...] = ()
    waits_for_yes: bool = False
    """Advertising: nobody is told who did not choose it (Law on the Protection of Consumer Rights and Interests, article 29)."""
    for_operators: bool = False
    """Nobody else gets it, so nobody else chooses how."""
    hint: str = ""
    """From whom it comes and when, where the label alone could be taken for another's."""
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    """By the variant, where that leads to a page of the shop instead of `page`."""

    def text(self, variant: str) -> str:
        return self.texts.get(variant) or self.texts[""]


TOPICS: Mapping[str, str] = {
    "trade": marked("订单和发货"),
    "service": marked("售后和评价"),
    "goods": marked("商品"),
    "marketing": marked("拼团和活动"),
    "finance": marked("钱"),
    "shop": marked("店铺"),
    "social": marked("互动"),
}

_TRIAL_STOPPED = {
    "": marked("实验“{title}”碰到护栏，自动停了，所有人都回到原来的样子"),
    "refunds": marked("实验“{title}”里退款明显变多，自动停了，所有人都回到原来的样子"),
    "complaints": marked("实验“{title}”里售后明显变多，自动停了，所有人都回到原来的样子"),
    "disputes": marked("实验“{title}”里请平台介入的明显变多，自动停了，所有人都回到原来的样子"),
    "margin": marked("实验“{title}”里每件的毛利明显变少，自动停了，所有人都回到原来的样子"),
    "reports": marked("实验“{title}”里举报明显变多，自动停了，所有人都回到原来的样子"),
    "hides": marked("实验“{title}”里点“不想看”的明显变多，自动停了，所有人都回到原来的样子"),
}
"""By the guardrail that was broken first."""

_SHOP = (
    Kind(
        "order_paid", marked("新订单"), "trade", Right.SHIPPING,
        {
            "": marked("新订单 {order}：{title}，共 {count} 件，付了 {amount}"),
            "more": marked("这一小时还有 {count} 个新订单，去发货页看"),
        },
        "trade:desk_order", ("order",),
        hint=marked("一小时里前三个各发一条，再多的合成一条，会一直数下去。"),
        elsewhere={"more": "trade:shipping"},
    ),
    Kind(
        "parcel_alarm", marked("发货和物流的异常"), "trade", Right.SHIPPING,
        {
            "": marked("订单 {order} 的包裹有异常，去看看"),
            "late": marked("订单 {order} 过了承诺的发货时间，还没发"),
            "stall": marked("订单 {order} 的包裹好几天没动了"),
            "returned": marked("订单 {order} 的包裹被退回来了"),
        },
        "trade:desk_order", ("order",),
    ),
    Kind(
        "case_to_answer", marked("售后要你回应"), "service", Right.AFTER_SALES,
        {
            "": marked("订单 {order} 有一个售后申请，等你回应"),
            "platform": marked("订单 {order} 的售后，买家请平台介入了"),
            "sent": marked("订单 {order} 的退货，买家寄回来了"),
        },
        "trade:aftersales_desk_case", ("case",),
    ),
    Kind(
        "appeal_decided", marked("申诉有结果"), "service", Right.AFTER_SALES,
        {
            "": marked("售后裁定的申诉有结果了"),
            "upheld": marked("申诉没有改变裁定，看看理由"),
            "overturned": marked("申诉成功，平台补给店里 {amount}"),
        },
        "trade:aftersales_desk_case", ("case",),
    ),
    Kind(
        "targets_missed", marked("售后没达标"), "service", Right.AFTER_SALES,
        {"": marked("最近的售后有 {count} 项没到目标")}, "trade:aftersales_performance",
    ),
    Kind(
        "review_written", marked("新评价"), "service", Right.REVIEWS,
        {"": marked("“{title}”有一条 {stars} 星的新评价")}, "care:desk",
    ),
    Kind(
        "reviews_flagged", marked("评价异常"), "service", Right.REVIEWS,
        {"": marked("{count} 条评价看起来是刷的，先不计分")}, "care:desk",
    ),
    Kind(
        "shop_rated", marked("信用评级变了"), "service", Right.REVIEWS,
        {"": marked("信用评级从 {before} 变成 {level}")}, "care:desk_rating",
    ),
    Kind(
        "low_stock", marked("快缺货"), "goods", Right.STOCK,
        {"": marked("“{title}”只剩 {count} 件了")}, "goods:desk",
    ),
    Kind(
        "goods_judged", marked("商品审核结果"), "goods", Right.GOODS,
        {
            "": marked("“{title}”的审核有结果了"),
            "passed": marked("“{title}”审核通过，可以卖了"),
            "with_shop": marked("“{title}”审核通过，店铺通过审核后上架"),
            "held": marked("“{title}”审核通过，但现在还没有在卖，看看原因"),
            "rejected": marked("“{title}”没有通过审核，看看要改什么"),
        },
        "goods:edit", ("goods",),
    ),
    Kind(
        "goods_failed", marked("抽查不合格"), "goods", Right.GOODS,
        {"": marked("“{title}”抽查不合格：{why}")}, "goods:edit", ("goods",),
    ),
    Kind(
        "sales_withheld", marked("停售和恢复"), "goods", Right.GOODS,
        {
            "": marked("有商品被停售了：{why}"),
            "permit": marked("缺许可证，或许可证过期，有商品先停售了"),
            "licence": marked("证照过期，店里的商品先停售了"),
            "limit": marked("到了个人店的上限，有商品先停售了"),
            "deposit": marked("保证金没交齐，店里的商品先停售了"),
            "resumed": marked("停售解除了，可以接着卖"),
        },
        "goods:desk",
    ),
    Kind(
        "pick_ended", marked("选品结束"), "goods", Right.GOODS,
        {
            "": marked("选来的“{title}”不能再卖了"),
            "withdrawn": marked("供货方不再供“{title}”，已从你的店里撤下"),
            "raised": marked("“{title}”涨价或降了佣金，已从你的店里撤下"),
        },
        "goods:picks",
    ),
    Kind(
        "shop_group", marked("拼团成败"), "marketing", Right.MARKETING,
        {
            "": marked("一个团拼成了"),
            "expired": marked("一个团到时没拼成，付过的钱会退回"),
        },
        "campaigns:desk",
    ),
    Kind(
        "trial_stopped", marked("实验碰到护栏停了"), "marketing", Right.MARKETING, _TRIAL_STOPPED,
        "insight:shop_trial", ("trial",),
    ),
    Kind(
        "withdrawal", marked("提现"), "finance", Right.FINANCE,
        {
            "": marked("提现 {amount} 有了变化"),
            "review": marked("提现 {amount} 已提交，等平台审核"),
            "done": marked("提现 {amount} 到账了"),
            "failed": marked("提现 {amount} 银行没收，钱回到余额"),
            "refused": marked("提现 {amount} 没有通过审核，钱回到余额"),
        },
        "trade:finance_withdrawals",
    ),
    Kind(
        "shop_application", marked("开店审核结果"), "shop", Right.CLOSING,
        {
            "": marked("开店申请有结果了"),
            "approved": marked("开店申请通过了，可以卖东西了"),
            "more": marked("开店申请还要补材料"),
            "rejected": marked("开店申请没有通过，看看原因"),
        },
        "goods:application",
    ),
    Kind(
        "document_runs_out", marked("证照快到期"), "shop", Right.CLOSING,
        {
            "": marked("一份证照还有 {days} 天到期"),
            "over": marked("一份证照已经到期"),
        },
        "goods:application",
    ),
    Kind(
        "document_refused", marked("证照没有通过"), "shop", Right.CLOSING,
        {
            "": marked("“{title}”没有通过审核：{why}。改好再传一份"),
            "noted": marked("“{title}”没有通过审核：{why}（{said}）。改好再传一份"),
        },
        "goods:application",
    ),
    Kind(
        "webhook_off", marked("推送停了"), "shop", Right.SETTINGS,
        {"": marked("一个推送地址一直收不到，已经停了")}, "gateway:desk",
    ),
)  # fmt: skip

_OWN = (
    Kind(
        "order_shipped", marked("发货了"), "trade", None,
        {"": marked("订单 {order} 发货了")}, "trade:order", ("order",),
    ),
    Kind(
        "order_refunded", marked("退款"), "trade", None,
        {"": marked("订单 {order} 退款 {amount}，原路退回")}, "trade:order", ("order",),
    ),
    Kind(
        "goods_recalled", marked("买过的东西有问题"), "trade", None,
        {"": marked("你买过的“{title}”抽查不合格：{why}")}, "trade:order", ("order",),
    ),
    Kind(
        "case_moved", marked("售后有进展"), "service", None,
        {
            "": marked("订单 {order} 的售后有了进展"),
            "rejected": marked("订单 {order} 的售后申请，店铺没有同意"),
            "returning": marked("订单 {order} 的售后申请同意了，请把东西寄回"),
            "received": marked("店铺收到了订单 {order} 的退货"),
            "replaced": marked("订单 {order} 换的新货发出了"),
            "platform": marked("平台开始看订单 {order} 的售后了"),
        },
        "trade:case", ("case",),
    ),
    Kind(
        "jury_seat", marked("请你评一评"), "service", None,
        {"": marked("抽到你做评审员，去看看这个纠纷")}, "cases:jury", ("jury",),
    ),
    Kind(
        "group", marked("拼团结果"), "marketing", None,
        {
            "": marked("拼团成功，店铺准备发货"),
            "lost": marked("拼团没成，订单 {order} 的钱会退回"),
        },
        "campaigns:group", ("group",),
    ),
    Kind(
        "shop_news", marked("店铺给顾客的券和消息"), "marketing", None,
        {"": marked("{shop}：{said}"), "coupon": marked("{shop} 给了你一张券：{said}")},
        "goods:shop", ("slug",), waits_for_yes=True,
        hint=marked("你是它的顾客。你选了才会收到，每家店七天最多一次。"),
    ),
    Kind(
        "shop_call", marked("店铺请老推荐人再分享"), "marketing", None,
        {"": marked("“{title}”请你再来看看，也分享给朋友")}, "goods:shop", ("shop",),
        hint=marked("你的分享给它带来过人。每家店三十天最多一次，所有店七天最多两次。"),
    ),
    Kind(
        "review_replied", marked("评价有回复"), "service", None,
        {"": marked("店铺回复了你对“{title}”的评价")}, "goods:goods", ("goods",),
    ),
    Kind(
        "review_hidden", marked("评价被隐藏"), "service", None,
        {"": marked("你的一条评价被隐藏了，依据：{why}")}, "care:mine",
    ),
    Kind(
        "commission", marked("分享收入到账"), "finance", None,
        {
            "": marked("分享收入 {amount} 结算了"),
            "invited": marked("朋友分享给你的订单 {order}，谢礼 {amount} 到账了"),
        },
        "spread:income",
    ),
    Kind(
        "own_withdrawal", marked("我的提现"), "finance", None,
        {
            "": marked("提现 {amount} 有了变化"),
            "review": marked("提现 {amount} 已提交，等平台审核"),
            "done": marked("提现 {amount} 到账了"),
            "failed": marked("提现 {amount} 银行没收，钱回到余额"),
            "refused": marked("提现 {amount} 没有通过审核，钱回到余额"),
        },
        "trade:my_withdrawals",
    ),
    Kind(
        "note_commented", marked("笔记有评论"), "social", None,
        {"": marked("{actor} 评论了你的笔记")}, "scene:note", ("note",),
    ),
    Kind(
        "own_trial_stopped", marked("平台的实验碰到护栏停了"), "marketing", None, _TRIAL_STOPPED,
        "insight:trial", ("trial",), for_operators=True,
    ),
    Kind(
        "follower", marked("新粉丝"), "social", None,
        {"": marked("{actor} 关注了你")}, "people:profile", ("handle",),
    ),
)  # fmt: skip

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (*_SHOP, *_OWN)}


def shop_kinds(rights: frozenset[Right]) -> list[Kind]:
    """What somebody with these rights in a shop is told."""
    return [kind for kind in _SHOP if kind.right in rights]


def own_kinds() -> list[Kind]:
    return list(_OWN)


def own_choices() -> list[Kind]:
    """Of what anybody may get."""
    return [kind for kind in _OWN if not kind.for_operators]


def way_unless_chosen(kind: str) -> str:
    return "off" if KINDS[kind].waits_for_yes else "site"
