"""WeChat Pay's daily trade bill: a table of what was paid and sent back, then one of sums.

https://pay.weixin.qq.com/docs/merchant/products/bill-download/format-trade.html
"""

import hashlib
import hmac
import re
import zlib
from datetime import datetime
from zoneinfo import ZoneInfo

from grapevine.trade.payments.port import ProviderDown, StatementLine

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOMENT = "%Y-%m-%d %H:%M:%S"
YUAN = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?")
TABLE_BYTES_MAX = 20_000_000
GZIP = 16 + zlib.MAX_WBITS
MARK = "`"
"""Before every cell, lest a spreadsheet takes a number for a number; it keeps commas in titles apart too."""
SUMS = "总交易单数"
COLUMNS = (
    "交易时间", "公众账号ID", "商户号", "特约商户号", "设备号", "微信订单号", "商户订单号", "用户标识", "交易类型",
    "交易状态", "付款银行", "货币种类", "应结订单金额", "代金券金额", "微信退款单号", "商户退款单号", "退款金额",
    "充值券退款金额", "退款类型", "退款状态", "商品名称", "商户数据包", "手续费", "费率", "订单金额", "申请退款金额",
    "费率备注",
)  # fmt: skip
KINDS = {"SUCCESS": "payment", "REFUND": "refund"}
AMOUNTS = {"payment": "订单金额", "refund": "申请退款金额"}
"""What was asked for, before WeChat Pay's own coupons: what our books hold."""
REFUND_FAILED = "FAIL"


def minor_of(text: str) -> int:
    """Fen of "12", "12.3" or "12.34"; ValueError for anything else."""
    found = YUAN.fullmatch(text)
    if found is None:
        raise ValueError("not an amount")
    yuan, fen = found.groups("")
    return int(yuan) * 100 + int(fen.ljust(2, "0"))


def yuan_of(amount_minor: int) -> str:
    """ "12.34" of 1234; never given a negative amount."""
    return f"{amount_minor // 100}.{amount_minor % 100:02d}"


def unpacked(packed: bytes, *, sha1: str) -> str:
    """The table in a gzip. ProviderDown if it is not whole, or not the one whose digest we were told."""
    unpacking = zlib.decompressobj(GZIP)
    try:
        table = unpacking.decompress(packed, TABLE_BYTES_MAX)
    except zlib.error:
        raise ProviderDown("wechat: a bill that cannot be unpacked") from None
    if not unpacking.eof or unpacking.unused_data:
        raise ProviderDown("wechat: a bill too long, or cut short")
    digest = hashlib.sha1(table, usedforsecurity=False).hexdigest()
    if not hmac.compare_digest(digest.encode(), sha1.lower().encode("utf-8", "replace")):
        raise ProviderDown("wechat: a bill with another digest")
    return table.decode("utf-8-sig", "replace")


def lines_of(table: str, *, mch_id: str) -> list[StatementLine]:
    """The payments and refunds of a bill. ProviderDown if it cannot be read."""
    rows = [row for row in table.replace("\r\n", "\n").split("\n") if row]
    ends = [place for place, row in enumerate(rows) if row.startswith(SUMS)]
    if len(ends) != 1 or ends[0] == 0:
        raise ProviderDown("wechat: a bill without its sums or its header")
    names = rows[0].split(",")
    try:
        told = [dict(zip(names, _cells(row), strict=True)) for row in rows[1 : ends[0]]]
        return [_line(cells, mch_id=mch_id) for cells in told if _moved(cells)]
    except (ValueError, KeyError):
        raise ProviderDown("wechat: a bill of another shape") from None


def _cells(row: str) -> list[str]:
    if not row.startswith(MARK):
        raise ValueError("a row without marks")
    return [cell.strip() for cell in row.removeprefix(MARK).split(f",{MARK}")]


def _moved(cells: dict[str, str]) -> bool:
    """Whether money moved: not for a refund that failed, nor for an order taken back at a counter."""
    return cells["交易状态"] in KINDS and cells["退款状态"] != REFUND_FAILED


def _line(cells: dict[str, str], *, mch_id: str) -> StatementLine:
    if cells["商户号"] != mch_id:
        raise ValueError("of another merchant")
    kind, number = KINDS[cells["交易状态"]], cells["商户订单号"]
    return StatementLine(
        kind=kind,
        reference=cells["商户退款单号"] if kind == "refund" else number,
        payment_number=number,
        transaction_id=cells["微信订单号"],
        amount_minor=minor_of(cells[AMOUNTS[kind]]),
        currency=cells["货币种类"],
        at=datetime.strptime(cells["交易时间"], MOMENT).replace(tzinfo=SHANGHAI),
    )
