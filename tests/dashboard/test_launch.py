"""The command that serves the dashboard."""

import ast
import sys
from pathlib import Path

import pytest

from dashboard import access_list
from dashboard.launch import command
from pipeline.errors import UsageError
from tests.dashboard.clinic_home import let_in


def test_it_binds_this_machine_only_and_reads_the_given_home() -> None:
    words = command(Path("/data/my home"), 8600)
    assert Path(words[0]).is_absolute()
    assert "NEEDLING_HOME=/data/my home" in words
    assert words[words.index(sys.executable) :][:4] == [sys.executable, "-m", "streamlit", "run"]
    assert "--server.address=127.0.0.1" in words
    assert "--server.port=8600" in words
    assert "--browser.gatherUsageStats=false" in words
    assert Path(next(w for w in words if w.endswith("app.py"))).is_file()


def test_elsewhere_it_listens_only_with_a_login(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="without a login the dashboard answers this computer only"):
        command(tmp_path, 8600, "0.0.0.0")
    file = let_in(tmp_path)
    words = command(tmp_path, 8600, "0.0.0.0")
    assert "--server.address=0.0.0.0" in words
    assert f"--secrets.files={file}" in words


def test_no_sentence_about_the_entry_point_is_shown_on_the_pages() -> None:
    """Streamlit writes a bare string of the script that it runs onto the page, all but the first."""
    body = ast.parse((Path(access_list.__file__).with_name("app.py")).read_text(encoding="utf-8")).body
    assert [part for part in body[1:] if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)] == []
