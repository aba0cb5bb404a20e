"""Our name for a refund at a provider."""


def refund_id(payment_number: str, pk: int) -> str:
    return f"{payment_number}-r{pk}"
