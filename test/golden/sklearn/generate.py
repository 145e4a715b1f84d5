"""Writes the golden cases of the installed scikit-learn: python generate.py --data FOLDER [case …].

FOLDER holds mlc_churn.csv, credit_data.csv, attrition.csv, Sacramento.csv and ames.csv (R package modeldata 1.1.0; see
ATTRIBUTION.md). Run it once with each of scikit-learn 1.2.2, 1.6.1 and 1.9.1: it writes 1.2/, 1.6/ or 1.9/ beside itself;
with a version between them, name the cases of its folder.
"""

import argparse
import os
import sys
from pathlib import Path

sys.dont_write_bytecode = True
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # fitted files record and depend on it
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import golden
import tables


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("names", nargs="*")
    chosen = options.parse_args()
    tables.FOLDER = chosen.data

    import cases  # noqa: F401

    out = HERE / ".".join(map(str, golden.VERSION))
    written, total, failed = 0, 0, []
    for one in golden.CASES:
        if not one.since <= golden.VERSION <= one.until or (chosen.names and one.name not in chosen.names):
            continue
        try:
            total += golden.write_case(out / one.name, one)
            written += 1
        except Exception as error:  # every case is tried; the run fails at its end
            failed.append(one.name)
            print(f"{one.name}: {type(error).__name__}: {str(error)[:300]}", file=sys.stderr)
    print(f"{out.name}: {written} cases, {total:,} bytes, failed: {failed or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
