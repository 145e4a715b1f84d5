"""Writes the same models as skops files and as pickles, and their answers: python generate.py

Once with each of scikit-learn 1.2.2 (skops 0.10.0), 1.6.1 and 1.9.1 (skops 0.16.0): it writes sklearn-<version>/ beside itself.
The reader must make the same records of both files.
"""

import json
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse
import skops
import skops.io
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

HERE = Path(__file__).resolve().parent
OUT = HERE / f"sklearn-{sklearn.__version__}"
OUT.mkdir(exist_ok=True)
random = np.random.default_rng(0)
FRAME = pd.DataFrame({
    "age": random.integers(18, 80, 160).astype(float),
    "income": np.round(random.gamma(3, 900, 160), 1),
    "city": random.choice(["Ulm", "Bonn", "Kiel"], 160).astype(object),
    "plan": random.choice(["a", "b"], 160).astype(object),
})
FRAME.loc[::9, "income"] = np.nan
LABEL = np.where((FRAME["age"] > 45) ^ (FRAME["plan"] == "a"), "stay", "leave").astype(object)
COLUMNS = [("num", make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()), ["age", "income"]), ("cat", OneHotEncoder(handle_unknown="ignore"), ["city", "plan"])]

# What skops does by itself, and large.
STORED = zipfile.ZIP_STORED if sklearn.__version__.startswith("1.6") else zipfile.ZIP_DEFLATED


def models():
    yield "logistic", make_pipeline(ColumnTransformer(COLUMNS), LogisticRegression()), zipfile.ZIP_DEFLATED
    yield "forest", make_pipeline(ColumnTransformer(COLUMNS), RandomForestClassifier(4, max_depth=4, random_state=np.random.RandomState(3))), zipfile.ZIP_DEFLATED
    numeric = ColumnTransformer([("n", SimpleImputer(strategy="median"), slice(0, 2))], remainder="drop")
    yield "hist", make_pipeline(numeric, HistGradientBoostingClassifier(max_iter=4, max_leaf_nodes=6, random_state=1)), zipfile.ZIP_DEFLATED
    union = FeatureUnion([("scaled", MinMaxScaler()), ("same", FunctionTransformer())])
    yield "boosting", make_pipeline(numeric, union, GradientBoostingRegressor(n_estimators=5, max_depth=2)), zipfile.ZIP_DEFLATED
    ordinal = ColumnTransformer([("o", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), [2, 3])], remainder="passthrough")
    yield "tree", make_pipeline(ordinal, SimpleImputer(), DecisionTreeClassifier(max_depth=3, class_weight={"stay": 2, "leave": 1})), STORED


for name, model, compression in models():
    target = FRAME["age"].to_numpy() / 7 if name == "boosting" else LABEL
    model.fit(FRAME, target)
    skops.io.dump(model, OUT / f"{name}.skops", compression=compression)
    (OUT / f"{name}.pkl").write_bytes(pickle.dumps(model, protocol=4))
    rows = FRAME.head(20)
    written = rows.astype(object).where(rows.notna(), None).to_dict("records")
    asked = {"predict": model.predict(rows).tolist()}
    if hasattr(model, "predict_proba"):
        asked["predict_proba"] = model.predict_proba(rows).tolist()
    document = {"sklearn": sklearn.__version__, "skops": skops.__version__, "rows": written, "expected": asked}
    (OUT / f"{name}.json").write_text(json.dumps(document) + "\n")
    print(name, (OUT / f"{name}.skops").stat().st_size, (OUT / f"{name}.pkl").stat().st_size)

odds = {
    "texts": ["é", "", "𝒳"], "numbers": [1, -2.5, float("nan"), float("inf"), 2**70], "flags": [True, None],
    "ints": {3: "c", 1: "a"}, "floats": {0.5: 1}, "bytes": b"\x00\xff", "array": bytearray(b"ab"), "set": {7},
    "matrix": np.arange(6, dtype=">i4").reshape(2, 3), "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "words": np.array(["ab", "c"]), "objects": np.array([["a", 1], [None, 2.5]], dtype=object), "bools": np.array([True, False]),
    "scalar": np.float32(0.5), "flag": np.bool_(True), "empty": np.zeros((0, 3)),
    "records": np.array([(1, 2.5)], dtype=np.dtype([("a", "i4"), ("b", "f8")], align=True)),
    "slice": slice(1, None, 2), "kind": np.float64, "function": np.log1p,
    "sparse": scipy.sparse.csr_matrix(np.eye(3)),
}
skops.io.dump(odds, OUT / "odds.skops")
(OUT / "odds.pkl").write_bytes(pickle.dumps(odds, protocol=4))
