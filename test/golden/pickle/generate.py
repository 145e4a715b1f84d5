"""Writes the pickle and joblib files beside it, and expected.json with what they hold.

Run once with the Python of each scikit-learn version to cover:  python generate.py
Each run rewrites one folder, named after the scikit-learn version; the committed ones are of
1.2.2 (numpy 1.26, joblib 1.3), 1.6.1 (numpy 2.2) and 1.9.1 (numpy 2.4).
"""
import collections
import json
import math
import pathlib
import pickle
import warnings

import joblib
import numpy as np
import pandas as pd
import scipy.sparse
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")
folder = pathlib.Path(__file__).parent / f"sklearn-{sklearn.__version__}"
folder.mkdir(exist_ok=True)


def plain(value):
    """The same notation as toPlain in test/converters/formats/pickle/plain.ts."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (np.bool_, np.str_)):
        return value.item()
    if isinstance(value, (np.integer, int)):
        value = int(value)
        return value if abs(value) < 2**53 else {"bigint": str(value)}
    if isinstance(value, (np.floating, float)):
        value = float(value)
        if math.isnan(value) or math.isinf(value) or (value == 0 and math.copysign(1, value) < 0):
            return {"number": {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity", "-0.0": "-0"}[str(value)]}
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, (np.bytes_,)):
        return value.decode("latin1")
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": list(value)}
    if isinstance(value, np.ndarray):
        return plain_array(value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {"dict": [[plain(key), plain(item)] for key, item in value.items()]}
    if isinstance(value, (set, frozenset)):
        return {"set": sorted(plain(item) for item in value)}
    raise TypeError(type(value))


def plain_array(array):
    kind, shape = array.dtype.kind, list(array.shape)
    if array.dtype.names is not None:
        fields = {name: plain_array(array[name]) for name in array.dtype.names}
        return {"kind": "V", "itemByteLength": array.dtype.itemsize, "shape": shape, "fields": fields}
    if kind in "cMm" or array.dtype == np.longdouble:
        raw = list(np.ascontiguousarray(array).tobytes())
        return {"kind": "V", "itemByteLength": array.dtype.itemsize, "shape": shape, "values": raw}
    items = np.asarray(array).ravel(order="C").tolist()
    if kind == "S":
        items = [item.decode("latin1") for item in items]
    if kind == "b":
        items = [int(item) for item in items]
    values = [plain(item) for item in items]
    if any(isinstance(item, dict) and "bigint" in item for item in values) and kind in "iu":
        values = [{"bigint": str(item)} for item in items]
    return {"kind": kind, "itemByteLength": array.dtype.itemsize, "shape": shape, "values": values}


node = np.dtype({
    "names": ["left_child", "threshold", "missing", "bits"],
    "formats": ["<i8", ">f8", "u1", ("<u4", (2,))],
    "offsets": [0, 8, 16, 20],
    "itemsize": 32,
})
nodes = np.zeros(3, dtype=node)
nodes["left_child"] = [1, -1, -2]
nodes["threshold"] = [0.5, math.nan, -math.inf]
nodes["missing"] = [0, 1, 255]
nodes["bits"] = [[1, 2], [3, 4], [5, 2**32 - 1]]
titled = np.array([(1, 2.5)], dtype=[(("the title", "a"), "i4"), ("b", "f4")])
nested = np.array([(1, (2, b"x"))], dtype=[("a", "i2"), ("b", [("c", "u1"), ("d", "S3")])])

values = {
    "none": None, "true": True, "false": False, "zero": 0, "minus": -1, "byte": 255, "short": 65535, "int": -(2**31),
    "safe": 2**53 - 1, "unsafe": 2**53, "wide": -(2**64), "huge": 10**300,
    "pi": 3.141592653589793, "negative zero": -0.0, "nan": math.nan, "infinite": [math.inf, -math.inf], "tiny": 5e-324,
    "text": "häß \u732b \U0001f600 \\u0041 \n\r\t '\"", "long text": "ab" * 200, "bom": "\ufeffx", "empty": "",
    "bytes": b"\x00\xff\n\\'", "many bytes": bytes(range(256)) * 2, "bytearray": bytearray(b"\x01\x02\xfe"),
    "no bytes": b"", "no bytearray": bytearray(),
    "list": [1, [2, [3, []]]], "tuples": [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)], "long list": list(range(1200)),
    "dict": {"a": 1, 2: "b", (3, 4): None, "__proto__": {"constructor": 1}}, "long dict": {str(i): i for i in range(1100)},
    "ordered": collections.OrderedDict([("z", 1), ("a", 2)]), "default": collections.defaultdict(int, {"k": 3}),
    "set": {1, 2, 3}, "frozenset": frozenset(["a", "b"]), "no set": set(),
    "f8": np.array([1.5, -0.0, math.nan, math.inf]), "f4": np.array([0.1, 3e38], dtype="f4"),
    "f2": np.array([0.1, 65504, 6e-8, -0.0, math.inf, math.nan], dtype="f2"),
    "i1": np.array([-128, 127], dtype="i1"), "i2": np.array([-32768, 32767], dtype="i2"),
    "i4": np.array([-(2**31), 2**31 - 1], dtype="i4"), "i8": np.array([-(2**53) + 1, 2**53 - 1], dtype="i8"),
    "wide i8": np.array([2**53, -(2**63)], dtype="i8"), "u1": np.array([0, 255], dtype="u1"),
    "u2": np.array([65535], dtype="u2"), "u4": np.array([2**32 - 1], dtype="u4"),
    "u8": np.array([2**53 - 1], dtype="u8"), "wide u8": np.array([2**64 - 1, 0], dtype="u8"),
    "big f8": np.array([1.5, 2.5], dtype=">f8"), "big f4": np.array([1.5], dtype=">f4"),
    "big i8": np.array([[1, -2], [3, 2**40]], dtype=">i8"), "big i2": np.array([258], dtype=">i2"),
    "big u8": np.array([2**64 - 1], dtype=">u8"), "big f2": np.array([1.5], dtype=">f2"),
    "bool": np.array([True, False, True]), "U": np.array(["a", "häß", "\U0001f600", ""]),
    "big U": np.array(["ab", "\u732b"], dtype=">U2"), "S": np.array([b"ab", b"\xe9", b""]), "no U": np.array([""]),
    "grid": np.arange(6.0).reshape(2, 3), "fortran": np.asfortranarray(np.arange(24).reshape(2, 3, 4)),
    "fortran text": np.asfortranarray(np.array([["a", "b"], ["c", "d"], ["e", "f"]])),
    "thin fortran": np.asfortranarray(np.arange(6.0).reshape(3, 1, 2)), "slice": np.arange(10)[::3],
    "0-d": np.array(7.5), "no rows": np.zeros((0, 4)), "no columns": np.zeros((3, 0), dtype="i4"),
    "objects": np.array(["a", 1, None, 2.5, [1, 2]], dtype=object), "no objects": np.array([], dtype=object),
    "object grid": np.array([["a", "b"], ["c", "d"], ["e", "f"]], dtype=object),
    "fortran objects": np.asfortranarray(np.array([["a", "b"], ["c", "d"], ["e", "f"]], dtype=object)),
    "0-d object": np.array("x", dtype=object),
    "nodes": nodes, "node grid": np.asfortranarray(nodes[[0, 1, 2, 0]].reshape(2, 2)), "titled": titled, "nested": nested,
    "complex": np.array([1 + 2j]), "dates": np.array(["2020-01-01"], dtype="M8[D]"),
    "scalar f8": np.float64(0.1), "scalar f4": np.float32(0.1), "scalar f2": np.float16(0.1), "scalar i8": np.int64(-5),
    "scalar i1": np.int8(-5), "scalar u4": np.uint32(2**32 - 1), "scalar u8": np.uint64(2**64 - 1),
    "scalar bool": [np.bool_(True), np.bool_(False)], "scalar str": np.str_("häß"), "scalar bytes": np.bytes_(b"ab"),
}
# A matrix is an array to us; the same array twice is one object in a pickle, two in a joblib file.
values["matrix"] = np.matrix([[1.0, 2.0]])
values["twice"] = [values["grid"], values["grid"]]

expected = {"values": {name: plain(value) for name, value in values.items()}, "models": {}}
for protocol in range(6):
    (folder / f"values.protocol-{protocol}.pkl").write_bytes(pickle.dumps(values, protocol=protocol))
joblib.dump(values, folder / "values.plain.joblib")
joblib.dump(values, folder / "values.zlib.joblib", compress=3)
joblib.dump(values, folder / "values.gzip.joblib", compress=("gzip", 3))

features, target = load_iris(return_X_y=True)
frame = pd.DataFrame({
    "size": features[:, 0],
    "colour": ["red", "green", "blue"] * 50,
    "grade": pd.Categorical(["u", "v", "w"] * 50),
})
texts = ["the cat sat", "the dog ran", "a bird flew ﬂ é 猫"] * 50
scaled = make_pipeline(FunctionTransformer(np.log1p), StandardScaler(), LogisticRegression()).fit(features, target)
forest = RandomForestClassifier(3, max_depth=3, random_state=np.random.RandomState(0)).fit(features, target)
boosted = HistGradientBoostingClassifier(max_iter=2, max_depth=3, categorical_features=[1]).fit(
    np.column_stack([features[:, 0], target]), target
)
mixed = make_pipeline(
    ColumnTransformer([
        ("number", make_pipeline(SimpleImputer(), StandardScaler()), ["size"]),
        ("category", OneHotEncoder(handle_unknown="ignore"), ["colour", "grade"]),
    ]),
    LogisticRegression(),
).fit(frame, target)
words = make_pipeline(TfidfVectorizer(), SGDClassifier(loss="log_loss", random_state=0)).fit(texts, target)
search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2).fit(features, target)
sparse = scipy.sparse.csr_matrix(np.array([[0.0, 1.5], [2.5, 0.0]]))

# Each fact is a path (attribute, key or position at a time) and the value at its end.
models = {
    "scaled": (scaled, [
        (["steps", 1, 1, "mean_"], scaled[1].mean_),
        (["steps", 2, 1, "coef_"], scaled[2].coef_),
        (["steps", 2, 1, "classes_"], scaled[2].classes_),
        (["steps", 2, 1, "_sklearn_version"], sklearn.__version__),
    ]),
    "forest": (forest, [
        (["estimators_", 2, "tree_", "nodes"], forest.estimators_[2].tree_.__getstate__()["nodes"]),
        (["estimators_", 2, "tree_", "values"], forest.estimators_[2].tree_.value),
        (["n_classes_"], 3),
    ]),
    "boosted": (boosted, [
        (["_predictors", 1, 2, "nodes"], boosted._predictors[1][2].nodes),
        (["_predictors", 1, 2, "raw_left_cat_bitsets"], boosted._predictors[1][2].raw_left_cat_bitsets),
        (["_baseline_prediction"], boosted._baseline_prediction),
    ]),
    "mixed": (mixed, [
        (["steps", 0, 1, "transformers_", 1, 1, "categories_", 0], np.array(["blue", "green", "red"], dtype=object)),
        (["steps", 0, 1, "feature_names_in_"], np.array(["size", "colour", "grade"], dtype=object)),
        (["steps", 1, 1, "intercept_"], mixed[1].intercept_),
    ]),
    "words": (words, [
        (["steps", 0, 1, "vocabulary_"], words[0].vocabulary_),
        (["steps", 1, 1, "coef_"], words[1].coef_),
    ]),
    "search": (search, [
        (["best_estimator_", "coef_"], search.best_estimator_.coef_),
        (["best_params_"], search.best_params_),
    ]),
    "sparse": (sparse, [(["data"], sparse.data), (["indices"], sparse.indices), (["_shape"], [2, 2])]),
}
for name, (model, facts) in models.items():
    expected["models"][name] = [[path, plain(value)] for path, value in facts]
    for protocol in (0, 2, 5):
        (folder / f"{name}.protocol-{protocol}.pkl").write_bytes(pickle.dumps(model, protocol=protocol))
    joblib.dump(model, folder / f"{name}.plain.joblib")
    joblib.dump(model, folder / f"{name}.zlib.joblib", compress=3)

(folder / "expected.json").write_text(json.dumps(expected, indent=None, separators=(",", ":"), sort_keys=False) + "\n")
