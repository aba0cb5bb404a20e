"""Words of the command line that are none are named before anything begins."""

import pytest

from grapevine.front.command import main


@pytest.mark.parametrize("seed", ["-1", "1.5", "one"])
def test_a_seed_that_is_none(seed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", ".", f"--seed={seed}"])
    assert ended.value.code == 2
    assert f"--seed: {seed!r} is no whole number" in capsys.readouterr().err
