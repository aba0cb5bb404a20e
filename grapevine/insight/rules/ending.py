"""When what is told of a shop has ended: nobody comes any more, and chance does not explain it. Pure.

Visits of a day are at least Poisson; where λ a day are usual, k days without any have the chance exp(−λk). From
`VISITS_MISSED` = λk on, which is less than one in a thousand, and a whole shortest span without anybody, a fall is no news of
the shop: an import ended, or it shut. Until then the fall itself is the news.
"""

import numpy as np
from numpy.typing import NDArray

from grapevine.insight.rules.tree import WINDOWS

USUAL_DAYS = 28
VISITS_MISSED = 7.0
SILENT_DAYS_LEAST = WINDOWS[0]


def is_ended(visits: int, silent_days: int) -> bool:
    """Visits of the last `USUAL_DAYS` with the last visit, and whole days since without any."""
    return silent_days >= SILENT_DAYS_LEAST and visits / USUAL_DAYS * silent_days >= VISITS_MISSED


def ended(visits: NDArray[np.float64], days: NDArray[np.int64], last: int) -> NDArray[np.bool_]:
    """The same of many shops at once: visits (shops × days), the number of each day, oldest first, and of the last whole day."""
    place = visits.shape[1] - 1 - (visits[:, ::-1] > 0).argmax(axis=1)
    final = days[place][:, None]
    usual = (visits * ((days > final - USUAL_DAYS) & (days <= final))).sum(axis=1)
    silent = last - final[:, 0]
    found: NDArray[np.bool_] = usual / USUAL_DAYS * silent >= VISITS_MISSED
    found &= silent >= SILENT_DAYS_LEAST
    return found
