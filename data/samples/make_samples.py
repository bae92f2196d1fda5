"""Make the sample drops anew: python data/samples/make_samples.py [--out FOLDER]. Same result every time.

The people are invented. Each drop has mistakes on purpose; expected.json says what the program must make of them.
"""

import argparse
import json
import random
from collections.abc import Callable
from pathlib import Path

import app_haar
import app_onde
import clinic_nord
import clinic_sud
import registry_west
import trial_east
from account import Expected

SEED = 20260630
HERE = Path(__file__).parent

MAKERS: dict[str, Callable[[Path, random.Random], Expected]] = {
    "clinic-nord": clinic_nord.make,
    "clinic-sud": clinic_sud.make,
    "app-haar": app_haar.make,
    "app-onde": app_onde.make,
    "registry-west": registry_west.make,
    "trial-east": trial_east.make,
}


def main() -> None:
    """Write the data files and expected.json of every sample; source.toml is written by hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE)
    out: Path = parser.parse_args().out
    for name, make in MAKERS.items():
        folder = out / name
        folder.mkdir(parents=True, exist_ok=True)
        rng = random.Random(f"{SEED}-{name}")  # noqa: S311 - invented people need the same dice each time, not secret ones
        expected = make(folder, rng)
        (folder / "expected.json").write_text(json.dumps(expected.document(), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
