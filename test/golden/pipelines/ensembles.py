"""Writes sklearn-<version>/ with whole pipelines that end in a calibrator, a stack or a vote: python ensembles.py with
scikit-learn 1.0.2 and 1.9.1. Every row of a table of models/ is asked; the files are as generate.py's all_<data>.json."""

import base64
import json
import os
import warnings
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
import joblib
import numpy as np
import pandas as pd
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import AdaBoostClassifier, BaggingClassifier, HistGradientBoostingClassifier, RandomForestClassifier, StackingClassifier, VotingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.simplefilter("ignore")
HERE = Path(__file__).resolve().parent
MODELS = HERE.parent.parent.parent / "models"
OUT = HERE / f"sklearn-{sklearn.__version__}"
TABLES = {"credit": ("credit_risk/data/credit_data.csv", "Status"), "churn": ("telco_churn/data/mlc_churn.csv", "churn")}


def prepared(X):
    texts = [name for name in X if X[name].dtype.kind not in "iufb"]
    numbers = [name for name in X if name not in texts]
    return ColumnTransformer(
        [
            ("num", make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), numbers),
            ("cat", make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")), texts),
        ],
        sparse_threshold=0,
    )


def store(name, data, make):
    path, target = TABLES[data]
    X = pd.read_csv(MODELS / path)
    y = X.pop(target).to_numpy(dtype=object)
    model = make(X).fit(X, y)
    labels, predicted, proba = np.unique(y), model.predict(X), model.predict_proba(X)[:, 1]
    pack = lambda values: base64.b64encode(np.asarray(values, "<f8").tobytes()).decode()  # noqa: E731
    OUT.mkdir(exist_ok=True)
    joblib.dump(model, OUT / f"all_{name}.joblib", compress=3)
    document = {
        "framework": "sklearn", "version": sklearn.__version__, "sklearn": sklearn.__version__, "table": path, "target": target,
        "file": f"all_{name}.joblib", "rowCount": len(X), "probability": pack(proba), "labels": labels.tolist(),
        "label": pack(np.searchsorted(labels.astype(str), predicted.astype(str))),
    }
    (OUT / f"all_{name}.json").write_text(json.dumps(document) + "\n")
    print(name, len(X), os.path.getsize(OUT / f"all_{name}.joblib"), (proba > 0.5).mean())


def forest(trees=6):
    return RandomForestClassifier(trees, max_depth=4, random_state=0)


hist = HistGradientBoostingClassifier(max_iter=8, max_leaf_nodes=8, random_state=0)
line = LogisticRegression(max_iter=1000)
store("calibrated_churn", "churn", lambda X: make_pipeline(prepared(X), CalibratedClassifierCV(hist, cv=2, method="isotonic")))
store("stack_credit", "credit", lambda X: make_pipeline(prepared(X), StackingClassifier(
    [("line", line), ("hist", hist), ("forest", forest()), ("boost", AdaBoostClassifier(n_estimators=8, random_state=0))], cv=2, passthrough=True)))
if sklearn.__version__.startswith("1.9"):
    store("vote_churn", "churn", lambda X: VotingClassifier(
        [("line", make_pipeline(prepared(X), line)), ("bag", make_pipeline(prepared(X), BaggingClassifier(line, 3, max_features=0.5, random_state=0)))],
        voting="soft", weights=[2, 1]))
    store("calibrated_credit", "credit", lambda X: make_pipeline(prepared(X), CalibratedClassifierCV(forest(), cv=3)))
