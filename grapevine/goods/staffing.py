"""Staff of a shop as pages and programs see it, and what its actions refuse."""

from dataclasses import dataclass
from datetime import datetime

from grapevine.goods.contracts import Right, Role
from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked

INVITED_AS = (Role.MANAGER, Role.CLERK, Role.SERVICE, Role.FINANCE)
"""A shop has one owner; it changes hands, nobody is invited as one."""
ROLE_WORDS = {
    Role.OWNER: marked("店主"),
    Role.MANAGER: marked("店长"),
    Role.CLERK: marked("店员"),
    Role.SERVICE: marked("客服"),
    Role.FINANCE: marked("财务"),
}
RIGHT_WORDS = {
    Right.TODAY: marked("看今日"),
    Right.ORDERS: marked("看订单"),
    Right.SHIPPING: marked("发货"),
    Right.REFUNDS: marked("退款"),
    Right.AFTER_SALES: marked("处理售后"),
    Right.REVIEWS: marked("回复评价"),
    Right.CONTACTS: marked("看买家完整的电话和地址"),
    Right.GOODS: marked("上架和改商品"),
    Right.STOCK: marked("改库存"),
    Right.PRICES: marked("改价格"),
    Right.MARKETING: marked("做活动"),
    Right.INSIGHT: marked("看数据"),
    Right.FINANCE: marked("看钱和结算"),
    Right.STAFF: marked("管员工，看操作记录"),
    Right.SETTINGS: marked("改店铺设置"),
    Right.CLOSING: marked("关店"),
}


ACTION_WORDS = {
    "staff.invite": marked("邀请员工"),
    "staff.accepted": marked("接受邀请"),
    "staff.declined": marked("婉拒邀请"),
    "staff.withdrawn": marked("撤回邀请"),
    "staff.role": marked("改员工角色"),
    "staff.remove": marked("移除员工"),
    "staff.leave": marked("离开店铺"),
    "shop.hand_over": marked("转让店铺"),
    "shop.close": marked("关闭店铺"),
    "shop.reopen": marked("重新开张"),
    "shop.upgrade_dropped": marked("撤回升级申请"),
    "shop.application.approved": marked("通过开店申请"),
    "shop.application.more": marked("要求补开店材料"),
    "shop.application.rejected": marked("驳回开店申请"),
    "shop.document.accepted": marked("通过证件"),
    "shop.document.refused": marked("驳回证件"),
    "shop.deposit": marked("登记保证金"),
    "shop.suspend": marked("暂停店铺"),
    "shop.resume": marked("恢复经营"),
    "goods.list": marked("上架商品"),
    "goods.edit": marked("改商品"),
    "goods.facts": marked("改商品参数"),
    "goods.shelf": marked("上下架"),
    "goods.terms": marked("改限购、运费和退货规则"),
    "stock.adjust": marked("调整库存"),
    "stock.counts": marked("导入盘点"),
    "stock.transfer": marked("调拨库存"),
    "stock.hot": marked("标记热销规格"),
    "warehouse.add": marked("新增仓库"),
    "shipping.save": marked("改运费模板"),
}


class StaffNotFound(NotFound):
    code = "goods.staff_not_found"
    message = marked("店里没有这个人")


class InviteNotFound(NotFound):
    code = "goods.invite_not_found"
    message = marked("这个邀请不在了：可能已经用过、撤回或过期")
    remedy = marked("请店主再发一个")


class AlreadyStaff(DomainError):
    code = "goods.already_staff"
    status = 409
    message = marked("这个人已经在店里了")
    remedy = marked("想换角色，请店主在员工页里改")


class AlreadyInvited(DomainError):
    code = "goods.already_invited"
    status = 409
    message = marked("已经邀请过这个人，还没答复")
    remedy = marked("想换角色，先撤回再邀请")


class StaffFull(DomainError):
    code = "goods.staff_full"
    status = 409
    message = marked("员工和待答复的邀请一共最多 %(most)s 个")
    remedy = marked("先移除或撤回几个")


class OwnRole(DomainError):
    code = "goods.own_role"
    status = 409
    message = marked("不能改自己的角色")
    remedy = marked("要把店交给别人，用“转让店铺”")


class OwnerStays(DomainError):
    code = "goods.owner_stays"
    status = 409
    message = marked("店主不能离开或被移除")
    remedy = marked("先把店转让给另一个人")


class BadRole(DomainError):
    code = "goods.bad_role"
    status = 422
    message = marked("角色只能是店长、店员、客服或财务")


@dataclass(frozen=True, slots=True)
class StaffView:
    """One of the staff. `since` is None for whoever was there before it was written down."""

    person_id: int
    handle: str
    name: str
    role: Role
    since: datetime | None


@dataclass(frozen=True, slots=True)
class InviteView:
    """An open invitation; `handle` and `name` are "" for one that went out as a link."""

    public_id: str
    shop_slug: str
    shop_name: str
    role: Role
    handle: str
    name: str
    invited_by: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Invited:
    """What came of inviting: `token` is "" for an invitation to one person, and seen only now."""

    public_id: str
    token: str
