"""The commands: flags in, one answer and an exit code out. What they do is in flow/."""

import os
import sys
from pathlib import Path

import click

from pipeline import check_text, console, document_text
from pipeline.cli_clinics import clinics
from pipeline.cli_studies import compare, studies
from pipeline.config import Settings
from pipeline.terminal import Program, Progress, alarm, answer, shared_options

DEFAULT_PORT = 8501

_FOLDER = click.Path(file_okay=False, path_type=Path)
_progress = click.option(
    "--progress", "in_lines", is_flag=True, help="Tell each step on standard error, where that is no terminal too."
)
_drops = click.argument("drops", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DROP...")


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="microneedling-outcomes")
def main() -> None:
    """Collect microneedling session logs and outcomes, check them, compare results.

    Exit codes: 0 done; 1 unexpected; 2 usage or configuration; 3 some input was refused whole, the
    rest was landed; 4 the gate failed and nothing was published; 5 another run holds the lock.
    """


@main.command()
@_drops
@_progress
@shared_options
def run(settings: Settings, drops: tuple[Path, ...], in_lines: bool) -> int:
    """Ingest drops, validate and publish, in one locked run. What a schedule calls."""
    from pipeline import flow

    with Progress(in_lines=in_lines) as progress:
        document, code = flow.run(settings, list(drops), progress)
    alarm(console.alerts(document))
    return answer(document, console.account, code)


@main.command()
@click.argument("drop", type=click.Path(path_type=Path), metavar="DROP")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many rejects.")
@_progress
@shared_options
def check(settings: Settings, drop: Path, limit: int, in_lines: bool) -> int:
    """Try a drop and store nothing: columns, first records, guesses, the account, rejects."""
    from pipeline import flow

    with Progress(in_lines=in_lines) as progress:
        document, code = flow.check(settings, drop, limit, progress)
    alarm(console.alerts(document))
    return answer(document, check_text.check, code)


@main.command("map")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--table", metavar="NAME", help="The table the file is, where that cannot be seen.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it there instead.")
@shared_options
def map_(settings: Settings, files: tuple[Path, ...], table: str | None, out: Path | None) -> int:
    """Propose a commented source.toml from headers and cells, for the files of one drop."""
    from pipeline import flow

    return answer(flow.propose_mapping(settings, list(files), table, out), check_text.proposal)


@main.command()
@_drops
@shared_options
def ingest(settings: Settings, drops: tuple[Path, ...]) -> int:
    """Take drops into landing; what cannot be admitted goes to quarantine, with a reason."""
    from pipeline import flow

    with Progress() as progress:
        document, code = flow.ingest(settings, list(drops), progress)
    alarm(console.alerts(document))
    return answer(document, console.account, code)


@main.command()
@shared_options
def validate(settings: Settings) -> int:
    """Build a candidate version and hold it against the expectations; publishes nothing."""
    from pipeline import flow

    return answer(flow.validate(settings), console.verdict)


@main.command()
@shared_options
def publish(settings: Settings) -> int:
    """Build, validate and make the result the current version."""
    from pipeline import flow

    return answer(flow.publish(settings), console.verdict)


@main.command()
@click.argument("version", required=False)
@shared_options
def rollback(settings: Settings, version: str | None) -> int:
    """Make VERSION current again, or the one before the current."""
    from pipeline import flow

    return answer(flow.rollback(settings, version), document_text.plain)


@main.command()
@click.option("--files", type=click.IntRange(min=0), default=0, help="Also the last so many files and their accounts.")
@shared_options
def status(settings: Settings, files: int) -> int:
    """Show the version, its counts, quarantine by reason, alerts and the last runs."""
    from pipeline import flow

    return answer(flow.status(settings, files), document_text.plain)


@main.group()
def quarantine() -> None:
    """See the records that were not admitted, hand them back, admit those that can heal."""


@quarantine.command("list")
@click.option("--source", metavar="ID", help="Only what this source sent.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="At most so many records.")
@shared_options
def list_quarantine(settings: Settings, source: str | None, limit: int) -> int:
    """List quarantined records: file, line, column, reason."""
    from pipeline import flow

    return answer(flow.quarantine_list(settings, source=source, limit=limit), console.quarantine)


@quarantine.command()
@click.option("--source", metavar="ID", required=True, help="Whose records go back.")
@click.option("--out", type=_FOLDER, metavar="DIR", required=True, help="An empty or new folder; raw rows go there.")
@click.option("--drop", type=_FOLDER, metavar="DROP", help="The folder that was ingested: its files come back marked.")
@shared_options
def export(settings: Settings, source: str, out: Path, drop: Path | None) -> int:
    """Hand back what was not taken, with the reasons, and a letter on the quality.

    With --drop: the sender's own files with a column "why not taken", and the rejected records alone. The
    home is only read, and nothing is stored in it.
    """
    from pipeline import flow

    with Progress() as progress:
        document, code = flow.quarantine_export(settings, source, out, drop, progress)
    return answer(document, console.handed_back, code)


@quarantine.command()
@shared_options
def retry(settings: Settings) -> int:
    """Admit again what waited for a participant, a word of a vocabulary or its date."""
    from pipeline import flow

    return answer(flow.quarantine_retry(settings), console.account)


main.add_command(clinics)
main.add_command(compare)
main.add_command(studies)


@main.command()
@click.option(
    "--participants", type=click.IntRange(min=1), metavar="N", required=True, help="How many people to invent."
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same people.")
@click.option("--out", type=_FOLDER, metavar="DIR", required=True, help="Where the drops and truth.json go.")
@shared_options
def simulate(settings: Settings, participants: int, seed: int, out: Path) -> int:
    """Write drops of invented people whose true effects are known and stand in truth.json."""
    from pipeline import flow

    return answer(flow.simulate(participants, seed, out), document_text.plain)


@main.command()
@click.option(
    "--format", "format_", type=click.Choice(["csv", "xlsx"]), default="csv", show_default=True,
    help="Text files, or a workbook with lists to choose from and help.",
)  # fmt: skip
@click.option("--out", type=_FOLDER, metavar="DIR", required=True, help="Where the empty tables go.")
@shared_options
def template(settings: Settings, format_: str, out: Path) -> int:
    """Write empty tables with the contract's headers, and a source.toml to fill in."""
    from pipeline import flow

    return answer(flow.template(out, format_), document_text.plain)


@main.command()
@click.option("--source", metavar="ID", required=True, help="The source that knows the person by this id.")
@click.option("--participant", metavar="ID|-", required=True, help="The sender's id; - reads it from standard input.")
@shared_options
def forget(settings: Settings, source: str, participant: str) -> int:
    """Erase one person everywhere, for good, and prove it."""
    person = sys.stdin.readline().strip() if participant == "-" else participant
    if not person:
        raise click.UsageError("no participant id came on standard input; write it there, followed by a line break")
    from pipeline import flow

    return answer(flow.forget(settings, source, person), document_text.plain)


@main.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True, help="Port to listen on."
)
@click.option("--address", default="127.0.0.1", show_default=True, help="Where to listen; others need a login.")
@shared_options
def dashboard(settings: Settings, port: int, address: str) -> int:
    """Serve the dashboard: for this machine alone, or for those whom the home's access.toml names."""
    from dashboard.launch import command
    from pipeline.doctor import require_free_port

    words = command(settings.home.absolute(), port, address)
    require_free_port(port)
    answer({"url": f"http://{address}:{port}", "home": str(settings.home)}, document_text.plain)
    sys.stdout.flush()
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what the server says is a log, not the answer
    os.execv(words[0], words)  # noqa: S606  # takes our place, so that signals reach it


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True, help="Port to look at.")
@shared_options
def doctor(settings: Settings, port: int) -> int:
    """Check the installation, the home, the key and the browser, and say what to mend."""
    from pipeline import doctor as examination
    from pipeline.errors import UsageError

    document = examination.examine(settings, port)
    return answer(document, console.findings, 0 if document["ok"] else UsageError.exit_code)
