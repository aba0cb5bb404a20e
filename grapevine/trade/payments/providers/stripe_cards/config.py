"""What a shop's operator copies from the Stripe dashboard."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Config:
    secret_key: str = field(default="", repr=False)
    publishable_key: str = ""
    webhook_secret: str = field(default="", repr=False)
    """The signing secret of the webhook endpoint, `whsec_…`, taken as it is shown."""
    api: str = "https://api.stripe.com"
    pages: str = ""
    """The page that confirms a card for the way `intent`; empty if the buyer's app has its own."""
    currencies: frozenset[str] = frozenset({"CNY", "HKD", "USD", "EUR", "GBP"})
    """What it is offered for; each must have two decimals: https://docs.stripe.com/currencies"""

    @property
    def complete(self) -> bool:
        needed = (self.secret_key, self.publishable_key, self.webhook_secret, self.api)
        return all(value.strip() for value in needed)
