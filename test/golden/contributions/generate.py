"""Writes what the installed LightGBM or XGBoost says of its own golden models by pred_contrib: python generate.py.

Reads ../lightgbm/<version> or ../xgboost/<version>, writes <library>-<version>.json: rows and, by output, the contributions
of the features with the base last.
"""
import json
from pathlib import Path

import numpy as np

GOLDEN = Path(__file__).resolve().parent.parent
TEXTS = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf, None: np.nan}


def matrix(rows):
    return np.array([[TEXTS.get(v, v) if v is None or isinstance(v, str) else v for v in row] for row in rows], float)


def lightgbm_cases():
    import lightgbm

    version = ".".join(lightgbm.__version__.split(".")[:2])
    for name in ["missing_zero", "missing_none", "categories_codes", "objective_multiclass", "dart_binary", "objective_poisson"]:
        rows = json.loads((GOLDEN / f"lightgbm/{version}/{name}.json").read_text())["rows"][:5]
        booster = lightgbm.Booster(model_file=str(GOLDEN / f"lightgbm/{version}/{name}.txt"))
        yield f"lightgbm/{version}/{name}.txt", rows, booster.predict(matrix(rows), pred_contrib=True)


def xgboost_cases():
    import xgboost

    version = xgboost.__version__
    for name in ["logistic", "softmax", "dart", "targets", "forest-regressor", "absolute-error", "aft"]:
        golden = json.loads((GOLDEN / f"xgboost/{version}/{name}.golden.json").read_text())
        booster = xgboost.Booster(model_file=str(GOLDEN / f"xgboost/{version}/{golden['file']}"))
        given = xgboost.DMatrix(matrix(golden["rows"][:5]), feature_names=booster.feature_names)
        yield f"xgboost/{version}/{golden['file']}", golden["rows"][:5], booster.predict(given, pred_contribs=True)


def main():
    for library, cases in [("lightgbm", lightgbm_cases), ("xgboost", xgboost_cases)]:
        try:
            found = list(cases())
        except ImportError:
            continue
        version = found[0][0].split("/")[1]
        entries = [
            {"file": file, "rows": rows, "contributions": np.asarray(values, float).reshape(len(rows), -1, len(rows[0]) + 1).tolist()}
            for file, rows, values in found
        ]
        (Path(__file__).parent / f"{library}-{version}.json").write_text(json.dumps(entries, separators=(",", ":")) + "\n")


main()
