"""What a 发票 request may be. Pure."""

import re

from grapevine.kit.text import marked
from grapevine.trade.contracts import BadInvoice, InvoiceAsk

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,24}")


def tax_id_is_valid(text: str) -> bool:
    """A unified social credit code with its check sign (GB 32100-2015: weights 3^i mod 31)."""
    if len(text) != 18 or any(sign not in SIGNS for sign in text):
        return False
    total = sum(SIGNS.index(sign) * weight for sign, weight in zip(text, WEIGHTS, strict=False))
    return SIGNS[(31 - total % 31) % 31] == text[17]


def check(ask: InvoiceAsk) -> InvoiceAsk:
    """The request with its parts trimmed, or BadInvoice naming the fields to mend."""
    clean = InvoiceAsk(
        ask.kind, ask.title.strip(), ask.tax_id.strip().upper().replace(" ", ""), ask.email.strip()
    )
    wrong: dict[str, str] = {}
    if clean.kind not in ("personal", "company"):
        wrong["invoice_kind"] = marked("选个人或企业")
    if not 1 <= len(clean.title) <= 100:
        wrong["invoice_title"] = marked("写上发票抬头")
    if clean.kind == "company" and not tax_id_is_valid(clean.tax_id):
        wrong["tax_id"] = marked("税号是 18 位统一社会信用代码，请检查")
    if clean.email and not EMAIL.fullmatch(clean.email):
        wrong["invoice_email"] = marked("邮箱写错了")
    if wrong:
        raise BadInvoice(fields=wrong)
    return (
        clean if clean.kind == "company" else InvoiceAsk("personal", clean.title, "", clean.email)
    )
