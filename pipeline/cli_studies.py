"""The commands that answer: one comparison, and the catalogue of studies."""

from pathlib import Path
from typing import Any

import click

from pipeline import console, document_text
from pipeline.config import Settings
from pipeline.contract.asked import Asked
from pipeline.studies.protocols.dimensions import DIMENSIONS
from pipeline.terminal import alarm, answer, shared_options

_version = click.option(
    "--version", metavar="VERSION", help="A version that is still kept; the current one if left out."
)


@click.command()
@click.option("--study", metavar="ID", help="A study of the catalogue, in place of the options below.")
@click.option("--by", type=click.Choice(list(DIMENSIONS)), help="What the arms differ in.")
@click.option("--instrument", metavar="NAME", help="What the outcome was measured with.")
@click.option("--week", type=int, metavar="N", help="Visit week.")
@click.option("--where", multiple=True, metavar="COLUMN=VALUE", help="Only these people; one column twice means or.")
@click.option("--landmark", type=int, metavar="DAYS", help="Day by which exposure is settled.")
@click.option(
    "--against", "reference", metavar="ARM", help="The arm the others are compared with; the largest if left out."
)
@_version
@click.option("--save", metavar="ID", help="Also write the question down as a protocol, in studies/ of the home.")
@click.option(
    "--sensitivity/--no-sensitivity",
    default=True,
    show_default=True,
    help="Also with exposure settled on other days, which takes more than the rest.",
)
@shared_options
def compare(
    settings: Settings, study: str | None, version: str | None, save: str | None, sensitivity: bool, **asked: Any
) -> int:
    """Compare the improvement between arms, with 95% intervals: adjusted, and beside it as people are."""
    from pipeline import flow

    if study is not None:
        if save or not sensitivity or any(asked.values()):
            raise click.UsageError("--study says everything itself; give it alone, or give --by, --instrument, --week")
        return answer(flow.study(settings, study, version, alarm), console.comparison)
    if None in (asked["by"], asked["instrument"], asked["week"]):
        raise click.UsageError("--by, --instrument and --week are needed, or --study; see `needling studies list`")
    found = flow.compare(settings, Asked(**asked), version, save, sensitivity=sensitivity, warn=alarm)
    return answer(found, console.comparison)


@click.group()
def studies() -> None:
    """See, look at without its outcome, fix, and run a study of the catalogue."""


@studies.command("list")
@shared_options
def list_(settings: Settings) -> int:
    """Show every study: its claim, its question, and when it was fixed."""
    from pipeline import flow

    document, code = flow.studies_list(settings)
    return answer(document, console.studies, code)


@studies.command()
@click.argument("study", metavar="ID")
@shared_options
def show(settings: Settings, study: str) -> int:
    """Show a study's protocol and whom it would compare. Until it is frozen no result of any arm is looked at."""
    from pipeline import flow

    return answer(flow.studies_show(settings, study, warn=alarm), console.preview)


@studies.command()
@click.argument("study", nargs=-1, metavar="[ID...]")
@_version
@shared_options
def run(settings: Settings, study: tuple[str, ...], version: str | None) -> int:
    """Run these studies, or all. The same study on the same version gives the same bytes."""
    from pipeline import flow

    document, code = flow.studies_run(settings, study, version, alarm)
    return answer(document, console.study_results, code)


@studies.command()
@click.argument("study", metavar="ID")
@shared_options
def freeze(settings: Settings, study: str) -> int:
    """Fix a protocol before its results are looked at: its digest, the version and the time."""
    from pipeline import flow

    return answer(flow.studies_freeze(settings, study), document_text.plain)


@studies.command()
@click.argument("study", metavar="ID")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="ID-VERSION.zip if left out."
)
@_version
@shared_options
def bundle(settings: Settings, study: str, out: Path | None, version: str | None) -> int:
    """Run a study and pack what somebody else needs to judge its result; no row is about one person.

    Protocol, result, certificate, figures, attrition, table 1, balance, and the command that gives it again.
    """
    from dashboard.figure_page import figure_page
    from pipeline import flow
    from pipeline.api import open_home

    def drawn(version: str) -> dict[str, bytes]:
        with open_home(settings.home, version=version) as home:
            return {"figures.html": figure_page(home.study(study), home.protocol(study).title or study)}

    return answer(flow.studies_bundle(settings, study, drawn, out, version, alarm), document_text.plain)
