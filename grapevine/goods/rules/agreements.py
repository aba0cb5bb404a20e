"""What a seller agrees to, by version. A text never changes under its version."""

from dataclasses import dataclass

from grapevine.kit.text import marked


@dataclass(frozen=True, slots=True)
class Agreement:
    name: str
    version: str
    title: str
    text: str


CURRENT = (
    Agreement(
        "seller",
        "2026-11",
        marked("商家入驻协议"),
        marked(
            "你保证提交的身份和证件真实有效，变更或到期会及时更新；按描述和承诺发货，依法开具发票、"
            "履行七天无理由退货等义务；不卖法律禁止的商品，不做虚假宣传，不刷单。平台依法核验登记你的"
            "身份信息（电子商务法第二十七条），对违法商品会下架处置并留存记录（第二十九条、第三十八条）。"
            "你可以随时关店；关店后在途订单要履行完，保证金在没有未了责任后退还。"
        ),
    ),
    Agreement(
        "privacy",
        "2026-11",
        marked("商家信息处理说明"),
        marked(
            "身份证号、电话和地址加密保存，只用于核验身份、到期提醒和依法报送；证件图片只有店主和审核人员"
            "能看，每次查看都有记录。关店后按法律要求的期限保存，到期删除。"
        ),
    ),
)


def title_of(name: str) -> str:
    """What an agreement is called, whichever version of it was accepted."""
    return next((one.title for one in CURRENT if one.name == name), name)
