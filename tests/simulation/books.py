"""The model's ledger: what every account holds."""

from collections import Counter


class Books:
    def __init__(self) -> None:
        self.accounts: Counter[tuple[str, str]] = Counter()

    def move(self, owner: str, kind: str, to_owner: str, to_kind: str, amount: int) -> None:
        self.accounts[owner, kind] -= amount
        self.accounts[to_owner, to_kind] += amount

    def balance(self, owner: str, kind: str) -> int:
        return self.accounts[owner, kind]

    def balances(self) -> dict[tuple[str, str], int]:
        """Accounts that hold something, or owe it."""
        return {key: amount for key, amount in self.accounts.items() if amount}
