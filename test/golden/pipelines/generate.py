"""Writes boosters inside pickles and pipelines, with their own answers: python generate.py, once with each of XGBoost 1.5.2
(scikit-learn 1.2.2), XGBoost 1.7.6 (1.3.2), XGBoost 3.4.1 (1.9.1), LightGBM 3.3.5 (1.4.2) and LightGBM 4.6.0 (1.4.2) installed.

Each writes <framework>-<version>/ beside itself: the file of a case (.pkl, .joblib), and its rows and answers (<case>.json);
all_<data>.json has instead of rows the name of a table of models/, every row of which was asked, and answers as float64 in
base64.
"""

import base64
import json
import os
import pickle
import sys
import warnings
import zipfile
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
import joblib
import numpy as np
import pandas as pd
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

try:
    import skops.io
except ImportError:  # boosters in its files are asked with the newest versions only
    skops = None
try:
    import xgboost
    FRAMEWORK, VERSION = "xgboost", xgboost.__version__
except ImportError:
    import lightgbm
    FRAMEWORK, VERSION = "lightgbm", lightgbm.__version__

warnings.simplefilter("ignore")
HERE = Path(__file__).resolve().parent
MODELS = HERE.parent.parent.parent / "models"
OUT = HERE / f"{FRAMEWORK}-{VERSION}"
OUT.mkdir(exist_ok=True)
ROWS = 24
# Keeps the repository small: a larger one is stored compressed.
LARGEST_PLAIN_BYTES = 12_000
IS_XGBOOST = FRAMEWORK == "xgboost"

TABLES = {
    "credit": ("credit_risk/data/credit_data.csv", "Status"),
    "churn": ("telco_churn/data/mlc_churn.csv", "churn"),
    "homes": ("listings/sacramento.csv", "price"),
}


def table(name):
    path, target = TABLES[name]
    data = pd.read_csv(MODELS / path)
    y = data.pop(target)
    return data, y.to_numpy(dtype=object if y.dtype.kind not in "if" else float)


def plain(value):
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if value is None or (isinstance(value, float) and value != value) else value


def answers(model, rows):
    asked = {"predict": model.predict(rows)}
    if hasattr(model, "predict_proba"):
        asked["predict_proba"] = model.predict_proba(rows)
    return asked


def store(name, model, rows, format="pkl", asked=None):
    """`rows` as the model takes them; texts and numbers as they are."""
    dumped = pickle.dumps(model, protocol=4)
    if format == "skops":
        skops.io.dump(model, OUT / f"{name}.skops", compression=zipfile.ZIP_DEFLATED)
    elif format == "pkl" and len(dumped) <= LARGEST_PLAIN_BYTES:
        (OUT / f"{name}.pkl").write_bytes(dumped)
    else:
        format = "joblib"
        joblib.dump(model, OUT / f"{name}.joblib", compress=3)
    asked = asked or answers(model, rows)
    isTable = isinstance(rows, pd.DataFrame)
    written = rows.astype(object).where(rows.notna(), None).to_numpy().tolist() if isTable else rows.tolist()
    if isTable and len(rows.columns) > 0:
        written = [dict(zip(map(str, rows.columns), row)) for row in written]
    expected = {method: plain(values) for method, values in asked.items()}
    document = {
        "framework": FRAMEWORK, "version": VERSION, "sklearn": sklearn.__version__, "file": f"{name}.{format}",
        "rows": [{k: plain(v) for k, v in row.items()} if isinstance(row, dict) else plain(row) for row in written],
        "expected": expected,
    }
    (OUT / f"{name}.json").write_text(json.dumps(document) + "\n")
    print(name, os.path.getsize(OUT / f"{name}.{format}"), [plain(v)[:2] for v in asked.values()])


def store_all(name, model, data, X):
    joblib.dump(model, OUT / f"all_{name}.joblib", compress=3)
    asked = answers(model, X)
    proba = asked.get("predict_proba")
    pack = lambda values: base64.b64encode(np.asarray(values, "<f8").tobytes()).decode()  # noqa: E731
    document = {
        "framework": FRAMEWORK, "version": VERSION, "sklearn": sklearn.__version__, "table": TABLES[data][0],
        "target": TABLES[data][1], "file": f"all_{name}.joblib", "rowCount": len(X),
        **({"value": pack(asked["predict"])} if proba is None else {"probability": pack(proba[:, 1]), "labels": plain(np.unique(asked["predict"])), "label": pack(np.searchsorted(np.unique(asked["predict"]), asked["predict"]))}),
    }
    (OUT / f"all_{name}.json").write_text(json.dumps(document) + "\n")
    print(name, len(X), os.path.getsize(OUT / f"all_{name}.joblib"))


def classifier(**options):
    small = {"n_estimators": 12, "max_depth": 3, "learning_rate": 0.3}
    if IS_XGBOOST:
        return xgboost.XGBClassifier(**{**small, "n_jobs": 1, **options})
    return lightgbm.LGBMClassifier(**{**small, "n_jobs": 1, "verbose": -1, **options})


def regressor(**options):
    small = {"n_estimators": 12, "max_depth": 3, "learning_rate": 0.3}
    if IS_XGBOOST:
        return xgboost.XGBRegressor(**{**small, "n_jobs": 1, **options})
    return lightgbm.LGBMRegressor(**{**small, "n_jobs": 1, "verbose": -1, **options})


def kinds(X):
    texts = [name for name in X if X[name].dtype.kind not in "iufb"]
    return [name for name in X if name not in texts], texts


def prepared(X, sparse=False, indicator=False):
    """Without a scaler a sparse matrix has many zeros that XGBoost does not see."""
    numeric, texts = kinds(X)
    imputer = SimpleImputer(strategy="median", add_indicator=indicator)
    return ColumnTransformer(
        [
            ("num", imputer if sparse else make_pipeline(imputer, StandardScaler()), numeric),
            ("cat", make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")), texts),
        ],
        sparse_threshold=1.0 if sparse else 0.0,
    )


def labels(y):
    """XGBoost takes the numbers of classes only."""
    return (y == np.unique(y)[1]).astype(int) if IS_XGBOOST else y


def asked_rows(X, unknown=None):
    rows = X.sample(ROWS, random_state=3).reset_index(drop=True)
    numeric, _ = kinds(X)
    rows[numeric] = rows[numeric].astype(float)
    for i, name in enumerate(numeric):
        rows.loc[(i * 5) % ROWS, name] = np.nan
        rows.loc[(i * 7 + 1) % ROWS, name] = 0.0
    for name, value in (unknown or {}).items():
        rows[name] = rows[name].astype(object)
        rows.loc[2, name] = value
    return rows


def numbers(rows=400, columns=4, seed=0, zeros=0.0, missing=0.0):
    random = np.random.default_rng(seed)
    x = np.round(random.normal(size=(rows, columns)), 3)
    x[random.random(x.shape) < zeros] = 0.0
    x[random.random(x.shape) < missing] = np.nan
    z = np.nan_to_num(x)
    return x, z[:, 0] + z[:, 1] * z[:, 2] + 0.9 * (x[:, 0] == 0) + 0.7 * np.isnan(x[:, 1]) + 0.3 * random.normal(size=rows)


def strings(table):
    """pandas 3 has a text dtype of its own, which some versions of the packages do not take."""
    for name in table:
        if table[name].dtype.kind not in "iufb":
            table[name] = table[name].astype(object)
    return table


def pipelines():
    for data in ("credit", "churn"):
        X, y = table(data)
        X = strings(X)
        if data == "churn":
            X = X.drop(columns="state")
        model = make_pipeline(prepared(X), classifier(n_estimators=30, max_depth=4)).fit(X, labels(y))
        store_all(data, model, data, X)
    X, y = table("credit")
    X = strings(X)
    numeric, texts = kinds(X)
    for name in ("pipeline_sparse", "pipeline_dense"):
        model = make_pipeline(prepared(X, "sparse" in name, indicator=True), classifier()).fit(X, labels(y))
        store(name, model, asked_rows(X, {"Home": "castle"}), "joblib")
    zero = make_pipeline(prepared(X, True), classifier(**({"missing": 0.0} if IS_XGBOOST else {"zero_as_missing": True})))
    store("pipeline_zero_missing", zero.fit(X, labels(y)), asked_rows(X), "joblib")
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-1)
    ordinal = ColumnTransformer([("cat", encoder, texts), ("num", "passthrough", numeric)])
    model = make_pipeline(ordinal, classifier())
    fit = {} if IS_XGBOOST else {"lgbmclassifier__categorical_feature": list(range(len(texts)))}
    store("pipeline_ordinal", model.fit(X, labels(y), **fit), asked_rows(X, {"Job": "astronaut"}), "joblib")
    three = np.digitize(np.nan_to_num(X["Income"].to_numpy()), [90, 160])
    y3 = three if IS_XGBOOST else np.array(["low", "middle", "high"])[three]
    model = make_pipeline(prepared(X), classifier(n_estimators=6)).fit(X, y3)
    store("pipeline_three_classes", model, asked_rows(X))
    homes, price = table("homes")
    homes = strings(homes).drop(columns=[name for name in homes if name in ("zip", "id")])
    model = make_pipeline(prepared(homes, sparse=True, indicator=False), regressor()).fit(homes, price)
    store("pipeline_regressor", model, asked_rows(homes, {"city": "ATLANTIS"}))
    if skops is not None:
        model = make_pipeline(prepared(X), classifier(n_estimators=6)).fit(X, labels(y))
        store("pipeline_skops", model, asked_rows(X), "skops")
    if IS_XGBOOST:
        model = make_pipeline(prepared(homes), regressor(booster="gblinear", n_estimators=20)).fit(homes, price / 1e5)
        store("pipeline_linear", model, asked_rows(homes))


def wrappers():
    x, z = numbers(zeros=0.2, missing=0.1)
    y = (z > 0.4).astype(int)
    frame = pd.DataFrame(x, columns=["a", "b", "c", "d"])
    if IS_XGBOOST:
        early = classifier(n_estimators=80, early_stopping_rounds=2)
        early.fit(frame[:200], y[:200], eval_set=[(frame[200:], y[200:])], verbose=False)
        store("early", early, frame[:ROWS])
        store("missing_zero", classifier(missing=0.0).fit(x, y), x[:ROWS])
        store("missing_one", classifier(missing=1.0).fit(np.round(x), y), np.round(x[:ROWS]))
        store("forest", xgboost.XGBRFClassifier(n_estimators=8, max_depth=4, n_jobs=1).fit(x, y), x[:ROWS])
        store("forest_regressor", xgboost.XGBRFRegressor(n_estimators=8, max_depth=4, n_jobs=1).fit(x, z), x[:ROWS])
        store("dart", classifier(booster="dart", rate_drop=0.3, random_state=1).fit(x, y), x[:ROWS])
        store("linear_early", early_linear(x, z), x[:ROWS])
        multilabel = np.stack([y, (x[:, 3] > 0).astype(int)], axis=1)
        store("multilabel", classifier(n_estimators=4).fit(x, multilabel), x[:ROWS])
        ranker = xgboost.XGBRanker(n_estimators=8, max_depth=3, n_jobs=1, objective="rank:pairwise")
        ranker.fit(x, np.digitize(z, [-1, 0, 1]), group=[20] * 20)
        store("ranker", ranker, x[:ROWS])
        store("hinge", classifier(objective="binary:hinge").fit(x, y), x[:ROWS])
        poisson = regressor(objective="count:poisson").fit(x, np.round(np.exp(np.clip(z, -2, 3))))
        store("poisson", poisson, x[:ROWS])
        booster = early.get_booster()
        yes = booster.predict(xgboost.DMatrix(frame[:ROWS])).astype(float)
        store("booster", booster, frame[:ROWS], asked={"predict_proba": np.stack([1 - yes, yes], axis=1)})
        categories(y, x)
        return
    words = np.where(y == 1, "yes", "no")
    early = classifier(n_estimators=80)
    early.fit(frame[:200], words[:200], eval_set=[(frame[200:], words[200:])], callbacks=[lightgbm.early_stopping(2, verbose=False)])
    store("early", early, frame[:ROWS])
    store("booleans", classifier(n_estimators=4).fit(x, y == 1), x[:ROWS])
    three = np.array(["b", "c", "a"])[np.digitize(z, [-0.3, 0.7])]
    early = classifier(n_estimators=60, boosting_type="gbdt")
    early.fit(x[:200], three[:200], eval_set=[(x[200:], three[200:])], callbacks=[lightgbm.early_stopping(2, verbose=False)])
    store("early_three_classes", early, x[:ROWS], "joblib")
    store("ova", classifier(objective="multiclassova", n_estimators=5).fit(x, three), x[:ROWS])
    store("forest", classifier(boosting_type="rf", subsample=0.6, subsample_freq=1).fit(x, words), x[:ROWS])
    store("zero_missing", classifier(zero_as_missing=True).fit(x, words), x[:ROWS])
    store("tweedie", regressor(objective="tweedie").fit(x, np.exp(np.clip(z, -2, 3))), x[:ROWS])
    ranker = lightgbm.LGBMRanker(n_estimators=8, max_depth=3, n_jobs=1, verbose=-1)
    ranker.fit(x, np.digitize(z, [-1, 0, 1]), group=[20] * 20)
    store("ranker", ranker, x[:ROWS])
    booster = early.booster_
    store("booster", booster, x[:ROWS], asked={"predict_proba": booster.predict(x[:ROWS])})
    categories(words, x)


def early_linear(x, z):
    model = regressor(booster="gblinear", n_estimators=30, early_stopping_rounds=2)
    return model.fit(x[:200], z[:200], eval_set=[(x[200:], z[200:])], verbose=False)


def categories(y, x):
    """A table with columns of dtype category, one of texts and one of numbers."""
    random = np.random.default_rng(5)
    pets = np.array(["cat", "dog", "eel", "fox"])[random.integers(0, 4, len(x))]
    frame = pd.DataFrame({"size": x[:, 0], "pet": pd.Categorical(pets), "room": pd.Categorical(random.choice([3, 7, 11], len(x)))})
    z = x[:, 0] + (pets == "dog") * 1.5 - (frame["room"].to_numpy() == 7)
    target = np.where(np.nan_to_num(z) > 0.5, np.unique(y)[1], np.unique(y)[0])
    options = {"enable_categorical": True, "tree_method": "hist"} if IS_XGBOOST else {"min_child_samples": 5}
    model = classifier(**options).fit(frame, target)
    rows = frame[:ROWS].copy()
    rows.loc[[1, 5], "pet"] = np.nan
    if IS_XGBOOST and VERSION.startswith("1"):
        # This version keeps no names: a row has the codes.
        asked = answers(model, rows)
        written = rows.assign(pet=rows["pet"].cat.codes.replace(-1, np.nan), room=rows["room"].cat.codes)
        return store("categories", model, written, asked=asked)
    store("categories", model, rows)


def calibrated():
    """No wrapper has a decision_function: probabilities are what is calibrated."""
    x, z = numbers(missing=0.1)
    two = CalibratedClassifierCV(classifier(n_estimators=4), method="sigmoid", cv=2)
    store("calibrated", two.fit(x, labels(np.where(z > 0.4, "yes", "no"))), x[:ROWS], "joblib")
    three = CalibratedClassifierCV(classifier(n_estimators=3), method="isotonic", cv=2, ensemble=False)
    store("calibrated_three_classes", three.fit(x, np.digitize(z, [-0.3, 0.7])), x[:ROWS], "joblib")


def old_wrappers():
    """XGBoost until 1.5 took labels of any type, and wrote its boosters in pickles as JSON."""
    x, z = numbers(missing=0.1)
    words = np.where(z > 0.4, "yes", "no")
    early = classifier(n_estimators=80)
    early.fit(x[:200], words[:200], early_stopping_rounds=2, eval_set=[(x[200:], words[200:])], verbose=False)
    store("early_words", early, x[:ROWS])
    three = np.array(["b", "c", "a"])[np.digitize(z, [-0.3, 0.7])]
    store("three_words", classifier(n_estimators=4).fit(x, three), x[:ROWS])
    store("forest_regressor", xgboost.XGBRFRegressor(n_estimators=8, max_depth=4, n_jobs=1).fit(x, z), x[:ROWS])
    X, y = table("credit")
    X = strings(X)
    store("pipeline_sparse", make_pipeline(prepared(X, True), classifier()).fit(X, y), asked_rows(X, {"Home": "castle"}))


if __name__ == "__main__":
    for old in OUT.iterdir():
        old.unlink()
    if IS_XGBOOST and VERSION.startswith("1.5"):
        old_wrappers()
        sys.exit()
    pipelines()
    wrappers()
    calibrated()
