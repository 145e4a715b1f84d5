"""A fitted model and rows in; a folder with the model's file, scikit-learn's answers and a description out."""

from __future__ import annotations

import io
import json
import pickle
import shutil
import warnings
import zlib
from dataclasses import dataclass

import joblib
import numpy as np
import pandas as pd
import sklearn
from sklearn.base import BaseEstimator

VERSION = tuple(int(part) for part in sklearn.__version__.split(".")[:2])
FORMATS = ["joblib", "joblib-zlib", "pickle2", "pickle3", "pickle4", "pickle5"]
# Keeps the repository small: a larger model that names no format is stored compressed.
LARGEST_PLAIN_BYTES = 20_000
CASES = []


@dataclass
class Case:
    name: str
    make: object
    since: tuple
    until: tuple
    format: str | None
    note: str


def case(since="1.2", until="1.9", format=None, note="", name=None):
    """Registers a function that returns (fitted model, rows); `since` and `until` are scikit-learn versions, both included."""
    split = lambda version: tuple(int(part) for part in version.split("."))  # noqa: E731

    def register(make):
        label = name or make.__name__
        CASES.append(Case(label, make, split(since), split(until), format, note))
        return make

    return register


def dump(model, format):
    """(file name, bytes) of the model."""
    if format.startswith("pickle"):
        return "model.pkl", pickle.dumps(model, protocol=int(format[6:]))
    compress = {"joblib": 0, "joblib-zlib": 3, "joblib-gzip": ("gzip", 3), "joblib-xz": ("xz", 6)}[format]
    buffer = io.BytesIO()
    joblib.dump(model, buffer, compress=compress)
    return "model.joblib", buffer.getvalue()


def stored(model, one):
    """(format, file name, bytes): the format that the case names, else one picked by its name."""
    format = one.format or FORMATS[zlib.crc32(one.name.encode()) % len(FORMATS)]
    name, data = dump(model, format)
    if one.format is None and len(data) > LARGEST_PLAIN_BYTES:
        format = "joblib-zlib"
        name, data = dump(model, format)
    return format, name, data


def plain(value):
    """A JSON value: arrays as lists, numpy scalars unwrapped, missing as null, doubles to full precision by `repr`."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    return value


def rows_of(rows):
    if isinstance(rows, pd.DataFrame):
        columns = [rows[name].tolist() for name in rows.columns]
        return [{str(k): plain(v) for k, v in zip(rows.columns, values)} for values in zip(*columns)]
    if isinstance(rows[0], str):  # a text is the value of the one feature
        return [{"text": row} for row in rows]
    return plain(rows)


def row_first(answer):
    """scikit-learn gives one array a target where there are several; golden files have one entry a row."""
    if isinstance(answer, list):
        return [[plain(target[row]) for target in answer] for row in range(len(answer[0]))]
    if hasattr(answer, "toarray"):
        answer = answer.toarray()
    return plain(np.asarray(answer))


def answers_of(model, rows):
    expected = {}
    for method in ("predict", "predict_proba", "decision_function", "transform"):
        # Some predictors transform too; what they predict is what converts.
        if hasattr(model, method) and not (method == "transform" and "predict" in expected):
            expected[method] = row_first(getattr(model, method)(rows))
    return expected


def estimators_in(value, found=None, seen=None):
    """Names of the estimator classes anywhere inside a fitted model."""
    found, seen = (set() if found is None else found), (set() if seen is None else seen)
    if id(value) in seen:
        return found
    seen.add(id(value))
    if isinstance(value, BaseEstimator):
        found.add(type(value).__name__)
        value = vars(value)
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, np.ndarray) and value.dtype == object:
        value = value.ravel().tolist()
    if isinstance(value, (list, tuple)):
        for item in value:
            estimators_in(item, found, seen)
    return found


def kind_of(expected):
    if "predict_proba" in expected:
        return "classifier"
    return "regressor" if "predict" in expected else "transformer"


def ties_in(expected):
    """Rows whose two best probabilities differ by less than 1e-6: float32 or another order of adding may pick the other label."""
    found = []
    for index, row in enumerate(expected.get("predict_proba", [])):
        if isinstance(row[0], list):
            targets = row
        elif isinstance(expected["predict"][index], list):  # independent yes/no targets
            targets = [[1 - p, p] for p in row]
        else:
            targets = [row]
        tops = [sorted(target)[-2:] for target in targets if len(target) > 1]
        if any(top[1] - top[0] < 1e-6 for top in tops):
            found.append(index)
    return found


def write_lines(path, document):
    """JSON with one row a line, so that a changed row is a changed line."""
    one = lambda value: json.dumps(value, separators=(",", ":"), allow_nan=False)  # noqa: E731
    rows = ",\n".join(one(row) for row in document["rows"])
    expected = ",\n".join(f"{json.dumps(k)}:{one(v)}" for k, v in document["expected"].items())
    path.write_text('{"rows":[\n' + rows + '\n],"expected":{\n' + expected + "\n}}\n")


def write_case(folder, one):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model, rows = one.make()
        expected = answers_of(model, rows)
        format, name, data = stored(model, one)
        again = answers_of(joblib.load(io.BytesIO(data)) if format.startswith("joblib") else pickle.loads(data), rows)
    assert json.dumps(again) == json.dumps(expected), "the stored file answers otherwise than the model"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / name).write_bytes(data)
    write_lines(folder / "golden.json", {"rows": rows_of(rows), "expected": expected})
    about = {
        "name": one.name, "estimator": type(model).__name__, "estimators": sorted(estimators_in(model)),
        "sklearn": sklearn.__version__, "kind": kind_of(expected), "file": name, "format": format,
        "rows": "object" if isinstance(rows, pd.DataFrame) or isinstance(rows[0], (str, dict)) else "array", "outputs": list(expected), "note": one.note,
    }
    if ties_in(expected):
        about["ties"] = ties_in(expected)
    (folder / "case.json").write_text(json.dumps(about, indent=1) + "\n")
    return sum(path.stat().st_size for path in folder.iterdir())
