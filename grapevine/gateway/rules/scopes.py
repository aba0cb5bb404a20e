"""What each scope opens: one table, and nothing else decides.

An operation that is not here is refused to keys and apps; people's own tokens may do whatever the person may.
"""

from collections.abc import Iterable, Sequence

from grapevine.gateway.contracts import Scope
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked

WORDS: dict[Scope, str] = {
    Scope.GOODS_READ: marked("看商品、库存、仓库、运费和价格"),
    Scope.GOODS_WRITE: marked("上架和改商品、改库存、运费和价格"),
    Scope.ORDERS_READ: marked("看店铺的订单；收货人和电话打码"),
    Scope.ORDERS_SHIP: marked("给订单发货；要看完整的收货人时写明原因，每次都有记录"),
    Scope.AFTER_SALES: marked("处理售后、给买家退款、回复评价"),
    Scope.MARKETING: marked("看和改拼团、优惠券、满减、秒杀、会员和分享佣金"),
    Scope.INSIGHT_READ: marked("看店铺的经营数据"),
    Scope.FINANCE_READ: marked("看店铺的资金、结算和账单"),
    Scope.WEBHOOKS: marked("看和改推送地址"),
    Scope.PROFILE: marked("看你的名字、头像、手机号和邮箱"),
    Scope.SHOPPING: marked("替你加购物车、下单、看你自己的订单和地址"),
    Scope.NOTICES: marked("看你的通知，标为已读"),
}
GROUPS: tuple[tuple[str, tuple[Scope, ...]], ...] = (
    (marked("商品"), (Scope.GOODS_READ, Scope.GOODS_WRITE)),
    (marked("订单和售后"), (Scope.ORDERS_READ, Scope.ORDERS_SHIP, Scope.AFTER_SALES)),
    (marked("营销和数据"), (Scope.MARKETING, Scope.INSIGHT_READ)),
    (marked("钱和推送"), (Scope.FINANCE_READ, Scope.WEBHOOKS)),
)
"""Every scope of a shop, under the headings of the desk."""
OF_A_PERSON = frozenset({Scope.PROFILE, Scope.SHOPPING, Scope.NOTICES})
OF_A_SHOP = frozenset(Scope) - OF_A_PERSON

PUBLIC = "public"
"""Anybody may, so may every key and app."""

_TABLE: dict[Scope | str, str] = {
    PUBLIC: """
        GET /goods/{public_id}
        GET /goods/{public_id}/groups
        GET /goods/{public_id}/group-plan
        GET /goods/{public_id}/offers
        GET /goods/{public_id}/seller
        GET /groups/{public_id}
        GET /juries
        GET /notes/{public_id}
        GET /notes/{public_id}/comments
        GET /people/{handle}
        GET /pictures/{public_id}
        GET /search
        GET /shares/{token}
        GET /shops/{slug}
        GET /shops/{slug}/after-sales-figures
        GET /shops/{slug}/coupons
        GET /shops/{slug}/goods
        GET /shops/{slug}/membership
        GET /shops/{slug}/rating
        GET /topics/{name}/notes
    """,
    Scope.GOODS_READ: """
        GET /shops/{slug}/prices
        GET /shops/{slug}/price-changes
        GET /shops/{slug}/shipping
        GET /shops/{slug}/stock
        GET /shops/{slug}/stock/transfer-suggestions
        GET /shops/{slug}/warehouses
        GET /shops/{slug}/desk/goods
        GET /shops/{slug}/desk/rows
        GET /shops/{slug}/goods/{public_id}/review
        GET /shops/{slug}/imports
        GET /shops/{slug}/imports/{import_id}
        GET /shops/{slug}/reviews
        GET /shops/{slug}/pool
        GET /shops/{slug}/picks
        GET /shops/{slug}/pool-offers
    """,
    Scope.GOODS_WRITE: """
        POST /pictures
        POST /videos
        POST /shops/{slug}/goods
        PUT /shops/{slug}/goods/{public_id}/video
        PUT /shops/{slug}/goods/{public_id}/facts
        PUT /shops/{slug}/goods/{public_id}/shelf
        PUT /shops/{slug}/goods/{public_id}/terms
        POST /shops/{slug}/skus/{code}/adjustments
        PUT /shops/{slug}/skus/{code}/hot
        POST /shops/{slug}/warehouses
        POST /shops/{slug}/stock/counts
        POST /shops/{slug}/stock/transfers
        POST /shops/{slug}/shipping
        PUT /shops/{slug}/shipping/{public_id}
        PUT /shops/{slug}/costs
        POST /shops/{slug}/price-changes
        POST /shops/{slug}/price-changes/{batch}/undoing
        POST /shops/{slug}/desk/changes
        POST /shops/{slug}/desk/changes/{batch}/undoing
        PUT /shops/{slug}/desk/rows
        POST /shops/{slug}/goods/{public_id}/slots
        PUT /shops/{slug}/goods/{public_id}/returns
        PUT /shops/{slug}/goods/{public_id}/schedule
        POST /shops/{slug}/imports
        POST /shops/{slug}/imports/{import_id}/cancellation
        POST /shops/{slug}/imports/{import_id}/start
        POST /shops/{slug}/imports/{import_id}/undoing
        POST /shops/{slug}/picks
        PATCH /shops/{slug}/picks/{public_id}
        DELETE /shops/{slug}/picks/{public_id}
        PUT /shops/{slug}/pool-offers/{public_id}
        DELETE /shops/{slug}/pool-offers/{public_id}
    """,
    Scope.ORDERS_READ: """
        GET /shops/{slug}/orders
        GET /shops/{slug}/orders/{number}
        GET /shops/{slug}/to-ship
        GET /shops/{slug}/parcel-alarms
        GET /shops/{slug}/pickup-points
        GET /shops/{slug}/shipping-files/{batch_id}
    """,
    Scope.ORDERS_SHIP: """
        POST /shops/{slug}/orders/{number}/shipment
        POST /shops/{slug}/orders/{number}/parcels
        PUT /shops/{slug}/orders/{number}/parcels/{parcel_id}
        POST /shops/{slug}/orders/{number}/unmasking
        POST /shops/{slug}/pickups
        POST /shops/{slug}/pickup-points
        PUT /shops/{slug}/pickup-points/{point_id}
        POST /shops/{slug}/shipping-files
        POST /shops/{slug}/shipping-files/{batch_id}/confirmation
        PUT /shops/{slug}/shipping-promise
    """,
    Scope.AFTER_SALES: """
        POST /shops/{slug}/orders/{number}/refund
        GET /shops/{slug}/after-sales
        GET /shops/{slug}/after-sales/{number}
        GET /shops/{slug}/after-sales-performance
        GET /shops/{slug}/after-sales/{number}/jury
        POST /shops/{slug}/after-sales/{number}/appeal
        POST /shops/{slug}/after-sales/{number}/approval
        POST /shops/{slug}/after-sales/{number}/arrival
        POST /shops/{slug}/after-sales/{number}/messages
        POST /shops/{slug}/after-sales/{number}/refund
        POST /shops/{slug}/after-sales/{number}/rejection
        POST /shops/{slug}/after-sales/{number}/replacement
        PUT /shops/{slug}/reviews/{public_id}/reply
    """,
    Scope.MARKETING: """
        POST /shops/{slug}/experiments
        POST /shops/{slug}/experiments/{public_id}/moves
        GET /shops/{slug}/group-plans
        POST /shops/{slug}/group-plans
        DELETE /shops/{slug}/group-plans/{plan_id}
        GET /shops/{slug}/groups
        POST /shops/{slug}/coupon-plans
        GET /shops/{slug}/coupon-plans
        DELETE /shops/{slug}/coupon-plans/{plan_id}
        POST /shops/{slug}/coupon-plans/{plan_id}/gifts
        POST /shops/{slug}/reductions
        GET /shops/{slug}/reductions
        DELETE /shops/{slug}/reductions/{public_id}
        POST /shops/{slug}/flash-sales
        GET /shops/{slug}/flash-sales
        DELETE /shops/{slug}/flash-sales/{public_id}
        PUT /shops/{slug}/levels
        PUT /shops/{slug}/goods/{public_id}/exclusion
        DELETE /shops/{slug}/goods/{public_id}/exclusion
        GET /shops/{slug}/fans
        PUT /shops/{slug}/commission
        GET /shops/{slug}/cooperations
        POST /shops/{slug}/cooperations
        PUT /shops/{slug}/cooperations/{cooperation_id}/acceptance
        PUT /shops/{slug}/cooperations/{cooperation_id}/refusal
        PUT /shops/{slug}/cooperations/{cooperation_id}/end
        GET /shops/{slug}/partner-ideas
        POST /shops/{slug}/segment-acts
        POST /shops/{slug}/segment-acts/{act_id}/carrying
        POST /shops/{slug}/advices/{advice_id}/adoption
        POST /shops/{slug}/advices/{advice_id}/dismissal
        POST /shops/{slug}/slow/drafts
        POST /shops/{slug}/slow/drafts/{draft_id}/carrying
        DELETE /shops/{slug}/slow/drafts/{draft_id}
    """,
    Scope.INSIGHT_READ: """
        GET /shops/{slug}/advices
        GET /shops/{slug}/experiments
        GET /shops/{slug}/experiments/{public_id}
        GET /shops/{slug}/cube
        GET /shops/{slug}/cube/measures
        GET /shops/{slug}/funnel
        GET /shops/{slug}/goods-report
        GET /shops/{slug}/hits
        GET /shops/{slug}/network
        GET /shops/{slug}/next-steps
        GET /shops/{slug}/tree
        GET /shops/{slug}/best
        GET /shops/{slug}/supporting-fans
        GET /shops/{slug}/people
        GET /shops/{slug}/segments
        POST /shops/{slug}/segments
        DELETE /shops/{slug}/segments/{segment_id}
        GET /shops/{slug}/segment-acts
        GET /shops/{slug}/slow
        GET /shops/{slug}/slow/drafts
    """,
    Scope.FINANCE_READ: """
        GET /shops/{slug}/fees
        GET /shops/{slug}/finance
        GET /shops/{slug}/platform-invoices
        GET /shops/{slug}/platform-revenue
        GET /shops/{slug}/pool-sales
        GET /shops/{slug}/service-plan
        GET /shops/{slug}/settlements
        GET /shops/{slug}/settlements/{number}/lines
        GET /shops/{slug}/statement
        GET /shops/{slug}/withdrawals
    """,
    Scope.WEBHOOKS: """
        GET /webhook-events
        GET /shops/{slug}/webhooks
        POST /shops/{slug}/webhooks
        PATCH /shops/{slug}/webhooks/{public_id}
        DELETE /shops/{slug}/webhooks/{public_id}
        POST /shops/{slug}/webhooks/{public_id}/secret
        POST /shops/{slug}/webhooks/{public_id}/test
        GET /shops/{slug}/webhooks/{public_id}/deliveries
        POST /shops/{slug}/webhooks/{public_id}/replays
    """,
    Scope.PROFILE: """
        GET /me
    """,
    Scope.SHOPPING: """
        GET /addresses
        POST /addresses
        POST /addresses/parse
        GET /cart
        POST /cart/lines
        PATCH /cart/lines/{line_id}
        DELETE /cart/lines/{line_id}
        GET /orders
        GET /orders/{number}
        POST /orders
        POST /orders/{number}/cancellation
        POST /orders/{number}/receipt
        POST /quotes
    """,
    Scope.NOTICES: """
        GET /me/notices
        GET /me/notices/count
        PUT /me/notices/reading
        PUT /me/notices/{public_id}/reading
    """,
}
OPERATIONS: dict[str, Scope | str] = {
    line.strip(): scope
    for scope, lines in _TABLE.items()
    for line in lines.splitlines()
    if line.strip()
}
"""`GET /shops/{slug}/orders` → its scope."""
FOR_PEOPLE = frozenset(
    line.strip()
    for line in """
        POST /shops/{slug}/after-sales/{number}/jury
        PUT /shops/{slug}/membership
        DELETE /shops/{slug}/membership
        GET /shops/{slug}/application
        PUT /shops/{slug}/application
        POST /shops/{slug}/application/submission
        PUT /shops/{slug}/agreements
        POST /shops/{slug}/documents
        GET /shops/{slug}/documents/{public_id}/file
        GET /shops/{slug}/standing
        PUT /shops/{slug}/closure
        DELETE /shops/{slug}/closure
        GET /shops/{slug}/audit
        GET /shops/{slug}/staff
        PUT /shops/{slug}/staff/{handle}/role
        DELETE /shops/{slug}/staff/{handle}
        GET /shops/{slug}/invites
        POST /shops/{slug}/invites
        DELETE /shops/{slug}/invites/{public_id}
        POST /shops/{slug}/departure
        POST /shops/{slug}/hand-over
        GET /shops/{slug}/brand
        PUT /shops/{slug}/brand
        POST /shops/{slug}/brand/blocks
        PUT /shops/{slug}/brand/blocks/{block_id}/place
        DELETE /shops/{slug}/brand/blocks/{block_id}
        POST /shops/{slug}/brand/publication
        DELETE /shops/{slug}/brand/publication
        GET /shops/{slug}/domains
        POST /shops/{slug}/domains
        DELETE /shops/{slug}/domains/{host}
        POST /shops/{slug}/domains/{host}/proof
        POST /shops/{slug}/certificates
        GET /shops/{slug}/bank-accounts
        POST /shops/{slug}/bank-accounts
        POST /shops/{slug}/bank-accounts/{account_id}/agreement
        POST /shops/{slug}/bank-accounts/{account_id}/refusal
        POST /shops/{slug}/bank-accounts/{account_id}/removal
        POST /shops/{slug}/withdrawals
        POST /shops/{slug}/withdrawals/{number}/cancellation
        POST /shops/{slug}/advertising-charges
        PUT /shops/{slug}/fees
        PUT /shops/{slug}/service-plan
        PUT /shops/{slug}/service-plan/choice
        GET /shops/{slug}/notices
        PUT /shops/{slug}/notices/reading
        POST /operator/shops/{slug}/deposits
        PUT /operator/shops/{slug}/suspension
        DELETE /operator/shops/{slug}/suspension
    """.splitlines()
    if line.strip()
)
"""Operations about a shop that a program never does for it: they are decided by people, under their own names."""
ANYWHERE = frozenset({"GET /webhook-events", "POST /pictures", "POST /videos"})
"""Operations of a shop's scope whose address names no shop."""


def read_scopes(given: Iterable[str], *, among: frozenset[Scope]) -> list[Scope]:
    """The scopes in the order of the table, each once. Raises BadInput for none or an unknown one."""
    names = set(given)
    unknown = names - set(among)
    if unknown or not names:
        raise BadInput(fields={"scopes": marked("请至少选一项许可，只能选列出来的")})
    return [scope for scope in Scope if scope in names]


def known(stored: Sequence[str]) -> list[Scope]:
    return [scope for scope in Scope if scope in set(stored)]
