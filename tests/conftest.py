"""What every test stands on: a clean environment, and time for a busy machine."""

import os

import hypothesis
import pytest

hypothesis.settings.register_profile("needling", deadline=None, print_blob=True, derandomize=True)
hypothesis.settings.register_profile("long", deadline=None, print_blob=True, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "needling"))


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing of the machine's own settings reaches a test, and scratch lies where pytest cleans up."""
    for name in [name for name in os.environ if name.startswith("NEEDLING_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NEEDLING_SCRATCH", str(tmp_path_factory.mktemp("scratch")))
