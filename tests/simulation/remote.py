"""The other side: a payment provider's own books, as strict as a real one. Plain Python.

The model and the real side have one each; what differs between them is only the names by which they call it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field


class DownError(Exception):
    """No answer."""


class NoError(Exception):
    """Understood, and refused."""


@dataclass(slots=True)
class Charge:
    key: str
    amount: int
    state: str = "open"


@dataclass(slots=True)
class Returning:
    """Money a provider was asked to send back."""

    charge: str
    name: str
    amount: int
    state: str


@dataclass(frozen=True, slots=True)
class Message:
    """A callback on its way: about a charge, or about a returning with `returning` set."""

    method: str
    key: str
    state: str
    amount: int
    returning: str = ""


@dataclass(slots=True)
class Remote:
    name: str
    mode: str = "up"
    """up, down (nothing arrives), deaf (it acts, its answer is lost) or refusing."""
    returns: str = "done"
    """What becomes of money to be sent back: done, pending or failed."""
    charges: dict[str, Charge] = field(default_factory=dict)
    returnings: dict[str, Returning] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    lost: list[Message] = field(default_factory=list)
    """Messages that did not arrive; a provider repeats them some day."""

    def _hears(self) -> None:
        if self.mode == "down":
            raise DownError

    def _answers(self) -> None:
        if self.mode == "deaf":
            raise DownError

    def start(self, key: str, amount: int) -> None:
        self._hears()
        if self.mode == "refusing":
            raise NoError
        known = self.charges.setdefault(key, Charge(key, amount))
        if known.amount != amount:
            raise NoError
        self._answers()

    def query(self, key: str) -> Charge | None:
        self._hears()
        self._answers()
        return self.charges.get(key)

    def close(self, key: str) -> None:
        self._hears()
        known = self.charges.get(key)
        if known is not None and known.state == "paid":
            self._answers()
            raise NoError
        if known is not None and known.state in ("open", "failed"):
            known.state = "closed"
        self._answers()

    def refund(self, key: str, name: str, amount: int) -> Returning:
        self._hears()
        charge = self.charges.get(key)
        known = self.returnings.get(name)
        if known is None:
            back = sum(r.amount for r in self.returnings.values() if r.charge == key)
            if charge is None or charge.state != "paid" or back + amount > charge.amount:
                raise NoError
            known = self.returnings[name] = Returning(key, name, amount, self.returns)
        if (known.charge, known.amount) != (key, amount):
            raise NoError
        self._answers()
        return known

    def query_refund(self, name: str) -> Returning | None:
        self._hears()
        self._answers()
        return self.returnings.get(name)

    def decide(self, key: str, state: str) -> None:
        """What the buyer did at the provider's cashier; one who failed may yet pay."""
        charge = self.charges.get(key)
        if charge is None or charge.state not in ("open", "failed") or charge.state == state:
            return
        charge.state = state
        self.messages.append(Message(self.name, key, state, charge.amount))

    def settle(self, name: str, state: str) -> None:
        """A returning that was pending or failed comes to an end, and the provider tells."""
        known = self.returnings[name]
        if known.state == "done" or known.state == state:
            return
        known.state = state
        self.messages.append(Message(self.name, known.charge, state, known.amount, returning=name))

    def lose(self, number: int) -> None:
        self.lost.append(self.messages.pop(number))

    def repeat(self) -> None:
        self.messages += self.lost
        self.lost.clear()

    def cash(self) -> int:
        """What it holds for the house: taken less sent back."""
        return self.taken(self.charges) - sum(
            one.amount for one in self.returnings.values() if one.state == "done"
        )

    def taken(self, keys: Iterable[str]) -> int:
        """What it took under these keys."""
        known = [self.charges[key] for key in keys if key in self.charges]
        return sum(one.amount for one in known if one.state == "paid")
