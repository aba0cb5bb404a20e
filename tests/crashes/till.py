"""The other side: Stripe's fake with a hatch through which the buyer pays, the tracker's with one through which a
parcel moves. Both outlive every process of the house.
"""

import json

from grapevine.trade.carriers.kuaidi100.fake import FakeKuaidi100
from grapevine.trade.payments.fakes.server import Answer, Asked
from grapevine.trade.payments.providers.stripe_cards.fake import FakeStripe

NOWHERE = "http://127.0.0.1:9/"
HATCH = "/hatch/"


class Post(FakeKuaidi100):
    """GET /hatch/NUMBER moves a parcel on, once, and answers with the signed push: who asked carries it to the shop."""

    def handle(self, asked: Asked) -> Answer:
        if not asked.path.startswith(HATCH):
            return super().handle(asked)
        number = asked.path.removeprefix(HATCH)
        parcel = self.parcels.get(number)
        if parcel is None:
            return Answer(404)
        if not parcel.scans:
            self.scan(number, "1", "已揽收", tells=False)
            self.scan(number, "0", "到达分拨中心", tells=False)
        message = self.push_message(parcel)
        told = {"headers": dict(message.headers), "body": message.body.decode()}
        return Answer(200, json.dumps(told).encode())


class Till(FakeStripe):
    """GET /hatch/NUMBER pays and answers with the signed webhook: who asked carries it to the shop."""

    post: Post

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
