"""Writes the doubles below, at and above every numeric split of whole pipelines, with scikit-learn's own answers.

python splits.py --data FOLDER [case …], once with each of scikit-learn 1.2.2, 1.6.1 and 1.9.1, as generate.py; with 1.9.1 also
for models/telco_churn. Each case is splits/<version>-<case>/ with model.joblib, splits.json and case.json.

A flip point is the largest double of the raw feature that goes left, through imputer, scaler and cast. splits.json has
`features` (names, or null for arrays), `base` (real rows, as arrays), `cases` ([index into base, feature index, value], three
for each split: the double below the flip point, the flip point, the double above) and `expected` (an answer for each case). The
base row of a split is a real row that reaches it.
"""

import argparse
import json
import os
import sys
import warnings
from pathlib import Path

sys.dont_write_bytecode = True
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # fitted files record and depend on it
HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
sys.path.insert(0, str(HERE))

import joblib
import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    ExtraTreesClassifier, GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, RobustScaler, StandardScaler
from sklearn.tree import DecisionTreeClassifier

import golden
import tables as t

LIMIT = 1e30  # beyond every threshold here, and still finite after scaling and in float32


def order_of(values):
    """Doubles as int64 in the same order, so that halving the integers halves the doubles between."""
    bits = np.asarray(values, dtype=np.float64).view(np.int64)
    return np.where(bits < 0, np.int64(-(2**63)) - bits, bits)


def double_of(order):
    order = np.asarray(order, dtype=np.int64)
    return np.where(order < 0, np.int64(-(2**63)) - order, order).view(np.float64)


def with_values(row, feature, values):
    """The row once for each value, in the shape that the pipeline was fitted on."""
    if isinstance(row, pd.DataFrame):
        rows = pd.concat([row] * len(values), ignore_index=True)
        rows[row.columns[feature]] = np.asarray(values, dtype=float)
        return rows
    rows = np.repeat(row, len(values), axis=0).astype(float)
    rows[:, feature] = values
    return rows


def prepared(model, rows):
    before = model[:-1].transform(rows) if len(model) > 1 else np.asarray(rows, dtype=float)
    return before.toarray() if hasattr(before, "toarray") else np.asarray(before)


def flip_points(model, row, feature, column, thresholds, is_float32):
    """Largest double of `feature` whose prepared `column` goes left, for each threshold; all bisected together."""
    thresholds = np.asarray(thresholds, dtype=float)

    def goes_left(values):
        seen = prepared(model, with_values(row, feature, values))[:, column]
        return (seen.astype(np.float32) if is_float32 else seen) <= thresholds

    low, high = order_of(np.full(len(thresholds), -LIMIT)), order_of(np.full(len(thresholds), LIMIT))
    assert goes_left(double_of(low)).all() and not goes_left(double_of(high)).any()
    while (high > low + 1).any():
        middle = low // 2 + high // 2 + (low % 2 + high % 2) // 2
        left = goes_left(double_of(middle))
        low, high = np.where(left, middle, low), np.where(left, high, middle)
    return double_of(low)


def plain_trees(model):
    """(feature, threshold, left, right, missing goes left) arrays of every tree, leaves having feature -1."""
    last = model[-1]
    if hasattr(last, "_predictors"):
        for stage in last._predictors:
            for predictor in stage:
                n = predictor.nodes
                feature = np.where(n["is_leaf"] == 1, -1, n["feature_idx"].astype(int))
                yield feature, n["num_threshold"], n["left"].astype(int), n["right"].astype(int), n["missing_go_to_left"] == 1
        return
    trees = [last] if hasattr(last, "tree_") else np.asarray(last.estimators_, dtype=object).ravel()
    for tree in trees:
        n = tree.tree_
        yield n.feature, n.threshold, n.children_left, n.children_right, np.zeros(n.node_count, dtype=bool)


def splits_with_rows(model, X, is_float32):
    """(column, threshold, index of a row that reaches the node) of every split."""
    table = prepared(model, X)
    table = table.astype(np.float32) if is_float32 else table
    for feature, threshold, left, right, missing_left in plain_trees(model):
        stack = [(0, np.arange(len(table)))]
        while stack:
            node, rows = stack.pop()
            if feature[node] < 0:
                continue
            seen = table[rows, feature[node]]
            goes_left = np.where(np.isnan(seen), missing_left[node], seen <= threshold[node])
            if len(rows) and np.isfinite(threshold[node]):
                finite = rows[~np.isnan(seen)]
                yield int(feature[node]), float(threshold[node]), int((finite if len(finite) else rows)[0])
            stack += [(right[node], rows[~goes_left]), (left[node], rows[goes_left])]


def neighbours(model, X, numeric_count):
    """The document of splits.json: prepared column i comes from raw feature `features[i]`, for the numeric ones."""
    is_frame = isinstance(X, pd.DataFrame)
    names = list(X.columns) if is_frame else None
    features = numeric_features(model, X, numeric_count)
    is_float32 = not hasattr(model[-1], "_predictors")
    splits = [s for s in splits_with_rows(model, X, is_float32) if s[0] < numeric_count]
    flips = {}
    first = X.iloc[[0]] if is_frame else X[:1]
    for column in sorted({s[0] for s in splits}):
        thresholds = sorted({s[1] for s in splits if s[0] == column})
        found = flip_points(model, first, features[column], column, thresholds, is_float32)
        flips.update({(column, threshold): flip for threshold, flip in zip(thresholds, found)})

    base, cases, seen = {}, [], set()
    for column, threshold, row in splits:
        flip = flips[column, threshold]
        if (column, flip, row) in seen:
            continue
        seen.add((column, flip, row))
        index = base.setdefault(row, len(base))
        cases += [[index, features[column], float(v)] for v in (np.nextafter(flip, -np.inf), flip, np.nextafter(flip, np.inf))]

    chosen = X.iloc[list(base)] if is_frame else X[list(base)]
    asked = chosen.iloc[[c[0] for c in cases]].reset_index(drop=True) if is_frame else chosen[[c[0] for c in cases]].copy()
    for feature in sorted({c[1] for c in cases}):
        which = np.array([c[1] == feature for c in cases])
        values = np.array([c[2] for c in cases])
        if is_frame:
            asked[names[feature]] = np.where(which, values, asked[names[feature]].to_numpy(dtype=float))
        else:
            asked[which, feature] = values[which]
    expected = golden.answers_of(model, asked)
    if "predict_proba" in expected:
        expected.pop("predict")
    document = {"features": names, "base": golden.plain(chosen.to_numpy(dtype=object) if is_frame else chosen), "cases": cases, "expected": expected}
    return document, len(splits), len(set(flips.items()))


def numeric_features(model, X, numeric_count):
    """Raw index of each numeric prepared column: the ColumnTransformer's first part, or the array's own order."""
    if isinstance(X, pd.DataFrame) and isinstance(model[0], ColumnTransformer):
        return [X.columns.get_loc(name) for name in model[0].transformers_[0][2]]
    return list(range(numeric_count))


def write(folder, model, X, numeric_count, note, model_path=None):
    document, split_count, flip_count = neighbours(model, X, numeric_count)
    folder.mkdir(parents=True, exist_ok=True)
    one = lambda value: json.dumps(value, separators=(",", ":"), allow_nan=False)  # noqa: E731
    lines = [f'"features":{one(document["features"])}']
    for key in ("base", "cases"):
        lines.append(f'"{key}":[\n' + ",\n".join(one(item) for item in document[key]) + "\n]")
    lines.append('"expected":{\n' + ",\n".join(f"{one(k)}:{one(v)}" for k, v in document["expected"].items()) + "\n}")
    (folder / "splits.json").write_text("{" + ",\n".join(lines) + "}\n")
    if model_path is None:
        joblib.dump(model, folder / "model.joblib", compress=3)
        about = {
            "estimator": type(model[-1]).__name__, "sklearn": sklearn.__version__, "file": "model.joblib", "splits": split_count,
            "flipPoints": flip_count, "cases": len(document["cases"]), "note": note,
        }
        (folder / "case.json").write_text(json.dumps(about, indent=1) + "\n")
    print(f"{folder.name}: {split_count} numeric splits, {flip_count} flip points, {len(document['cases'])} cases, "
          f"{(folder / 'splits.json').stat().st_size:,} bytes")


def churn_boosting():
    X, y = t.churn(1200)
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    columns = ColumnTransformer([("numeric", numbers, t.CHURN_NUMERIC), ("text", OneHotEncoder(handle_unknown="ignore"), t.CHURN_TEXT)])
    model = make_pipeline(columns, GradientBoostingClassifier(n_estimators=25, random_state=0))
    return model.fit(X, y), X, len(t.CHURN_NUMERIC), "imputer and StandardScaler, one-hot text, a frame"


def credit_forest():
    X, y = t.credit_numbers(800)
    model = make_pipeline(SimpleImputer(strategy="median"), RobustScaler(), RandomForestClassifier(12, max_depth=6, random_state=0))
    return model.fit(X, y), X, X.shape[1], "median and RobustScaler, an array"


def credit_histogram():
    X, y = t.credit_numbers(1200)
    model = make_pipeline(StandardScaler(), HistGradientBoostingClassifier(max_iter=15, max_leaf_nodes=10, random_state=0))
    return model.fit(X, y), X, X.shape[1], "StandardScaler, missing values go through; compared as float64"


def churn_histogram():
    X, y = t.churn_numbers(1200)
    model = make_pipeline(SimpleImputer(), MinMaxScaler(), HistGradientBoostingClassifier(max_iter=12, max_leaf_nodes=8, random_state=0))
    return model.fit(X, y), X, X.shape[1], "imputer and MinMaxScaler; compared as float64"


def churn_tree():
    X, y = t.churn_numbers(700)
    model = make_pipeline(SimpleImputer(), MinMaxScaler(feature_range=(-1, 1), clip=True), DecisionTreeClassifier(random_state=0))
    return model.fit(X, y), X, X.shape[1], "imputer and MinMaxScaler with clip; to pure leaves"


def churn_extra_trees():
    X, y = t.churn_numbers(500)
    model = make_pipeline(SimpleImputer(), StandardScaler(), ExtraTreesClassifier(4, max_depth=6, random_state=0))
    return model.fit(X, y), X, X.shape[1], "random thresholds"


def churn_bare_boosting():
    X, y = t.churn_numbers(900)
    model = make_pipeline(GradientBoostingClassifier(n_estimators=15, random_state=0))
    return model.fit(X, y), X, X.shape[1], "no scaler: only the cast to float32 lies between"


def homes_forest_regressor():
    X, y = t.homes_numbers()
    model = make_pipeline(StandardScaler(), RandomForestRegressor(6, max_depth=5, random_state=0))
    return model.fit(X, y), X, X.shape[1], "regression; coordinates with six decimals"


def timestamps_boosting():
    rng = np.random.default_rng(0)
    X = np.column_stack([1.7e12 + rng.integers(0, 10**9, 500) * 1.0, 2.0**31 + np.arange(500), np.round(rng.normal(size=500), 2)])
    y = np.where(np.sin(X[:, 0] / 1e8) + X[:, 2] + (X[:, 1] - 2.0**31) / 500 > 0.4, "late", "early").astype(object)
    model = make_pipeline(StandardScaler(), GradientBoostingClassifier(n_estimators=12, random_state=0))
    return model.fit(X, y), X, X.shape[1], "milliseconds and ids above 2^24, beyond float32"


CASES = {
    "churn_gradient_boosting": ("1.2 1.6 1.9", churn_boosting),
    "credit_random_forest": ("1.9", credit_forest),
    "credit_hist_gradient_boosting": ("1.9", credit_histogram),
    "churn_hist_gradient_boosting": ("1.2 1.6 1.9", churn_histogram),
    "churn_decision_tree": ("1.9", churn_tree),
    "churn_extra_trees": ("1.9", churn_extra_trees),
    "churn_bare_gradient_boosting": ("1.9", churn_bare_boosting),
    "sacramento_random_forest": ("1.9", homes_forest_regressor),
    "timestamps_gradient_boosting": ("1.9", timestamps_boosting),
}


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("names", nargs="*")
    chosen = options.parse_args()
    t.FOLDER = chosen.data
    version = ".".join(map(str, golden.VERSION))
    warnings.simplefilter("ignore")
    for name, (versions, make) in CASES.items():
        if version in versions.split() and (not chosen.names or name in chosen.names):
            model, X, numeric_count, note = make()
            write(HERE / "splits" / f"{version}-{name}", model, X, numeric_count, note)
    if version == "1.9" and (not chosen.names or "telco_churn" in chosen.names):
        model = joblib.load(ROOT / "models" / "telco_churn" / "model.joblib")
        X = pd.read_csv(ROOT / "models" / "telco_churn" / "data" / "mlc_churn.csv").drop(columns="churn")
        count = len(model[0].transformers_[0][2])
        write(ROOT / "test" / "golden" / "telco_churn", model, X, count, "", model_path="models/telco_churn/model.joblib")


if __name__ == "__main__":
    main()
