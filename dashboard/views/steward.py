"""Steward: put data in, see what was not taken and why, hand it back; the ledger, and what must be looked at today."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import access, queries, stewardship
from dashboard.access import Viewer
from dashboard.components import frame, prose, reports, work
from dashboard.jobs import Answer, Task
from dashboard.keys import Steward
from dashboard.uploads import MANIFEST, SOURCE_ID, Upload, gather
from dashboard.words import steward_words as words
from dashboard.words import text

Document = Mapping[str, Any]

REJECTS_SHOWN = 200
ALERTS_AT_ONCE = 5


def show(viewer: Viewer) -> None:
    """Draw the page."""
    with frame.column(viewer):
        version = queries.current_version()
        if version is not None:
            frame.banner(queries.manifest(version, viewer, queries.home_folder()))
        st.title(text.STEWARD_TITLE, anchor=False)
        refusal = access.why_not_write(viewer, Path(queries.home_folder()))
        if refusal is not None:
            st.error(refusal, title=text.STEWARD_REFUSED, icon=":material/lock:")
            return
        frame.lead(text.STEWARD_LEAD)
        _at_work()
        work.show()


def _at_work() -> None:
    """What must be looked at today, and the three parts of the page."""
    asked = stewardship.status()
    if asked is not None:
        reports.trouble(asked)
    status = asked.document if asked is not None and asked.error is None else None
    if status is not None:
        _alerts(status)
    put_in, held, ledger = st.tabs(["Put data in", "Not taken", "Ledger"])
    with put_in:
        upload = _put_in()
    with held:
        if status is None:
            prose.say(text.NOTHING_HELD)
        else:
            _held(upload)
    with ledger:
        if status is None:
            prose.say(text.NO_LEDGER)
        else:
            _ledger(status)


def _alerts(status: Document) -> None:
    """Serious side effects of the last weeks, above everything else."""
    if not status["alerts"]:
        return
    waiting = sum(alert["state"] == "in quarantine" for alert in status["alerts"])
    sentence = text.ALERTS + (" " + text.ALERTS_WAITING.format(n=f"{waiting:,}") if waiting else "")
    title = words.alert_title(len(status["alerts"]))
    st.error(sentence, title=title, icon=":material/emergency:")
    reports.table(words.alert_rows(status["alerts"]), "alerts", most_rows=ALERTS_AT_ONCE)


def _put_in() -> Upload:
    """Files, how they are read, the check, and taking them in."""
    sent = st.file_uploader(text.FILES, accept_multiple_files=True, key=Steward.FILES, help=text.FILES_HELP)
    upload = gather(sent or [])
    for problem in upload.problems:
        st.error(problem)
    if not upload.data or upload.problems:
        return upload
    sender, toml = _sender(), upload.manifest
    if toml is None:
        toml = _mapping(upload, sender)
    if toml is None:
        return upload
    whole = upload.with_manifest(toml)
    _check_and_take_in(whole, sender)
    return whole


def _sender() -> str:
    """The name of the folder that a drop is sent in: proposals take the sender's name from it."""
    return str(st.session_state.get(Steward.SENDER) or "drop")


def _mapping(upload: Upload, sender: str) -> bytes | None:
    """The source.toml that is proposed for these files, as it was edited; None until there is one."""
    frame.section("How the files are to be read")
    prose.say(text.NO_MANIFEST)
    st.text_input(
        "Name of the sender", key=Steward.SENDER, max_chars=40, placeholder="clinic-north", help=text.SENDER_HELP
    )
    is_named = SOURCE_ID.fullmatch(sender) is not None and bool(st.session_state.get(Steward.SENDER))
    if st.session_state.get(Steward.SENDER) and not is_named:
        st.error("A sender's name is made of small letters a to z, digits and hyphens, at most 40.")
    name = f"map {upload.digest} {sender}"
    if st.button(
        "Propose", key=Steward.PROPOSE, disabled=work.is_busy() or not is_named, icon=":material/auto_fix_high:"
    ):
        task = Task(("map", "{drop}"), sender, upload.data)
        work.begin(name, "Looking at the files", stewardship.settings(), task)
    work.place(name)
    found = work.answer(name)
    if found is None:
        return None
    if found.error is not None:
        reports.trouble(found)
        return None
    edited = st.text_area(
        f"Proposed {MANIFEST}: read it line by line, and change what is wrong", found.document["toml"], height=360,
        key=f"{Steward.MAPPING} {name}",
    )  # fmt: skip
    return edited.encode()


def _check_and_take_in(upload: Upload, sender: str) -> None:
    checked, taken = work.answer(f"check {upload.digest}"), work.answer(f"run {upload.digest}")
    with st.container(horizontal=True):
        is_first = checked is None
        if st.button(
            "Check",
            key=Steward.CHECK,
            type="primary" if is_first else "secondary",
            disabled=work.is_busy(),
            icon=":material/fact_check:",
        ):
            task = Task(("check", "{drop}", "--progress", "--limit", str(REJECTS_SHOWN)), sender, upload.files)
            work.begin(f"check {upload.digest}", "Checking; nothing is stored", stewardship.settings(), task)
        can_take = checked is not None and checked.error is None and checked.exit_code in (0, 3) and taken is None
        if st.button(
            "Take in and publish", key=Steward.TAKE_IN, type="secondary" if is_first else "primary",
            disabled=work.is_busy() or not can_take, icon=":material/download_done:",
            help=None if can_take else "Check the files first.",
        ):  # fmt: skip
            task = Task(("run", "{drop}", "--progress"), sender, upload.files)
            work.begin(f"run {upload.digest}", "Taking in", stewardship.settings(), task)
    for name in ("check", "run"):
        work.place(f"{name} {upload.digest}")
    if taken is not None:
        reports.taken_in(taken)
        _try_again(taken, upload)
    elif checked is not None:
        reports.check(checked)
    elif not work.is_busy():
        prose.note(text.CHECK_FIRST)


def _try_again(taken: Answer, upload: Upload) -> None:
    """A run that did not happen may be tried again: the lock, a full disk."""
    if taken.error is not None and st.button("Try again", icon=":material/refresh:", disabled=work.is_busy()):
        work.answers(f"run {upload.digest}", None)
        st.rerun()


def _held(upload: Upload) -> None:
    """The quarantine: how many and why, the records, and the way back to their sender."""
    asked = stewardship.quarantine(REJECTS_SHOWN)
    reports.trouble(asked)
    held = asked.document
    if not held.get("n"):
        prose.say(text.NOTHING_HELD)
        return
    prose.say(words.held(held["n"]))
    reports.table(words.waiting(held["counts"]), "held_counts")
    frame.section("The records")
    reports.table(words.rejects(held["entries"], with_source=True), "held_records")
    if held["shown"] < held["n"]:
        prose.note(f"The first {held['shown']:,} of {held['n']:,}; `needling quarantine list` shows all.")
    _hand_back(sorted({row["source"] for row in held["counts"]}), upload)


def _hand_back(sources: list[str], upload: Upload) -> None:
    frame.section("Back to the sender")
    prose.say(text.HAND_BACK)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = st.selectbox("Sender", sources, key=Steward.BACK_TO, width=280)
        wanted = st.button("Prepare", key=Steward.PREPARE, disabled=work.is_busy(), icon=":material/outbox:")
    name = f"back {source} {upload.digest if upload.manifest else ''}"
    if wanted:
        words_ = ("quarantine", "export", "--source", str(source), "--out", "{back}")
        task = Task((*words_, "--drop", "{drop}"), files=upload.files) if upload.manifest else Task(words_)
        work.begin(name, "Preparing what goes back", stewardship.settings(), task)
    work.place(name)
    found = work.answer(name)
    if found is None:
        return
    reports.trouble(found)
    if found.parcel is not None and found.error is None:
        st.download_button(
            "Download", found.parcel, f"back-to-{source}.zip", "application/zip", key=Steward.DOWNLOAD,
            on_click="ignore", icon=":material/download:", type="primary",
        )  # fmt: skip
        prose.note(text.RAW_ROWS)


def _ledger(status: Document) -> None:
    """Runs, and the files they read with the account of each."""
    frame.section("Runs")
    reports.table(words.runs(status["runs"]), "ledger_runs")
    frame.section("Files")
    if status["files"]:
        reports.table(words.files(status["files"]), "ledger_files")
    prose.note(text.ACCOUNT)
