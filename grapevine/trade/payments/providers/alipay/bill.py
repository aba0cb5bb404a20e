"""Alipay's daily bill: a zip with GBK names, in it a GBK table of what was paid and sent back.

https://docs.open.alipay.com/204/106262/ (the columns of 业务明细)
"""

import io
import struct
import zipfile
import zlib

from grapevine.trade.payments.port import ProviderDown, StatementLine
from grapevine.trade.payments.providers.alipay.amounts import minor_of, moment_of

MEMBER_BYTES_MAX = 20_000_000
MEMBERS_MAX = 16
DETAIL_NAME_END = "业务明细.csv"
"""The sums beside it end with 业务明细(汇总).csv."""
COLUMNS = (
    "支付宝交易号", "商户订单号", "业务类型", "商品名称", "创建时间",
    "完成时间", "门店编号", "门店名称", "操作员", "终端号",
    "对方账户", "订单金额（元）", "商家实收（元）", "支付宝红包（元）", "集分宝（元）",
    "支付宝优惠（元）", "商家优惠（元）", "券核销金额（元）", "券名称", "商家红包消费金额（元）",
    "卡消费金额（元）", "退款批次号/请求号", "服务费（元）", "分润（元）", "备注",
)  # fmt: skip
KINDS = {"交易": "payment", "退款": "refund"}


def lines_of(zipped: bytes) -> list[StatementLine]:
    """The payments and refunds of a bill, refunds with positive amounts. ProviderDown if it cannot be read."""
    rows = [
        row.rstrip("\r")
        for row in _detail(zipped).decode("gb18030", "replace").split("\n")
        if row.strip() and not row.startswith("#")
    ]
    if not rows:
        raise ProviderDown("a bill without a header")
    names = _cells(rows[0], count=len(COLUMNS))
    try:
        told = [dict(zip(names, _cells(row, count=len(names)), strict=True)) for row in rows[1:]]
        return [_line(cells) for cells in told if cells["业务类型"] in KINDS]
    except (ValueError, KeyError):
        raise ProviderDown("a bill of another shape") from None


def _cells(row: str, *, count: int) -> list[str]:
    """Cells end with tabs; a comma without one belongs to a title where plain commas do not add up."""
    cells = row.split(",")
    if len(cells) != count:
        cells = row.split("\t,")
    return [cell.strip() for cell in cells]


def _line(cells: dict[str, str]) -> StatementLine:
    kind, number = KINDS[cells["业务类型"]], cells["商户订单号"]
    return StatementLine(
        kind=kind,
        reference=cells["退款批次号/请求号"] if kind == "refund" else number,
        payment_number=number,
        transaction_id=cells["支付宝交易号"],
        amount_minor=minor_of(cells["订单金额（元）"].removeprefix("-")),
        currency="CNY",
        at=moment_of(cells["完成时间"]),
    )


def _detail(zipped: bytes) -> bytes:
    """The one table of details, never more than MEMBER_BYTES_MAX of it."""
    try:
        with zipfile.ZipFile(io.BytesIO(zipped), metadata_encoding="gbk") as box:
            found = [one for one in box.infolist() if one.filename.endswith(DETAIL_NAME_END)]
            if len(found) != 1 or len(box.infolist()) > MEMBERS_MAX:
                raise ProviderDown("a bill of another shape")
            if found[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ProviderDown("a bill packed otherwise")
            with box.open(found[0]) as member:
                table = member.read(MEMBER_BYTES_MAX + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        OSError,
        EOFError,
        RuntimeError,
        ValueError,
    ):
        # RuntimeError is how an encrypted member answers.
        raise ProviderDown("a bill that cannot be unpacked") from None
    if len(table) > MEMBER_BYTES_MAX:
        raise ProviderDown("a bill too long")
    return table
