"""Planted faults do not rot: each still fits the code exactly once, and what should notice it exists."""

from pathlib import Path

import pytest

from tools.faults import FAULTS, Fault

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_still_fits(fault: Fault) -> None:
    assert (ROOT / fault.file).read_text().count(fault.old) == 1
    assert fault.new != fault.old
    assert (ROOT / fault.selection.tests[0]).exists()


def test_there_are_enough_of_them_and_each_has_a_name() -> None:
    names = [fault.name for fault in FAULTS]
    assert len(set(names)) == len(names)
    assert len(names) >= 60
