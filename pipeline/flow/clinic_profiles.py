"""Which profile the figures of a clinic follow: granted, taken back, listed."""

import shlex
from dataclasses import asdict
from typing import Any

import duckdb

from pipeline import clinic_ledger, ledger, store
from pipeline.config import Settings
from pipeline.contract.clinic_profiles import OWN, STANDARD
from pipeline.disclosure.chosen import chosen
from pipeline.errors import UsageError

Document = dict[str, Any]

NEXT = "counts from the next version on, not for figures that are published already; make one now with: "


def clinics_profile(settings: Settings, clinic: str, profile: str, basis: str) -> Document:
    """Grant a clinic the profile for its own eyes, or take it back (`standard`), and write down on what basis.

    Raises UsageError where no basis is given, nobody of that clinic is published, or it has the profile already.
    """
    home = settings.home
    ledger.require(home)
    if not basis.strip():
        raise UsageError(f"--basis is empty; say on what basis {clinic} gets the profile {profile}")
    known = _published(settings)
    if clinic not in known:
        raise UsageError(f"no clinic {clinic!r} is published in {home}; there are {', '.join(known) or 'none'}")
    with store.lock(home):
        now = OWN if clinic in clinic_ledger.granted(home) else STANDARD
        if now == profile:
            raise UsageError(f"clinic {clinic!r} has the profile {profile} already; nothing was changed")
        run = ledger.start_run(home, "clinics profile")
        standing = clinic_ledger.record_profile(home, clinic, profile, basis.strip())
        publish = shlex.join(("needling", "publish", "--home", str(home)))
        document = {"run_id": run, **asdict(standing), "takes_effect": NEXT + publish}
        ledger.finish_run(home, run, 0, document)
    return document


def clinics_list(settings: Settings) -> Document:
    """The home's profile in words, the clinics with figures for their own eyes, and all that was ever decided."""
    ledger.require(settings.home)
    policy = chosen(settings.home)
    return {
        "profile": policy.name,
        "rule": policy.rule,
        "source": policy.source,
        "clinics": list(_published(settings)),
        "own_clinic": [asdict(standing) for standing in clinic_ledger.granted(settings.home).values()],
        "history": [asdict(standing) for standing in clinic_ledger.standings(settings.home)],
    }


def _published(settings: Settings) -> tuple[str, ...]:
    """Every clinic that the current version has anybody of, consent to comparisons or not."""
    version = store.current_version(settings.home)
    if version is None:
        return ()
    try:
        with store.open_reader(version.path) as con:
            rows = con.execute("SELECT DISTINCT clinic_id FROM participants WHERE clinic_id IS NOT NULL ORDER BY 1")
            return tuple(clinic for (clinic,) in rows.fetchall())
    except duckdb.Error as problem:
        raise UsageError(f"version {version.name} cannot be read; run `needling doctor`") from problem
