"""The score of goods and shops: a mean that starts from a prior, and a lower bound to rank by.

Score: the posterior mean of a Dirichlet with `PRIOR_WEIGHT` reviews of `PRIOR_STARS` stars already cast,
`(Σ k·n_k + m·μ) / (Σ n_k + m)`: few reviews cannot make anybody the best or the worst.

Lower bound: a review of k stars counts as (k-1)/4 of a success, and Wilson's bound (E. B. Wilson, 1927, JASA 22,
p. 209) of that share is taken at 90 % (z = 1.645); 5 of 5 give 0.65, 95 of 100 give 0.90. The variance of a share
between 0 and 1 is never above that of yes or no, so the bound is on the safe side.
"""

from collections.abc import Sequence
from math import sqrt

PRIOR_STARS = 4
PRIOR_WEIGHT = 5
Z = 1.645
STARS_MAX = 5
FEW = 10
"""With fewer reviews than this a page says that there are few."""


def hundredths(counts: Sequence[int]) -> int:
    """The score in hundredths of a star, rounded half up; 0 without reviews."""
    total = sum(counts)
    if not total:
        return 0
    stars = sum(k * n for k, n in enumerate(counts, start=1))
    above, below = 100 * (stars + PRIOR_WEIGHT * PRIOR_STARS), total + PRIOR_WEIGHT
    return (2 * above + below) // (2 * below)


def floor(counts: Sequence[int]) -> int:
    """Wilson's lower bound in ten-thousandths, rounded down; 0 without reviews."""
    total = sum(counts)
    if not total:
        return 0
    share = sum((k - 1) * n for k, n in enumerate(counts, start=1)) / ((STARS_MAX - 1) * total)
    spread = Z * sqrt(share * (1 - share) / total + Z * Z / (4 * total * total))
    bound = (share + Z * Z / (2 * total) - spread) / (1 + Z * Z / total)
    return max(0, int(10_000 * bound + 1e-6))


def mean(total: int, count: int) -> int:
    """A plain mean of stars in hundredths, for service and logistics beside the score; 0 without reviews."""
    return (200 * total + count) // (2 * count) if count else 0
