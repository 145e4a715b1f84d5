"""Writes fitted models that the converter must refuse by name: python unsupported.py, once, with scikit-learn 1.9.1."""

import json
import pickle
import sys
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent

import numpy as np
import sklearn
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import load_iris
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, PowerTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeRegressor

X, y = load_iris(return_X_y=True)
X, y = X[::5], y[::5]

MODELS = {
    "svc": SVC().fit(X, y),
    "k_neighbors": make_pipeline(StandardScaler(), KNeighborsClassifier()).fit(X, y),
    "k_means": KMeans(2, n_init=1, random_state=0).fit(X),
    "power_transformer": ColumnTransformer([("p", PowerTransformer(), [0, 1])], remainder="passthrough").fit(X),
    "function_transformer": make_pipeline(FunctionTransformer(np.log1p), LogisticRegression(max_iter=500)).fit(X, y),
    "transformed_target": TransformedTargetRegressor(LinearRegression(), func=np.log1p, inverse_func=np.expm1).fit(X, y),
    "boosting_odd_init": GradientBoostingRegressor(n_estimators=2, init=TransformedTargetRegressor(DecisionTreeRegressor())).fit(X, y),
    "unfitted_pipeline": make_pipeline(StandardScaler(), LogisticRegression()),
    "dict": {"model": LogisticRegression(max_iter=500).fit(X, y), "threshold": 0.3},
    "text": "not a model",
}

NAMES = {
    "svc": "SVC", "k_neighbors": "KNeighborsClassifier", "k_means": "KMeans", "power_transformer": "PowerTransformer",
    "function_transformer": "FunctionTransformer", "transformed_target": "TransformedTargetRegressor",
    "boosting_odd_init": "TransformedTargetRegressor",
}

for name, model in MODELS.items():
    folder = HERE / "unsupported" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.pkl").write_bytes(pickle.dumps(model, protocol=4))
    about = {"name": name, "sklearn": sklearn.__version__, "culprit": NAMES.get(name), "file": "model.pkl"}
    (folder / "case.json").write_text(json.dumps(about, indent=1) + "\n")
