"""Writes fitted models that the converter must refuse by name: python unsupported.py [name …], with scikit-learn 1.9.1."""

import json
import pickle
import sys
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent

import numpy as np
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.decomposition import NMF
from sklearn.ensemble import GradientBoostingRegressor, VotingClassifier
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import PairwiseKernel
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

X, y = load_iris(return_X_y=True)
X, y = X[::5], y[::5]

MODELS = {
    "gaussian_process": make_pipeline(StandardScaler(), GaussianProcessRegressor(PairwiseKernel(metric="rbf"))).fit(X, y),
    "svc_precomputed": SVC(kernel="precomputed").fit(X @ X.T, y),
    "matrix_factors": ColumnTransformer([("p", NMF(2, max_iter=1000), [0, 1, 2])], remainder="passthrough").fit(X),
    "function_transformer": make_pipeline(FunctionTransformer(np.fliplr), LogisticRegression(max_iter=500)).fit(X, y),
    "voting": VotingClassifier([("a", LogisticRegression(max_iter=500)), ("b", GaussianProcessClassifier(multi_class="one_vs_one"))]).fit(X, y),
    "boosting_odd_init": GradientBoostingRegressor(n_estimators=2, init=GaussianProcessRegressor(PairwiseKernel(metric="rbf"))).fit(X, y),
    "unfitted_pipeline": make_pipeline(StandardScaler(), LogisticRegression()),
    "dict": {"model": LogisticRegression(max_iter=500).fit(X, y), "threshold": 0.3},
    "text": "not a model",
}

NAMES = {
    "gaussian_process": "PairwiseKernel", "svc_precomputed": "SVC", "matrix_factors": "NMF",
    "function_transformer": "fliplr", "voting": "one_vs_one",
    "boosting_odd_init": "PairwiseKernel",
}

for name, model in MODELS.items():
    if sys.argv[1:] and name not in sys.argv[1:]:
        continue
    folder = HERE / "unsupported" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.pkl").write_bytes(pickle.dumps(model, protocol=4))
    about = {"name": name, "sklearn": sklearn.__version__, "culprit": NAMES.get(name), "file": "model.pkl"}
    (folder / "case.json").write_text(json.dumps(about, indent=1) + "\n")
