"""What happens here when something moves elsewhere. Each may run twice."""

from grapevine.cases.actions.juries import void_jury
from grapevine.trade.contracts import AfterSalesMoved, CaseState


def on_case_moved(event: AfterSalesMoved) -> None:
    if event.state != CaseState.PLATFORM:
        void_jury(event.case_number)
