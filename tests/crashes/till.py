"""The provider's side: Stripe's fake as it is, with a hatch through which the buyer pays. It is never killed."""

import json

from grapevine.trade.payments.fakes.server import Answer, Asked
from grapevine.trade.payments.providers.stripe_cards.fake import FakeStripe

NOWHERE = "http://127.0.0.1:9/"
HATCH = "/hatch/"


class Till(FakeStripe):
    """GET /hatch/NUMBER pays and answers with the signed webhook: who asked carries it to the shop."""

    def handle(self, asked: Asked) -> Answer:
        if not asked.path.startswith(HATCH):
            return super().handle(asked)
        charge = self.charges.get(asked.path.removeprefix(HATCH))
        if charge is None:
            return Answer(404)
        self.decide(charge.number, "silent")
        message = self.payment_message(charge)
        assert message is not None
        told = {"headers": dict(message.headers), "body": message.body.decode()}
        return Answer(200, json.dumps(told).encode())

    def paid(self) -> dict[str, int]:
        """What buyers paid, by attempt."""
        return {c.number: c.amount_minor for c in self.charges.values() if c.state == "paid"}

    def sent_back(self) -> dict[str, int]:
        """What went back to buyers, by attempt."""
        return {number: self.refunded_minor(number) for number in self.paid()}
