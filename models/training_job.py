"""Runs a training job: job.json in; model.joblib, folds.json and golden.json out, progress as JSON lines on stdout.

A model's train.py has a function `build(parameters, features, seed)` that returns an unfitted estimator or Pipeline for
a float64 matrix with the columns `features`, and ends with:

    from training_job import run  # models/ is on the path where `tfjs-serving train` starts it
    run(build)

`python train.py job.json` is then what `tfjs-serving train` calls. job.json:

    data        path of a CSV with a header row; empty cells are missing (NaN)
    features    names of the columns of the matrix, in order
    target      name of the column with 0 or 1
    train       numbers of the data rows to fit on, the first row after the header being 0
    folds       for each fold, the positions in `train` that it is validated on
    heldOut     numbers of the rows that nothing is fitted on
    parameters  what `build` gets
    seed        what `build` gets, and what NumPy's global generator starts with
    out         folder to write to
    goldenRows  how many of `heldOut` golden.json has, from the first on (default 256)

Written to `out`:

    model.joblib  the model fitted on all of `train`, uncompressed, with `feature_names_in_`
    folds.json    {"answers": [...]}: for each row of `train` the output of a model that was not fitted on it: the
                  probability of class 1 of a classifier, the value of a regressor
    golden.json   {"rows": [[...]], "expected": {"predict": [...], "predict_proba": [...]}}: the model's own answers
    framework.json  {"framework": "scikit-learn 1.9.1"}
"""

import csv
import json
import math
import os
import random
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import joblib
import numpy as np
import sklearn
from sklearn.base import is_classifier


def run(build, arguments=None):
    """Does the job that the command line names."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if len(arguments) != 1:
        sys.exit(f"usage: python {Path(sys.argv[0]).name} job.json")
    job = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    features, out, seed = job["features"], Path(job["out"]), job["seed"]
    matrix, target = read_table(Path(job["data"]), features, job["target"])
    train = np.asarray(job["train"], dtype=np.int64)
    X, y = matrix[train], target[train]
    folds = [np.asarray(fold, dtype=np.int64) for fold in job["folds"]]
    total = len(folds) + 2

    answers = np.full(len(train), np.nan)
    for number, fold in enumerate(folds):
        report(number, total, f"fold {number + 1} of {len(folds)}")
        rest = np.setdiff1d(np.arange(len(train)), fold)
        answers[fold] = output_of(fitted(build, job, X[rest], y[rest], seed), X[fold])
    report(len(folds), total, f"fitting on {len(train)} rows")
    model = fitted(build, job, X, y, seed)
    report(len(folds) + 1, total, "answers on held-out rows")
    golden = matrix[np.asarray(job["heldOut"][: job.get("goldenRows", 256)], dtype=np.int64)]
    expected = {"predict": model.predict(golden).tolist()}
    if is_classifier(model):
        expected["predict_proba"] = model.predict_proba(golden).tolist()

    out.mkdir(parents=True, exist_ok=True)
    name_features(model, features)
    joblib.dump(model, out / "model.joblib")
    write_json(out / "folds.json", {"answers": plain(answers)})
    write_json(out / "golden.json", {"rows": [plain(row) for row in golden], "expected": expected})
    write_json(out / "framework.json", {"framework": f"scikit-learn {sklearn.__version__}"})
    report(total, total, "done")


def fitted(build, job, X, y, seed):
    random.seed(seed)
    np.random.seed(seed)
    model = build(job["parameters"], job["features"], seed)
    # a classifier's classes are the integers 0 and 1; a regressor fits the same numbers
    return model.fit(X, y.astype(np.int64) if is_classifier(model) else y)


def output_of(model, X):
    """Probability of class 1, or the value: what decisions are made on."""
    if not is_classifier(model):
        return model.predict(X)
    return model.predict_proba(X)[:, list(model.classes_).index(1)]


def read_table(path, features, target):
    """The feature matrix [rows, features] and the target [rows] of a CSV."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        header = next(reader)
        columns = [header.index(name) for name in [*features, target]]
        table = [[number(row[column]) for column in columns] for row in reader if row]
    values = np.asarray(table, dtype=np.float64)
    return np.ascontiguousarray(values[:, :-1]), values[:, -1]


def number(cell):
    return float(cell) if cell.strip() else math.nan


def name_features(model, features):
    """What scikit-learn keeps of a data frame's columns, without a data frame: the first step that saw the matrix has it."""
    first = model
    while hasattr(first, "steps"):
        first = next(step for _, step in first.steps if step not in (None, "passthrough"))
    first.feature_names_in_ = np.asarray(features, dtype=object)


def plain(values):
    """Numbers as JSON has them; NaN as null."""
    return [None if math.isnan(value) else value for value in values.tolist()]


def write_json(path, value):
    path.write_text(json.dumps(value, separators=(",", ":"), allow_nan=False) + "\n", encoding="utf-8")


def report(done, total, message):
    print(json.dumps({"done": done, "total": total, "message": message}), flush=True)


if __name__ == "__main__":
    sys.exit(f"{os.path.basename(__file__)} is imported by a model's train.py, not run")
