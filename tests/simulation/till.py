"""The model's payments: attempts, what providers say, and money on its way back."""

from collections.abc import Sequence

from tests.simulation.facts import (
    ASK_FOR,
    ATTEMPTS_MAX,
    DAY,
    GIVEN_UP_AFTER,
    QUERY_AFTER,
    REFUND_ASK_AFTER,
    REFUND_SLOWLY_AFTER,
    WAYS,
    Attempt,
    Operation,
    Payment,
    Refund,
    Refused,
)
from tests.simulation.market import Market
from tests.simulation.remote import DownError, NoError

OPEN = ("starting", "open")
GIVEN_UP = ("failed", "closed")


class Till:
    def __init__(self, market: Market) -> None:
        self.market = market
        self.seen: dict[tuple[str, str], int] = {}
        """Which attempt a provider's event was about."""

    # Beginning to pay

    def start(self, op: Operation) -> tuple[int, str]:
        """(place of the attempt, its state)."""
        market, number, method = self.market, op.args["payment"], op.args["method"]
        own = market.payments[number]
        if own.buyer != op.args["buyer"]:
            raise Refused("trade.payment_not_found")
        if method not in WAYS:
            raise Refused("payments.unknown_provider")
        way = op.args["way"] or WAYS[method][0]
        if way not in WAYS[method]:
            raise Refused("payments.provider_refused")
        if own.state != "pending":
            raise Refused("trade.payment_closed")
        attempt = self._reserve(number, own, method, way)
        if attempt.state == "open" and self._is_over(attempt):
            if own.state != "pending":
                raise Refused("trade.payment_closed")
            attempt = self._reserve(number, own, method, way)
        if attempt.state == "starting":
            self._close_failed(number, method)
            self._ask(attempt, own.total)
        return attempt.place, attempt.state

    def _is_over(self, attempt: Attempt) -> bool:
        self._query(self.market.attempts.index(attempt))
        return attempt.state != "open"

    def _close_failed(self, payment: int, method: str) -> None:
        """The last that failed is taken back, so that only the new one can be paid."""
        failed = [
            n
            for n, one in enumerate(self.market.attempts)
            if (one.payment, one.method, one.state) == (payment, method, "failed")
        ]
        for number in failed[-1:]:
            try:
                self.market.remotes[method].close(self.market.attempts[number].key)
            except DownError:
                continue
            except NoError:
                self._query(number)

    def _reserve(self, number: int, own: Payment, method: str, way: str) -> Attempt:
        mine = [one for one in self.market.attempts if one.payment == number]
        used = [one for one in mine if one.method == method and one.state in OPEN]
        same = next((one for one in used if one.way in ("", way)), None)
        if same is None:
            if len(mine) >= ATTEMPTS_MAX:
                raise Refused("payments.provider_refused")
            same = Attempt(number, len(mine) + 1, method, way, self.market.now)
            self.market.attempts.append(same)
        own.method, same.way = method, way
        return same

    def _ask(self, attempt: Attempt, total: int) -> None:
        try:
            self.market.remotes[attempt.method].start(attempt.key, total)
        except DownError:
            raise Refused("payments.provider_down") from None
        except NoError:
            attempt.state = "failed"
            raise Refused("payments.provider_refused") from None
        attempt.state = "open"

    # Hearing from providers

    def deliver(self, op: Operation) -> None:
        """One message out of a provider's queue, kept there if it is to come again."""
        queue = self.market.remotes[op.args["method"]].messages
        message = queue[op.args["message"]]
        if not op.args["again"]:
            del queue[op.args["message"]]
        if message.returning:
            self._returned(int(message.returning.removeprefix("R")), message.state)
        else:
            self.apply(self._attempt(message.key), message.state)

    def drop(self, op: Operation) -> None:
        self.market.remotes[op.args["method"]].lose(op.args["message"])

    def forge(self, _: Operation) -> None:
        """Whatever is wrong with it, it is refused and changes nothing."""
        raise Refused("payments.bad_callback")

    def _attempt(self, key: str) -> int:
        return next(n for n, one in enumerate(self.market.attempts) if one.key == key)

    def apply(self, number: int, state: str) -> bool:
        attempt = self.market.attempts[number]
        if state in ("failed", "closed") and attempt.state in OPEN:
            attempt.state = state
        if state != "paid":
            return False
        event = (attempt.method, attempt.key)
        if event in self.seen:
            return False
        self.seen[event] = number
        attempt.state = "paid"
        self._take_in(number, attempt)
        return True

    def _take_in(self, number: int, attempt: Attempt) -> None:
        """Money comes: for its orders if they are still there with their stock, else it goes straight back."""
        market, own = self.market, self.market.payments[attempt.payment]
        if own.state == "pending" and market.shelves.held_for(own.orders):
            market.paid(attempt.payment, number, attempt.method)
            return
        if own.state == "pending":
            market.close(attempt.payment, "system")
        if own.state == "closed":
            own.state = "returned"
        if own.total:
            cash = ("platform", f"cash:{attempt.method}")
            market.books.move(*cash, "platform", "clearing:refund", own.total)
            market.refunds.append(Refund(attempt.payment, number, None, own.total, market.now))

    # Asking providers

    def complete(self) -> int:
        """Ask about what was begun within a day and not heard of; what failed or was closed, seldom."""
        done = self._ask_about(OPEN, begun_before=self.market.now + 1, after=QUERY_AFTER)
        before = self.market.now - GIVEN_UP_AFTER
        return done + self._ask_about(GIVEN_UP, begun_before=before, after=GIVEN_UP_AFTER)

    def _ask_about(self, states: Sequence[str], *, begun_before: int, after: int) -> int:
        now, done = self.market.now, 0
        due = [
            n
            for n, one in enumerate(self.market.attempts)
            if one.state in states
            and now - ASK_FOR < one.started_at < begun_before
            and (one.asked_at is None or one.asked_at <= now - after)
        ]
        for number in _longest_unasked(self.market.attempts, due):
            self.market.attempts[number].asked_at = now
            done += self._query(number)
        return done

    def _query(self, number: int) -> bool:
        attempt = self.market.attempts[number]
        try:
            charge = self.market.remotes[attempt.method].query(attempt.key)
        except DownError:
            return False
        return charge is not None and self.apply(number, charge.state)

    def close_over(self) -> int:
        """Take back attempts whose payment is over."""
        market, closed = self.market, 0
        due = [
            n
            for n, one in enumerate(market.attempts)
            if one.state in OPEN
            and market.payments[one.payment].state != "pending"
            and one.started_at > market.now - 2 * DAY
        ]
        for number in _longest_unasked(market.attempts, due):
            attempt = market.attempts[number]
            attempt.asked_at = market.now
            try:
                market.remotes[attempt.method].close(attempt.key)
            except NoError:
                self._query(number)
                continue
            except DownError:
                continue
            closed += attempt.state in OPEN
            attempt.state = "closed"
        return closed

    # Sending back

    def send(self) -> int:
        market, done = self.market, 0
        due = [
            n
            for n, one in enumerate(market.refunds)
            if one.state in ("requested", "sent")
            and (one.asked_at is None or one.asked_at < market.now - self._patience(one))
        ]
        for number in _longest_unasked(market.refunds, due):
            market.refunds[number].asked_at = market.now
            done += self._send(number)
        return done

    def _patience(self, refund: Refund) -> int:
        is_old = refund.at <= self.market.now - REFUND_SLOWLY_AFTER
        return REFUND_SLOWLY_AFTER if is_old else REFUND_ASK_AFTER

    def _send(self, number: int) -> bool:
        """What is on its way is asked about; what the provider never heard of is sent."""
        refund = self.market.refunds[number]
        attempt = self._sent_by(refund)
        remote, name = self.market.remotes[attempt.method], f"R{number}"
        try:
            known = remote.query_refund(name) if refund.state == "sent" else None
            told = known or remote.refund(attempt.key, name, refund.amount)
        except DownError:
            return False
        except NoError:
            return self._end(number, "failed")
        refund.state = "sent"
        return told.state != "pending" and self._end(number, told.state)

    def _sent_by(self, refund: Refund) -> Attempt:
        """The attempt whose money goes back, from now on written down."""
        if refund.attempt is None:
            refund.attempt = self.market.payments[refund.payment].captured_by
        assert refund.attempt is not None
        return self.market.attempts[refund.attempt]

    def _returned(self, number: int, state: str) -> None:
        if state != "pending":
            self._end(number, state)

    def _end(self, number: int, state: str) -> bool:
        refund = self.market.refunds[number]
        if refund.state == "done" or (refund.state == "failed" and state == "failed"):
            return False
        refund.state = state
        if state == "done":
            method = self._sent_by(refund).method
            self.market.books.move(
                "platform", "clearing:refund", "platform", f"cash:{method}", refund.amount
            )
        return state == "done"


def _longest_unasked(rows: Sequence[Attempt] | Sequence[Refund], due: Sequence[int]) -> list[int]:
    def when(number: int) -> tuple[int, int]:
        asked_at = rows[number].asked_at
        return (-1 if asked_at is None else asked_at), number

    return sorted(due, key=when)[:100]
