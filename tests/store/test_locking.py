"""One run at a time; a run that is killed gives the lock back."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import LockedError, UsageError
from pipeline.store import lock

HOLD = """
import sys, time
from pathlib import Path
from pipeline.store import lock
with lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_holder_is_told_who_has_it(tmp_path: Path) -> None:
    with (
        lock(tmp_path),
        pytest.raises(LockedError, match=rf"process {os.getpid()}, started 20\d\d-") as caught,
        lock(tmp_path),
    ):
        pass
    assert caught.value.exit_code == 5


def test_the_lock_is_given_back_at_the_end_and_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError), lock(tmp_path):
        raise KeyError
    with lock(tmp_path):
        pass


def test_kill_9_gives_the_lock_back(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LockedError, match=f"process {holder.pid},"), lock(tmp_path):
            pass
    finally:
        os.kill(holder.pid, signal.SIGKILL)
        holder.communicate()
    with lock(tmp_path):
        pass


def test_a_holder_that_has_not_signed_yet_is_no_crash(tmp_path: Path) -> None:
    with lock(tmp_path):
        (tmp_path / ".lock").write_text("")
        with pytest.raises(LockedError, match="just started"), lock(tmp_path):
            pass


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("")
    with pytest.raises(UsageError, match="--home"), lock(home):
        pass
