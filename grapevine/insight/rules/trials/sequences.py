"""Looking every day without fooling oneself: intervals and p-values that hold at every look at once.

Asymptotic confidence sequences for differences of means (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2021,
"Time-uniform central limit theory and asymptotic confidence sequences", arXiv:2103.06476, theorem 2.2). The mixture that
makes them is that of the mixture sequential probability ratio test (Robbins 1970), so the interval leaves zero out
exactly when the p-value is below alpha. They hold for units that come one after the other and count once: a unit whose
outcome still grows must not be counted.
"""

from math import exp, inf, log, sqrt

ALPHA = 0.05


def tightest_at(units: int, alpha: float = ALPHA) -> float:
    """The variance of the mixture that makes the interval narrowest when `units` have been counted. Chosen beforehand."""
    assert units > 0
    return (-2 * log(alpha) + log(-2 * log(alpha) + 1)) / units


def margin(variance: float, units: int, mixture: float, alpha: float = ALPHA) -> float:
    """Half the width of the interval of an estimate with this `variance` from so many units."""
    if units <= 0 or variance <= 0:
        return inf
    grown = units * mixture + 1
    return sqrt(variance * grown / (units * mixture) * log(grown / alpha**2))


def p_value(estimate: float, variance: float, units: int, mixture: float) -> float:
    """The level at which the interval just reaches zero; at any look of an experiment without an effect it is below
    alpha with a chance of about alpha."""
    if units <= 0 or variance <= 0:
        return 1.0
    grown = units * mixture + 1
    strength = estimate**2 / variance * units * mixture / (2 * grown)
    return min(1.0, sqrt(grown) * exp(-min(strength, 700.0)))
