"""What a notebook imports: open a home, read its tables, ask for a comparison.

    with open_home("warehouse") as home:
        sessions = home.table("sessions", as_="polars")
        answer = home.compare("depth", instrument="hair_density", week=24)

A Home reads one published version for as long as it is open, also while a newer one is published.
Nothing can be written through it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias, clear_overloads, overload

from pipeline import config, store
from pipeline.api_summaries import Summaries
from pipeline.contract.curves import DepthFrequencyMap, DoseResponse, TimeToResponse, Trajectories
from pipeline.contract.results import REASONS, Comparison
from pipeline.errors import UsageError

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from pipeline.contract.claimed import Claimed
    from pipeline.contract.overview import Overview
    from pipeline.studies.protocols.protocol import Protocol
    from pipeline.studies.sums.pair_sums import PairSums

    Frame: TypeAlias = pa.Table | pl.DataFrame | pd.DataFrame

As = Literal["arrow", "polars", "pandas"]


def open_home(home: Path | str | None = None, version: str | None = None) -> "Home":
    """A version of a home, the current one if none is named; without a home, of $NEEDLING_HOME or ./warehouse.

    Raises UsageError where nothing is published there yet, or where the version is not kept any more.
    """
    settings = config.load(Path(home) if home is not None else None)
    return Home(settings, store.find_version(settings.home, version))


def protocol_toml(protocol: "Protocol", notes: Sequence[str] = ()) -> str:
    """A protocol as the TOML that stands in `studies/` of a home; `notes` become comments at its top."""
    from pipeline.studies.protocols.protocol_text import protocol_text

    return protocol_text(protocol, notes)


def explained(reason: str | None) -> str:
    """The sentence of a reason code, of a comparison or of one of its methods."""
    from pipeline.studies.estimators.reasons import REASONS as ESTIMATION

    sentences = {str(code): sentence for code, sentence in ESTIMATION.items()} | REASONS
    return sentences.get(reason or "", "Why it is missing was not recorded.")


class Home(Summaries):
    """One published version, open for reading. Close it, or use it in a `with` block."""

    def __init__(self, settings: config.Settings, version: store.Version) -> None:
        self._settings = settings
        self._version = version
        self._con = store.open_reader(version.path)

    @property
    def version(self) -> dict[str, Any]:
        """The version's manifest: name, time, code and contract version, rows by table, gate, fingerprint."""
        return store.read_manifest(self._version)

    def earlier(self) -> str | None:
        """Name of the version published before this one, if it is kept still; None where there is none."""
        names = [version.name for version in store.versions(self._settings.home) if version.name < self._version.name]
        return names[-1] if names else None

    def overview(self) -> "Overview":
        """People, records, who was followed up to each visit, and who sent them."""
        from pipeline.studies.people.overview import overview

        return overview(self.connection)

    @property
    def connection(self) -> "duckdb.DuckDBPyConnection":
        """A read-only connection of one's own; DuckDB connections are not shared between threads."""
        return self._con.cursor()

    def tables(self) -> tuple[str, ...]:
        """Names of the tables and views of this version."""
        found = self.connection.execute(
            "SELECT table_name FROM information_schema.tables ORDER BY table_name"
        ).fetchall()
        return tuple(name for (name,) in found)

    @overload
    def table(self, name: str, as_: Literal["arrow"] = "arrow") -> "pa.Table": ...
    @overload
    def table(self, name: str, as_: Literal["polars"]) -> "pl.DataFrame": ...
    @overload
    def table(self, name: str, as_: Literal["pandas"]) -> "pd.DataFrame": ...
    def table(self, name: str, as_: As = "arrow") -> "Frame":
        """A whole table. Days count from enrolment. Raises UsageError where there is no such table."""
        if name not in self.tables():
            raise UsageError(f"there is no table {name!r} in this version; there are {', '.join(self.tables())}")
        return self.sql(f'FROM "{name}"', as_=as_)

    @overload
    def sql(
        self, query: str, parameters: Sequence[Any] | None = None, as_: Literal["arrow"] = "arrow"
    ) -> "pa.Table": ...
    @overload
    def sql(self, query: str, parameters: Sequence[Any] | None = None, *, as_: Literal["polars"]) -> "pl.DataFrame": ...
    @overload
    def sql(self, query: str, parameters: Sequence[Any] | None = None, *, as_: Literal["pandas"]) -> "pd.DataFrame": ...
    @overload
    def sql(self, query: str, parameters: Sequence[Any] | None = None, *, as_: As) -> "Frame": ...
    def sql(self, query: str, parameters: Sequence[Any] | None = None, as_: As = "arrow") -> "Frame":
        """The rows of a query in DuckDB's SQL. Give values as `parameters`, with `?` in their places."""
        relation = self.connection.sql(query, params=parameters)
        match as_:
            case "arrow":
                return relation.to_arrow_table()
            case "polars":
                return relation.pl()
            case "pandas":
                return relation.df()
            case _:
                raise UsageError(f"as_ is {as_!r}, expected arrow, polars or pandas")

    def compare(
        self, by: str, *, instrument: str, week: int, where: Sequence[str] = (), landmark: int | None = None,
        reference: str | None = None, adjusted: bool = True, sensitivity: bool = True,
    ) -> Comparison:  # fmt: skip
        """Improvement by arm, each contrast adjusted and, beside it, unadjusted; with `adjusted` off the latter alone.

        `where` holds COLUMN=VALUE; `landmark` is in days. With `sensitivity` off, the same contrasts with exposure
        settled on other days are not made: the headline comes in less than half the time, and says what is left out.
        """
        from pipeline.studies.certificate import certified
        from pipeline.studies.contrasts.compare import ask, unadjusted
        from pipeline.studies.study import compare_adjusted

        con = self.connection
        question = ask(con, by, instrument, week, where, landmark, reference, self._version.name)
        found = compare_adjusted(con, question, sensitivity=sensitivity) if adjusted else unadjusted(con, question)
        return certified(found, question.protocol, self.version)

    def dose_response(
        self, dimension: Literal["depth", "frequency"], *, instrument: str, week: int, where: Sequence[str] = (),
        landmark: int | None = None, monotone: bool = False,
    ) -> DoseResponse:  # fmt: skip
        """Adjusted improvement by needle length or sessions per week: bands as the record, and a smooth curve."""
        from pipeline.studies.curves.dose import dose_response

        asked = (dimension, instrument, week, where, landmark, self._version.name)
        return dose_response(self.connection, *asked, monotone=monotone)

    def depth_frequency_map(
        self, *, instrument: str, week: int, where: Sequence[str] = (), landmark: int | None = None
    ) -> DepthFrequencyMap:
        """Adjusted improvement in every cell of needle length and sessions per week, against the commonest cell."""
        from pipeline.studies.curves.depth_frequency import depth_frequency_map

        return depth_frequency_map(self.connection, instrument, week, where, landmark, self._version.name)

    def time_to_response(
        self, by: str, *, instrument: str, week: int, where: Sequence[str] = (), landmark: int | None = None,
        reference: str | None = None,
    ) -> TimeToResponse:  # fmt: skip
        """Share that responded by each visit up to `week`, by arm, weighted for who chose the arm and who left."""
        from pipeline.studies.curves.response import time_to_response

        asked = (by, instrument, week, where, landmark, reference, self._version.name)
        return time_to_response(self.connection, *asked)

    def trajectories(
        self, by: str, *, instrument: str, week: int, where: Sequence[str] = (), landmark: int | None = None
    ) -> Trajectories:
        """Mean improvement by arm at every visit up to `week`, those who left counted, and who left and why."""
        from pipeline.studies.curves.trajectories import trajectories

        return trajectories(self.connection, by, instrument, week, where, landmark, self._version.name)

    def study(self, name: str) -> Comparison:
        """A study of the catalogue, or of the home's own: adjusted, with what speaks for and against it."""
        from pipeline import study_ledger
        from pipeline.studies.certificate import certified
        from pipeline.studies.kept import answer

        protocol = self.protocol(name)
        found = answer(self.connection, self._version.path, protocol, self._version.name)
        fixed = study_ledger.frozen(self._settings.home).get((protocol.id, protocol.digest))
        return certified(found, protocol, self.version, fixed)

    def claims(self) -> "tuple[Claimed, ...]":
        """Every study with its verdict, under the claim of the field that it speaks to. To look here is not noted."""
        from pipeline import ledger, study_ledger
        from pipeline.studies.claims.claimed import claimed

        fixed, looks = study_ledger.frozen(self._settings.home), {}
        if (self._settings.home / ledger.LEDGER).exists():
            with ledger.opened(self._settings.home, read_only=True) as book:
                looks = {study: n for (study, _), n in study_ledger.looks_by(book, self._version.name).items()}
        found = [(protocol, self.study(protocol.id)) for protocol in self.studies()]
        in_time = {key for key, freeze in fixed.items() if not freeze.is_late(self._version.name)}
        return claimed(found, looks, {p.id: (p.id, p.digest) in in_time for p, _ in found})

    def studies(self) -> "tuple[Protocol, ...]":
        """Every study that `study` knows: the catalogue's, then the home's own."""
        from pipeline.studies.protocols.catalogue import paths

        return tuple(self.protocol(name) for name in paths(self._settings.home))

    def protocol(self, study: str) -> "Protocol":
        """The protocol of a study. Raises UsageError where there is none of that name, RefusedError if it is wrong."""
        from pipeline.studies.protocols.catalogue import find_study

        return find_study(study, self._settings.home)

    def protocol_of(
        self, by: str, *, instrument: str, week: int, where: Sequence[str] = (), landmark: int | None = None,
        reference: str | None = None,
    ) -> "Protocol":  # fmt: skip
        """The protocol behind a comparison, arguments as for `compare`; `protocol_toml` makes a file of it."""
        from pipeline.studies.contrasts.compare import ask

        return ask(self.connection, by, instrument, week, where, landmark, reference).protocol

    def preview(self, protocol: "Protocol") -> dict[str, Any]:
        """Whom a protocol would compare, known before any arm's outcome is looked at.

        `attrition`, `arms`, `table_1`, `overlap`, `detectable_difference`, `reason`: as `studies show --json` has them.
        """
        from pipeline.studies.preview import preview

        return preview(self.connection, protocol)

    def facets(self, where: Sequence[str], landmark: int) -> Mapping[str, Mapping[str, int]]:
        """How many people each value of a filter would leave, by column and value, the other filters as they are."""
        from pipeline.studies.people.facets import facets

        return facets(self.connection, where, landmark)

    def evidence(self, name: str | None = None) -> dict[str, Any]:
        """The published trials on a study's question, in its unit, and why they are or are not pooled.

        `trials`, `reviews`, `pooled`, `why`: as `evidence` in `needling studies run --json`. Without a study named,
        all rows of `trials` and `reviews` as text, as they were printed. Reads no data of the home.
        """
        from pipeline.contract import evidence
        from pipeline.studies.claims.evidence import beside
        from pipeline.studies.protocols.catalogue import find_study

        if name is None:
            return {"trials": list(evidence.printed("trials")), "reviews": list(evidence.printed("reviews"))}
        return beside(find_study(name, self._settings.home))

    def sums(self, name: str) -> "PairSums":
        """The sums of a study's two arms: `.mmrm()` and `.ancova()` of them read nobody's row.

        Raises UsageError where the study compares no two arms, or this version has nobody for it.
        """
        from pipeline.studies.kept import sums
        from pipeline.studies.protocols.catalogue import find_study

        return sums(self.connection, self._version.path, find_study(name, self._settings.home))

    def status(self) -> dict[str, Any]:
        """The home's versions, runs, counts and quarantine by reason, as `needling status --json` gives it."""
        from pipeline import flow

        return flow.status(self._settings)

    def close(self) -> None:
        """Let go of the version's files."""
        self._con.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


clear_overloads()  # what Python remembers of them keeps DuckDB's types until after its own end, which it then tells
