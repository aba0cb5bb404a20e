"""The public data set Beidian, whole: converted, imported, counted, and the books closed."""

from pathlib import Path

import pytest

from grapevine.front.interchange import facade
from grapevine.front.models import ImportedId
from grapevine.ledger import facade as ledger

pytestmark = [pytest.mark.django_db, pytest.mark.walk]
DATA = Path(__file__).parents[4] / "shared" / "data" / "beidian"


def test_beidian_ends_with_its_own_numbers(tmp_path: Path) -> None:
    if not DATA.exists():
        pytest.skip("left out: the public data sets (../shared/data) are not here")
    folder = tmp_path / "beidian"
    facade.convert(format="beidian", source=DATA, target=folder)
    assert facade.import_folder(folder) == 0
    kinds = ("people", "goods", "shares", "orders")
    assert [ImportedId.objects.filter(kind=kind).count() for kind in kinds] == [
        3773, 4543, 9358, 39_252,
    ]  # fmt: skip
    books = ledger.verify()
    assert (books["ok"], books["postings"]) == (True, 39_252)
    assert [minor for _, minor in ledger.clearing_accounts() if minor] == []
