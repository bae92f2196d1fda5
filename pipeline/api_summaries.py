"""The part of an open home that pages of side effects, cost, adherence and data quality read: no row is scanned."""

from typing import TYPE_CHECKING

from pipeline import config, store
from pipeline.errors import UsageError

if TYPE_CHECKING:
    import duckdb

    from pipeline.contract.cells import Adherence, Cost, Held, Quality, Safety
    from pipeline.studies.summaries.drift import Profile


class Summaries:
    """What a version's summaries tell. Every method raises UsageError where the version has none yet, or an argument
    is not among those that it names."""

    _settings: config.Settings
    _version: store.Version
    _con: "duckdb.DuckDBPyConnection"

    def safety(self, by: str = "setting", *, place: str = "all", effect: str = "any") -> "Safety":
        """Side effects per session asked, by depth, device or setting; `place` is all or one setting, `effect` any,
        serious or a code of the vocabulary. Where under half were asked, counts are told and no rate."""
        from pipeline.studies.summaries.safety import read_safety

        return read_safety(self._con.cursor(), by, place, effect)

    def cost(self, by: str = "setting", *, currency: str | None = None, per: str = "month") -> "Cost":
        """What people pay a month or a session, by setting, device or year; one currency, never put together."""
        from pipeline.studies.summaries.cost import read_cost

        return read_cost(self._con.cursor(), by, currency, per)

    def adherence(self, week: int = 24, *, by: str = "setting") -> "Adherence":
        """Plan against done, gaps, switching and stopping up to week 12, 24 or 52, of people whose visit has passed."""
        from pipeline.studies.summaries.adherence import read_adherence

        return read_adherence(self._con.cursor(), week, by)

    def quality(self) -> "Quality":
        """The gates of the home up to now, what its quarantine holds, and this version beside the one before."""
        from pipeline import gate_ledger, ledger
        from pipeline.contract.cells import Quality
        from pipeline.studies.summaries.drift import drift, read_profile, read_signs

        with ledger.opened(self._settings.home, read_only=True) as book:
            runs = gate_ledger.gate_runs(book)
        previous, before = self._before()
        now = read_profile(self._con.cursor())
        return Quality(runs, self._held(), previous, drift(now, before), read_signs(self._con.cursor()))

    def _held(self) -> "tuple[Held, ...]":
        from pipeline import flow
        from pipeline.contract.cells import Held

        counts = flow.quarantine_list(self._settings, limit=0)["counts"]
        return tuple(Held(c["source"], c["reason"], c["sentence"], c["n"]) for c in counts)

    def _before(self) -> "tuple[str | None, Profile | None]":
        """The newest version before this one that is kept and has summaries."""
        from pipeline.studies.summaries.drift import read_profile

        for version in reversed(store.versions(self._settings.home)):
            if version.name >= self._version.name:
                continue
            con = store.open_reader(version.path)
            try:
                return version.name, read_profile(con)
            except UsageError:  # published before there were summaries: an older one has none either
                return None, None
            finally:
                con.close()
        return None, None
