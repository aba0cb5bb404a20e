"""What settlement and withdrawals refuse."""

from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked


class BatchNotFound(NotFound):
    code = "trade.batch_not_found"
    message = marked("没有找到这批结算")


class InvoiceNotFound(NotFound):
    code = "trade.invoice_not_found"
    message = marked("没有找到这张账单")


class BankAccountNotFound(NotFound):
    code = "trade.bank_account_not_found"
    message = marked("没有找到这个收款账户")


class WithdrawalNotFound(NotFound):
    code = "trade.withdrawal_not_found"
    message = marked("没有找到这笔提现")


class BankAccountNotUsable(DomainError):
    code = "trade.bank_account_not_usable"
    status = 409
    message = marked("这个收款账户还不能用")
    remedy = marked("等另一位同事同意，且冷静期过了再提现")


class NeedsSomebodyElse(DomainError):
    code = "trade.needs_somebody_else"
    status = 409
    message = marked("要另一位有财务权限的同事来同意")


class BadBankAccount(DomainError):
    code = "trade.bad_bank_account"
    status = 422
    message = marked("收款账户的信息不对")


class BadWithdrawal(DomainError):
    code = "trade.bad_withdrawal"
    status = 422
    message = marked("提现金额不对")


class TooManyBankAccounts(DomainError):
    code = "trade.too_many_bank_accounts"
    status = 409
    message = marked("收款账户最多 5 个")
    remedy = marked("先移除一个")


class WithdrawalGone(DomainError):
    code = "trade.withdrawal_gone"
    status = 409
    message = marked("这笔提现现在的状态不能这样做")
