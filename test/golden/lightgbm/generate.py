"""Writes the golden cases of the installed LightGBM: python generate.py --data FOLDER.

FOLDER holds credit_data.csv (R package modeldata 1.1.0). Run it once with each of LightGBM 3.3.5 and 4.6.0: it writes
3.3/ or 4.6/ beside itself, a model file (<case>.txt) and its rows and answers (<case>.json) each.
"""

import argparse
import json
import math
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
QUIET = {"verbose": -1, "num_threads": 1, "deterministic": True, "seed": 7, "min_data_in_leaf": 5, "num_leaves": 11}
ZERO = 1.0000000180025095e-35  # kZeroThreshold, a float


def plain(value):
    """JSON has no NaN and no infinities: they are texts here."""
    if isinstance(value, (str, bool)) or value is None:
        return value
    if isinstance(value, (int, np.integer)):
        return int(value)
    value = float(value)
    if math.isnan(value):
        return "NaN"
    return value if math.isfinite(value) else ("Infinity" if value > 0 else "-Infinity")


def numbers(rows, features, seed=1, missing=0.0, zeros=0.0):
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, features)) * np.logspace(0, 2, features)
    x[random.random(x.shape) < zeros] = 0.0
    x[random.random(x.shape) < missing] = np.nan
    return x, random


def signal(x):
    z = np.nan_to_num(x / np.nanstd(x, axis=0))
    return z[:, 0] - z[:, 1] * (z[:, 2] > 0) + np.isnan(x[:, 0]) * 0.7 + (x[:, 1] == 0) * 0.9


def thresholds(booster):
    found = {}

    def walk(node):
        if "split_feature" not in node:
            return
        if node["decision_type"] == "<=":
            found.setdefault(node["split_feature"], set()).add(node["threshold"])
        walk(node["left_child"])
        walk(node["right_child"])

    for tree in booster.dump_model()["tree_info"]:
        walk(tree["tree_structure"])
    return found


def probes(booster, x, codes=(), count=90):
    """Rows of the data, then every threshold with its neighbours, zeros, tiny numbers, NaN and infinities."""
    random = np.random.default_rng(3)
    found = thresholds(booster)
    pools = []
    for feature in range(x.shape[1]):
        pool = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-36, -1e-36, ZERO, -ZERO]
        pool += [np.nextafter(ZERO, 1), -np.nextafter(ZERO, 1), 5e-324, 1e-34, -1e-34, 1e300]
        if feature in codes:
            pool += [-1, -2, -0.5, -0.999, 0.5, 0.999, 1.5, 2.999999, 7.2, 500, 2**31, 3e9, 1e19]
            pool += list(range(24))
        for threshold in sorted(found.get(feature, ())):
            pool += [threshold, np.nextafter(threshold, np.inf), np.nextafter(threshold, -np.inf)]
        pools.append(np.array(pool))
    rows = x[random.choice(len(x), size=count)].copy()
    for i in range(0, max(len(pool) for pool in pools)):
        row = [pool[(i * (1 if len(pool) > 40 else 7)) % len(pool)] for pool in pools]
        rows = np.vstack([rows, row])
    for i in range(count):  # one strange value in a usual row
        row = x[random.integers(len(x))].copy()
        feature = random.integers(x.shape[1])
        row[feature] = random.choice(pools[feature])
        rows = np.vstack([rows, row])
    return rows


def write(name, booster, rows, table=None):
    folder = HERE / ".".join(lightgbm.__version__.split(".")[:2])
    folder.mkdir(exist_ok=True)
    booster.save_model(str(folder / f"{name}.txt"))
    loaded = lightgbm.Booster(model_file=str(folder / f"{name}.txt"))
    given = rows if table is None else table
    shown = rows.tolist() if table is None else table.astype(object).where(table.notna(), None).values.tolist()
    raw, answer = loaded.predict(given, raw_score=True), loaded.predict(given)
    case = {
        "lightgbm": lightgbm.__version__,
        "rows": [[plain(value) for value in row] for row in shown],
        "raw": [[plain(value) for value in row] for row in raw.reshape(len(raw), -1)],
        "predict": [[plain(value) for value in row] for row in answer.reshape(len(answer), -1)],
    }
    (folder / f"{name}.json").write_text(json.dumps(case, separators=(",", ":")) + "\n")


def fit(parameters, x, y, rounds=8, **more):
    data = lightgbm.Dataset(x, y, params={"verbose": -1}, **more)
    return lightgbm.train({**QUIET, **parameters}, data, num_boost_round=rounds)


def objectives():
    x, random = numbers(400, 5, missing=0.05)
    s = signal(x)
    noise = random.normal(size=len(s)) * 0.3
    targets = {
        **{name: s + noise for name in ["regression", "regression_l1", "huber", "fair", "quantile", "mape"]},
        **{name: np.exp(s / 2) + 0.1 for name in ["poisson", "gamma", "tweedie"]},
        "binary": (s + noise > 0).astype(int),
        "cross_entropy": 1 / (1 + np.exp(-s)),
        "multiclass": np.digitize(s + noise, [-0.7, 0.7]),
        "multiclassova": np.digitize(s + noise, [-0.7, 0.7]),
    }
    for name, y in targets.items():
        more = {"num_class": 3} if name.startswith("multiclass") else {}
        booster = fit({"objective": name, **more}, x, y, rounds=5 if more else 8)
        write(f"objective_{name}", booster, probes(booster, x, count=20))
    for name in ["lambdarank", "rank_xendcg"]:
        y = np.clip(np.digitize(s, [-1, 0, 1]), 0, 3)
        booster = fit({"objective": name}, x, y, group=[20] * 20)
        write(f"objective_{name}", booster, probes(booster, x, count=20))
    y = targets["binary"]
    booster = fit({"objective": "binary", "sigmoid": 1.7, "is_unbalance": True}, x, y)
    write("binary_sigmoid", booster, probes(booster, x, count=20))
    booster = fit({"objective": "multiclassova", "num_class": 3, "sigmoid": 0.6}, x, targets["multiclassova"], rounds=5)
    write("multiclassova_sigmoid", booster, probes(booster, x, count=20))
    none = {"objective": "none"} if lightgbm.__version__ >= "4" else {}
    if none:
        booster = fit({"objective": lambda raw, data: (raw - data.get_label(), np.ones(len(raw)))}, x, targets["regression"])
    else:
        data = lightgbm.Dataset(x, targets["regression"])
        own = lambda raw, given: (raw - given.get_label(), np.ones(len(raw)))
        booster = lightgbm.train(QUIET, data, num_boost_round=8, fobj=own)
    write("objective_custom", booster, probes(booster, x, count=20))


def boosting():
    x, random = numbers(400, 5, seed=2, missing=0.05)
    s = signal(x) + random.normal(size=400) * 0.3
    forest = {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.7, "feature_fraction": 0.8}
    kinds = {"rf": forest, "dart": {"boosting": "dart", "drop_rate": 0.5}, "goss": {"boosting": "goss"}}
    tasks = {
        "regression": ({"objective": "regression"}, s + 3),
        "binary": ({"objective": "binary"}, (s > 0.2).astype(int)),
        "multiclass": ({"objective": "multiclass", "num_class": 3}, np.digitize(s, [-0.7, 0.7])),
    }
    for kind, more in kinds.items():
        for task, (objective, y) in tasks.items():
            booster = fit({**objective, **more}, x, y, rounds=5 if task == "multiclass" else 8)
            write(f"{kind}_{task}", booster, probes(booster, x, count=15))


def missing():
    for name, given, share, zeros in [
        ("none", {"use_missing": False}, 0.1, 0.2),
        ("never_seen", {}, 0.0, 0.2),
        ("nan", {}, 0.2, 0.2),
        ("zero", {"zero_as_missing": True}, 0.1, 0.4),
    ]:
        x, random = numbers(500, 5, seed=4, missing=share, zeros=zeros)
        y = signal(x) + random.normal(size=500) * 0.2 + (np.abs(x[:, 3]) < 1e-9) - (np.nan_to_num(x[:, 4]) == 0)
        booster = fit({"objective": "regression", "num_leaves": 15, **given}, x, y, rounds=12)
        write(f"missing_{name}", booster, probes(booster, x, count=40))
    # tiny numbers, on both sides of what counts as zero
    random = np.random.default_rng(5)
    x = random.choice([0, 1e-36, -1e-36, 2e-35, -2e-35, 1e-34, -1e-34, 1, -1, np.nan], size=(600, 3))
    y = np.nan_to_num(x[:, 0]) + np.sign(np.nan_to_num(x[:, 1])) * 2 + random.normal(size=600) * 0.1 + np.isnan(x[:, 2])
    for name, given in [("zero", {"zero_as_missing": True}), ("nan", {})]:
        booster = fit({"objective": "regression", **given}, x, y, rounds=8)
        write(f"tiny_{name}", booster, probes(booster, x, count=40))
    booster = fit({"objective": "regression", "min_data_in_leaf": 500}, x, y, rounds=3)
    write("single_leaves", booster, probes(booster, x, count=5))


def categories():
    x, random = numbers(900, 4, seed=6, missing=0.05)
    x[:, 1] = random.integers(0, 22, 900)
    x[:, 2] = random.choice([0, 1, 2, 70, 900, np.nan], 900)
    y = np.nan_to_num(x[:, 0]) + np.isin(x[:, 1], [1, 5, 6, 17]) * 2 - np.isin(x[:, 2], [0, 70]) + random.normal(size=900) * 0.2
    eager = {"min_data_per_group": 5, "cat_smooth": 1, "cat_l2": 0.1}
    for name, more in [("codes", {}), ("codes_one_hot", {"max_cat_to_onehot": 30}), ("codes_zero", {"zero_as_missing": True})]:
        booster = fit({"objective": "regression", **eager, **more}, x, y, rounds=10, categorical_feature=[1, 2])
        write(f"categories_{name}", booster, probes(booster, x, codes=(1, 2), count=50))
    y = (y > 0.8).astype(int)
    booster = fit({"objective": "binary", **eager}, x, y, categorical_feature=[1, 2])
    write("categories_binary", booster, probes(booster, x, codes=(1, 2), count=50))

    colors = random.choice(["red", "green", "blue", "grün, hell", "a:b=c d"], 900)
    sizes = random.choice([10, 20, 35, -4], 900)
    parts = random.choice([0.5, 1.25, 9.0], 900)
    flags = random.random(900) < 0.4
    table = pd.DataFrame(
        {
            "amount": x[:, 0],
            "color": pd.Categorical(colors),
            "size": pd.Categorical(sizes),
            "part": pd.Categorical(parts),
            "flag": pd.Categorical(flags),
        }
    )
    table.loc[random.random(900) < 0.1, "color"] = None
    y = np.nan_to_num(x[:, 0]) + (colors == "green") * 2 - (sizes == 20) + (parts == 9) * flags + random.normal(size=900) * 0.2
    booster = fit({"objective": "regression", **eager}, table, y, rounds=10)
    rows = table.sample(120, random_state=1)
    write("categories_pandas", booster, None, table=rows)


def linear():
    x, random = numbers(500, 5, seed=8, missing=0.08, zeros=0.1)
    x[:, 3] = random.integers(0, 6, 500)
    z = np.nan_to_num(x / np.nanstd(x, axis=0))
    s = z[:, 0] * (z[:, 1] > 0) * 2 - z[:, 2] + np.isin(x[:, 3], [1, 4]) + random.normal(size=500) * 0.2
    grown = {"linear_tree": True, "linear_lambda": 0.01}

    def linear_fit(parameters, y):
        data = lightgbm.Dataset(x, y, categorical_feature=[3], params={"verbose": -1, **grown, **parameters})
        return lightgbm.train({**QUIET, **grown, **parameters}, data, num_boost_round=6)

    cases = {
        "regression": ({"objective": "regression"}, s),
        "huber": ({"objective": "huber", "num_leaves": 4}, s + 20),
        "binary": ({"objective": "binary"}, (s > 0.2).astype(int)),
        "multiclass": ({"objective": "multiclass", "num_class": 3}, np.digitize(s, [-0.7, 0.7])),
        "poisson": ({"objective": "poisson"}, np.exp(s / 2) + 0.1),
        "forest": (
            {"objective": "regression", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.7},
            s + 3,
        ),
        "dart": ({"objective": "regression", "boosting": "dart", "drop_rate": 0.5}, s),
        "stump": ({"objective": "regression", "num_leaves": 2}, s),
    }
    for name, (parameters, y) in cases.items():
        booster = linear_fit(parameters, y)
        rows = probes(booster, x, codes=(3,), count=30)[:150]
        rows = rows[np.abs(np.nan_to_num(rows)).max(axis=1) < 1e299]  # sums are finite
        write("rf_linear" if name == "forest" else f"linear_{name}", booster, rows)
    random = np.random.default_rng(9)
    grades = pd.Categorical(random.choice(["low", "mid", "high"], 500), ["low", "mid", "high"], ordered=True)
    table = pd.DataFrame(
        {
            "amount": x[:, 0],
            "grade": grades,
            "color": pd.Categorical(random.choice(["red", "blue", "green"], 500)),
            "other": x[:, 1],
            "year": pd.Categorical(random.choice([1999, 2005, 2020], 500), [1999, 2005, 2020], ordered=True),
        }
    )
    table.loc[random.random(500) < 0.1, "grade"] = None
    y = s + grades.codes + (table["color"] == "red") * 2 + (table["year"].cat.codes == 1)
    for name, more in [("pandas_ordered", {}), ("linear_pandas", grown)]:
        data = lightgbm.Dataset(table, y, params={"verbose": -1, **more})
        eager = {"min_data_per_group": 5, "cat_smooth": 1, "cat_l2": 0.1}
        booster = lightgbm.train({**QUIET, "objective": "regression", **eager, **more}, data, num_boost_round=6)
        write(name, booster, None, table=table.sample(80, random_state=1))


def links():
    x, random = numbers(400, 5, seed=10, missing=0.05)
    s = signal(x) + random.normal(size=400) * 0.3
    booster = fit({"objective": "cross_entropy_lambda"}, x, 1 / (1 + np.exp(-s)))
    write("objective_cross_entropy_lambda", booster, probes(booster, x, count=20))
    for name in ["regression", "regression_l1"]:
        booster = fit({"objective": name, "reg_sqrt": True}, x, s * 10)
        write(f"sqrt_{name}", booster, probes(booster, x, count=20))


def real(folder):
    table = pd.read_csv(folder / "credit_data.csv").sample(2500, random_state=2)
    y = (table.pop("Status") == "bad").astype(int)
    for name in table.columns:
        if table[name].dtype == object:
            table[name] = table[name].astype("category")
    table = table.drop(columns=[name for name in table.columns if name.startswith("Unnamed")])
    booster = fit({"objective": "binary", "num_leaves": 15}, table, y, rounds=25)
    write("credit_pandas", booster, None, table=table.sample(150, random_state=3))
    plain_table = table.select_dtypes("number")
    booster = fit({"objective": "binary", "num_leaves": 15}, plain_table.values.astype(float), y, rounds=25)
    write("credit_numbers", booster, plain_table.sample(150, random_state=4).values.astype(float))


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    chosen = options.parse_args()
    objectives()
    boosting()
    missing()
    categories()
    linear()
    links()
    real(chosen.data)
