"""Trains the models of the benches: a data set in; each as .joblib and ONNX, with 4,096 rows and scikit-learn's answers, out.

python bench/models/train.py --out bench/.cache/models [--data file.csv --target column] [--only name ...]
Without --data the rows are scikit-learn's make_classification. Seeds are fixed; inputs are doubles that float32 holds exactly.
"""

import argparse
import json
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True

import joblib
import numpy as np
import pandas as pd
import sklearn
from skl2onnx import __version__ as skl2onnx_version
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.datasets import make_classification
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

ROOT = Path(__file__).resolve().parent.parent.parent
ROWS, TRAIN_ROWS, SEED = 4096, 8000, 7
OPSET = {"": 17, "ai.onnx.ml": 3}
GROWTH = [125, 250, 500]
# credit_risk is not here: skl2onnx 1.20 refuses an imputer that adds indicators before a scaler.
PIPELINES = {"telco_churn": ("mlc_churn.csv", "churn")}


def gbm(trees, depth):
    # Half of the rows a tree: noise that keeps late trees as deep as they may be.
    return GradientBoostingClassifier(n_estimators=trees, max_depth=depth, subsample=0.5, random_state=SEED)


MODELS = {
    "logreg20": ("binary20", lambda: LogisticRegression(max_iter=500)),
    "mlp20": ("binary20", lambda: MLPClassifier((64, 32), max_iter=15, random_state=SEED)),
    "mlp100x512": ("tenfold100", lambda: MLPClassifier((512, 512), max_iter=6, random_state=SEED)),
    "gbm100x3": ("binary20", lambda: gbm(100, 3)),
    "gbm500x6": ("binary20", lambda: gbm(500, 6)),
    "forest200x12": ("binary20", lambda: RandomForestClassifier(200, max_depth=12, random_state=SEED)),
    "hist1000x31": ("binary20", lambda: HistGradientBoostingClassifier(
        max_iter=1000, max_leaf_nodes=31, learning_rate=0.02, early_stopping=False, random_state=SEED)),
}


def synthetic(name):
    features, classes = (20, 2) if name == "binary20" else (100, 10)
    X, y = make_classification(
        TRAIN_ROWS + ROWS, features, n_informative=features * 3 // 5, n_redundant=features // 5, n_classes=classes,
        n_clusters_per_class=2, flip_y=0.05, random_state=SEED,
    )
    return X, y


def from_csv(path, target):
    """The numeric columns, then one-hot columns of the others, the first 20 of them; rows are repeated where they are few."""
    table = pd.read_csv(path).dropna()
    y = pd.factorize(table.pop(target), sort=True)[0]
    numeric = table.select_dtypes("number")
    encoded = pd.get_dummies(table.drop(columns=numeric.columns), drop_first=True)
    X = pd.concat([numeric, encoded], axis=1).to_numpy(float)[:, :20]
    if X.shape[1] < 20 or len(np.unique(y)) != 2:
        raise SystemExit(f"{path}: expected 20 columns and 2 classes, got {X.shape[1]} and {len(np.unique(y))}")
    index = np.random.default_rng(SEED).permutation(np.resize(np.arange(len(X)), max(len(X), 2 * ROWS)))
    return X[index], y[index]


def write(folder, onnx, facts):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(onnx.SerializeToString())
    versions = {"scikitLearn": sklearn.__version__, "skl2onnx": skl2onnx_version, "numpy": np.__version__}
    (folder / "facts.json").write_text(json.dumps({**facts, **versions}, indent=1))


def write_trained(folder, model, rows, accuracy):
    onnx = to_onnx(model, rows[:1].astype(np.float32), options={id(model): {"zipmap": False}}, target_opset=OPSET)
    answers = model.predict_proba(rows)
    facts = {"features": rows.shape[1], "classes": answers.shape[1], "rows": len(rows), "accuracy": accuracy}
    write(folder, onnx, {"name": folder.name, **facts})
    joblib.dump(model, folder / "model.joblib")
    rows.astype("<f8").tofile(folder / "rows.f64")
    answers.astype("<f8").tofile(folder / "answers.f64")


def train(name, data, out):
    source, make = MODELS[name]
    X, y = data[source]
    X = X.astype(np.float32).astype(float)
    model = make().fit(X[:-ROWS], y[:-ROWS])
    write_trained(out / name, model, X[-ROWS:], model.score(X[-ROWS:], y[-ROWS:]))
    if name.startswith("mlp"):
        # What the widths of quantized activations are taken from: rows that the model was trained on.
        (out / name / "calibration.json").write_text(json.dumps({"rows": X[:256].tolist()}))
    if name != "hist1000x31":
        return
    # The same model cut short, for the growth of cost with the number of trees.
    predictors = model._predictors
    for trees in GROWTH:
        model._predictors = predictors[:trees]
        write_trained(out / f"hist{trees}x31", model, X[-ROWS:], model.score(X[-ROWS:], y[-ROWS:]))


def export_pipeline(name, out):
    """A model of models/ through skl2onnx, one named input a column; rows and answers lie beside the model already."""
    table, target = PIPELINES[name]
    folder = ROOT / "models" / name
    model = joblib.load(folder / "model.joblib")
    X = pd.read_csv(folder / "data" / table).drop(columns=target)
    inputs = [
        (column, (FloatTensorType if pd.api.types.is_numeric_dtype(X[column]) else StringTensorType)([None, 1]))
        for column in X.columns
    ]
    onnx = to_onnx(model, initial_types=inputs, options={id(model): {"zipmap": False}}, target_opset=OPSET)
    write(out / name, onnx, {"name": name, "features": X.shape[1]})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--target")
    parser.add_argument("--only", nargs="*", default=[*MODELS, *PIPELINES])
    options = parser.parse_args()
    binary = from_csv(options.data, options.target) if options.data else synthetic("binary20")
    data = {"binary20": binary, "tenfold100": synthetic("tenfold100")}
    for name in options.only:
        started = time.perf_counter()
        export_pipeline(name, options.out) if name in PIPELINES else train(name, data, options.out)
        print(f"{name}: {time.perf_counter() - started:.1f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
