"""Rows of costs: devices and cartridges for home use, fees per session elsewhere."""

import numpy as np
import polars as pl
from numpy.random import Generator

from pipeline.simulate.draws import Flags, Floats, Integers, happens, heaped, pick, words
from pipeline.simulate.exposure import DEVICES, HOME
from pipeline.simulate.response import World
from pipeline.simulate.visits import Seen

_PRICE = np.array([25.0, 30.0, 140.0, 400.0, 20.0])
_LASTS_MONTHS = np.array([3.0, 6.0, 24.0, 36.0, 1.0])
"""Price of a device and how long it is meant to last, in the order of DEVICES: low-grade pages (F54) and judgement."""

_FEE = (80.0, 120.0, 150.0, 200.0, 250.0)
"""Usual session fees before the person's own variation; F54 names 200 to 800 in one currency."""

_RECORDED_SHARE = 0.6
_MONTH_DAYS = 30.4


def rows(rng: Generator, world: World, seen: Seen, sessions: pl.DataFrame) -> pl.DataFrame:
    """What some people paid, by person and day; only where the source records costs, and not for everybody."""
    site, n = world.people.site, world.people.n
    told = happens(rng, _RECORDED_SHARE if site.records_costs else 0.0, n)
    parts = [_devices(rng, world, seen, told), _cartridges(rng, world, seen, told), _fees(rng, world, sessions, told)]
    frame = pl.concat(parts).sort("person", "incurred_day", maintain_order=True)
    number = pl.int_range(pl.len()).cast(pl.String).str.zfill(7)
    return frame.with_columns(
        (pl.lit(f"{site.prefix}-p{world.people.first}-") + number).alias("cost_id"),
        pl.lit(site.currency).alias("currency"),
    )


def _devices(rng: Generator, world: World, seen: Seen, told: Flags) -> pl.DataFrame:
    """A device at the start, and another whenever its time is over."""
    e = world.exposure
    months = _LASTS_MONTHS[e.device]
    who, day = _repeats(world, seen, told & (e.setting == HOME), months * _MONTH_DAYS)
    price = _PRICE[e.device[who]] * rng.lognormal(0.0, 0.3, len(who))
    return _frame(who, day, "device", heaped(price, 5.0), months[who])


def _cartridges(rng: Generator, world: World, seen: Seen, told: Flags) -> pl.DataFrame:
    e = world.exposure
    is_pen = e.device == DEVICES.index("pen_motorised")
    who, day = _repeats(world, seen, told & is_pen & (e.setting == HOME), np.full(world.people.n, 90.0))
    return _frame(who, day, "cartridge", np.round(rng.uniform(8, 30, len(who)), 2), np.full(len(who), 3.0))


def _fees(rng: Generator, world: World, sessions: pl.DataFrame, told: Flags) -> pl.DataFrame:
    """A fee for each session at a clinic or salon, the same for a person throughout."""
    n = world.people.n
    usual = np.array(_FEE)[pick(rng, (0.2, 0.25, 0.25, 0.2, 0.1), n)]
    fee = heaped(usual * rng.uniform(0.8, 1.2, n), 5.0)
    paid = sessions.filter((pl.col("setting") != "home") & pl.Series(told[sessions["person"].to_numpy()]))
    who = paid["person"].to_numpy()
    return _frame(who, paid["performed_day"].to_numpy(), "session_fee", fee[who], np.full(len(who), np.nan))


def _repeats(world: World, seen: Seen, which: Flags, every_days: Floats) -> tuple[Integers, Integers]:
    """(person, day) of a purchase at the first session and then every so many days while needling goes on."""
    e = world.exposure
    until = np.minimum(e.first + 7 * e.end_week, seen.last)
    times = np.where(which & e.is_needling & (e.first <= seen.last), np.floor((until - e.first) / every_days) + 1, 0)
    times = times.astype(np.int64)
    who = np.repeat(np.arange(world.people.n), times)
    step = np.arange(len(who)) - np.repeat(np.cumsum(times) - times, times)
    return who, e.first[who] + np.floor(step * every_days[who]).astype(np.int64)


def _frame(who: Integers, day: Integers, item: str, amount: Floats, lasts: Floats) -> pl.DataFrame:
    n = len(who)
    return pl.DataFrame(
        {"person": who, "incurred_day": day, "item": words((item,), np.zeros(n, dtype=np.int64)),
         "amount": amount, "lasts_months": pl.Series(lasts, dtype=pl.Float64).fill_nan(None)}
    )  # fmt: skip
