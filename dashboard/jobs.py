"""Commands of the pipeline, each in a process of its own: the dashboard never loads the pipeline.

A job goes on when the page is redrawn or its window closed. Uploaded files lie in a private folder outside the
home for as long as the command runs; the folder goes with it, also when this server is killed.
"""

import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from pipeline import scratch
from pipeline.config import Settings
from pipeline.errors import NeedlingError

Document = dict[str, Any]

_PROGRAM = (sys.executable, "-P", "-c", "from pipeline.cli import main; main()")
"""-P: nothing is imported from the folder it runs in, where files from the browser lie."""

_STEP = re.compile(r"(\d+)/(\d+) (.+)")
_BACK = "back"
_NO_ANSWER: Document = {
    "error": {"kind": "unexpected", "message": "the program ended without an answer; run `needling doctor`"}
}


@dataclass(frozen=True)
class Answer:
    """What a command said. `parcel` is a zip of the files it wrote, where it was asked for some."""

    exit_code: int
    document: Document
    parcel: bytes | None = None

    @property
    def error(self) -> str | None:
        """Why there is no document but a failure."""
        failure = self.document.get("error")
        return None if failure is None else str(failure["message"])


@dataclass(frozen=True)
class Task:
    """A command with the files it works on, which lie in a folder named `drop`. `{drop}` and `{back}` in `words` are
    that folder and one for what the command writes."""

    words: tuple[str, ...]
    drop: str = "drop"
    files: Mapping[str, bytes] | None = None


class Job:
    """One task at work. `answer` is None until it has ended; `step` is (done, total, what) as last heard."""

    def __init__(self, settings: Settings, task: Task) -> None:
        self.task = task
        self.step: tuple[int, int, str] | None = None
        self.answer: Answer | None = None
        self._settings = settings
        self._thread = Thread(target=self._work, daemon=True)

    def start(self) -> "Job":
        """Begin; the answer is the job itself."""
        self._thread.start()
        return self

    def wait(self, seconds: float | None = None) -> Answer | None:
        """Wait for the end, or so long; the answer is the task's, if there is one by then."""
        self._thread.join(seconds)
        return self.answer

    def end(self) -> Answer:
        """Wait for the end, however long."""
        self._thread.join()
        return self.answer or Answer(1, _NO_ANSWER)

    def _work(self) -> None:
        try:
            with scratch.private_folder(self._settings.scratch) as folder:
                answer = self._in(folder)
        except (NeedlingError, OSError) as problem:
            message = str(problem) if isinstance(problem, NeedlingError) else f"{problem.strerror}; is the disk full?"
            answer = Answer(1, {"error": {"kind": "failed", "message": message}})
        self.answer = answer

    def _in(self, folder: Path) -> Answer:
        drop = folder / self.task.drop
        drop.mkdir(mode=0o700)
        for name, content in (self.task.files or {}).items():
            (drop / name).write_bytes(content)
        words = [word.format(drop=self.task.drop, back=_BACK) for word in self.task.words]
        code, said = self._run([*words, "--json", "--home", str(self._settings.home)], folder)
        return Answer(code, _document(said), _zipped(folder / _BACK))

    def _run(self, words: Sequence[str], folder: Path) -> tuple[int, bytes]:
        """(exit code, standard output). Standard error tells the steps; what else it says stands in the document."""
        said, command = folder / "answer.json", [*_PROGRAM, *words]
        with (
            said.open("wb") as out,
            subprocess.Popen(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE
            ) as process,
        ):
            for line in process.stderr or ():
                step = _STEP.fullmatch(line.decode("utf-8", "replace").strip())
                if step:
                    self.step = (int(step[1]), int(step[2]), step[3])
        return process.returncode, said.read_bytes()


def _document(said: bytes) -> Document:
    try:
        document: Document = json.loads(said)
    except ValueError:
        return _NO_ANSWER
    return document


def _zipped(folder: Path) -> bytes | None:
    if not folder.is_dir():
        return None
    parcel = io.BytesIO()
    with zipfile.ZipFile(parcel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            archive.write(path, path.relative_to(folder))
    return parcel.getvalue()
