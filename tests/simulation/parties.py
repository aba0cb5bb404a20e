"""What shops and sharers have in the model: earned, settled in batches, taken back, and on its way to a bank."""

from collections import Counter
from typing import TYPE_CHECKING

from tests.simulation.facts import BANK_ASK_AFTER, REVIEW_OVER, Operation, Refused, Withdrawal

if TYPE_CHECKING:
    from tests.simulation.market import Market


class Parties:
    def __init__(self, market: "Market") -> None:
        self.market = market
        self.waiting: Counter[str] = Counter()
        """Lines of the statement that no batch has taken yet, by owner."""
        self.withdrawals: list[Withdrawal] = []

    def claw_back(
        self, owner: str, amount: int, to: tuple[str, str] = ("platform", "clearing:refund")
    ) -> None:
        """Take back what was given: what is not settled first, then the balance; the rest is owed."""
        books = self.market.books
        for kind in ("payable", "balance"):
            part = min(amount, max(0, books.balance(owner, kind)))
            books.move(owner, kind, *to, part)
            self.waiting[owner] += kind == "payable" and part > 0
            amount -= part
        books.move(owner, "debt", *to, amount)

    def earn(self, owner: str, amount: int, source: tuple[str, str], *, lines: int = 1) -> None:
        self.market.books.move(*source, owner, "payable", amount)
        self.waiting[owner] += lines

    def settle(self) -> int:
        """One batch for each that has something waiting; debts are paid first."""
        due = [owner for owner, lines in self.waiting.items() if lines]
        for owner in due:
            self.waiting[owner] = 0
            self._credit(owner, "payable", self.market.books.balance(owner, "payable"))
        return len(due)

    def _credit(self, owner: str, source: str, amount: int) -> None:
        books = self.market.books
        paid = min(amount, -books.balance(owner, "debt"))
        books.move(owner, source, owner, "debt", paid)
        books.move(owner, source, owner, "balance", amount - paid)

    # To the bank

    def withdraw(self, op: Operation) -> int:
        who, number, amount = op.args["who"], op.args["number"], op.args["amount"]
        owner, books = f"{who}:{number}", self.market.books
        if books.balance(owner, "balance") < amount:
            raise Refused("ledger.insufficient_funds")
        books.move(owner, "balance", owner, "withdrawing", amount)
        bank = self.market.setup.shops[number].bank if who == "shop" else "0009"
        state = "review" if amount > REVIEW_OVER else "ready"
        self.withdrawals.append(Withdrawal(owner, bank, amount, state))
        if state == "review":
            self.market.tell("withdrawal", [len(self.withdrawals) - 1])
        return len(self.withdrawals) - 1

    def decide(self, op: Operation) -> None:
        """Its owner takes a withdrawal back, or an operator says yes or no."""
        number, act = op.args["withdrawal"], op.args["act"]
        row = self.withdrawals[number]
        wanted = ("review",) if act == "approve" else ("review", "ready")
        if row.state not in wanted:
            raise Refused("trade.withdrawal_gone")
        if act == "approve":
            row.state = "ready"
        else:
            self._give_back(number, {"cancel": "cancelled", "refuse": "refused"}[act])

    def _give_back(self, number: int, end: str) -> None:
        row = self.withdrawals[number]
        row.state = end
        self._credit(row.owner, "withdrawing", row.amount)
        if end != "cancelled":
            self.market.tell("withdrawal", [number])

    def pay_out(self) -> int:
        """Send what is ready, ask about what is on its way."""
        late = self.market.now - BANK_ASK_AFTER
        due = [
            (-1 if row.told_at is None else row.told_at, n)
            for n, row in enumerate(self.withdrawals)
            if row.state == "ready" or (row.state == "sent" and (row.told_at or 0) < late)
        ]
        return sum(self._ask(number) for _, number in sorted(due)[:100])

    def _ask(self, number: int) -> bool:
        """What the bank says: one kind of account does not exist, one takes until it is asked again."""
        row, is_first = self.withdrawals[number], self.withdrawals[number].state == "ready"
        row.state, row.told_at = "sent", self.market.now
        if row.bank == "0001" and is_first:
            return False
        if row.bank == "0000":
            self._give_back(number, "failed")
            return True
        row.state = "done"
        self.market.books.move(
            row.owner, "withdrawing", "platform", "cash:sandbox_bank", row.amount
        )
        self.market.tell("withdrawal", [number])
        return True
