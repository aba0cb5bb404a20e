"""Hashes of what is posted, and of the chain."""

import hashlib
from collections.abc import Iterable

from grapevine.ledger.contracts import Posting


def digest_of(posting: Posting) -> str:
    """A hash of what is posted: kind, reference, currency and the legs in order."""
    parts = [posting.kind, posting.reference, posting.currency]
    for leg in posting.legs:
        parts += [
            leg.debit.owner,
            leg.debit.kind,
            leg.credit.owner,
            leg.credit.kind,
            str(leg.amount_minor),
        ]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def chain(before: str, postings: Iterable[tuple[str, str]]) -> str:
    """The next link: a hash over the link before and every posting's key and digest."""
    running = hashlib.sha256(before.encode())
    for key, digest in postings:
        running.update(f"{key}\x1f{digest}\x1e".encode())
    return running.hexdigest()
