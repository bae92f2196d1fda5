"""The commands about clinics: by which profile their figures are made."""

import click

from pipeline import document_text
from pipeline.config import Settings
from pipeline.contract.clinic_profiles import OWN, STANDARD
from pipeline.terminal import answer, shared_options


@click.group()
def clinics() -> None:
    """See and set by which profile the figures of clinics are made."""


@clinics.command("list")
@shared_options
def list_clinics(settings: Settings) -> int:
    """Show the home's profile, the clinics with figures for their own eyes, and all that was decided."""
    from pipeline import flow

    return answer(flow.clinics_list(settings), document_text.plain)


@clinics.command()
@click.argument("clinic", metavar="CLINIC")
@click.option(
    "--profile", type=click.Choice([OWN, STANDARD]), required=True,
    help="own_clinic: also small counts, of its own patients alone; standard: as everybody.",
)  # fmt: skip
@click.option("--basis", metavar="TEXT", required=True, help="Why, or why no longer: contract, ethics vote, date.")
@shared_options
def profile(settings: Settings, clinic: str, profile: str, basis: str) -> int:
    """Grant CLINIC figures for its own eyes, or take them back; recorded with the basis and the time.

    The threshold for own eyes is 5 people, and nobody with a side effect may be told as nobody. Such figures never
    go into what other clinics see. It counts from the next version on.
    """
    from pipeline import flow

    return answer(flow.clinics_profile(settings, clinic, profile, basis), document_text.plain)
