"""Settings are read once, and nonsense is refused by name."""

import pytest

from grapevine.front import environment


def test_a_setting_that_is_nonsense_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eight")
    with pytest.raises(Exception, match="PORT must be a whole number"):
        environment.integer("PORT", 8000)
    monkeypatch.setenv("PORT", "70000")
    with pytest.raises(Exception, match="PORT must lie between"):
        environment.integer("PORT", 8000, most=65_535)
    monkeypatch.setenv("HTTPS", "maybe")
    with pytest.raises(Exception, match="HTTPS must be 1 or 0"):
        environment.flag("HTTPS", default=False)


def test_a_database_address_is_read_and_another_scheme_refused(tmp_path) -> None:
    found = environment.database("postgresql://u:p%40ss@h:5433/shop?sslmode=require", tmp_path)
    assert (found["HOST"], found["PORT"], found["PASSWORD"], found["NAME"]) == (
        "h",
        "5433",
        "p@ss",
        "shop",
    )
    assert found["OPTIONS"] == {"sslmode": "require"}
    assert environment.database("", tmp_path)["NAME"] == tmp_path / "grapevine.sqlite3"
    with pytest.raises(Exception, match="DATABASE_URL must start"):
        environment.database("mysql://h/x", tmp_path)


def test_a_secret_is_made_once_and_for_its_owner_only(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    first = environment.secret("SECRET_KEY", tmp_path)
    assert first == environment.secret("SECRET_KEY", tmp_path)
    assert (tmp_path / "secrets" / "secret_key").stat().st_mode & 0o077 == 0
