"""Writes CatBoost models as JSON with their own answers: python generate.py, once with each of CatBoost 1.0.6 and 1.2.10.

It writes <version>/ beside itself: a model (<case>.json), and rows and answers (<case>.golden.json); `file` is the model.
all_credit.golden.json has the name of a table of models/ instead of rows, and answers as float64 in base64. refused/ has one
model of each part that is not supported.
"""

import base64
import json
import math
import os
import warnings
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
import catboost
import numpy as np
import pandas as pd
from catboost import CatBoost, CatBoostClassifier, CatBoostRanker, CatBoostRegressor, Pool

warnings.simplefilter("ignore")
HERE = Path(__file__).resolve().parent
MODELS = HERE.parent.parent.parent / "models"
OUT = HERE / catboost.__version__
REFUSED = OUT / "refused"
REFUSED.mkdir(parents=True, exist_ok=True)
WHOLE = ("rmse", "multiclass", "one_hot", "lossguide", "scale_and_bias")
SMALL = {"iterations": 8, "depth": 3, "learning_rate": 0.3, "verbose": 0, "thread_count": 1, "random_seed": 3, "allow_writing_files": False}


def plain(value):
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if value != value else ("Infinity" if value > 0 else "-Infinity")
    return value


def save(model, path, pool=None):
    """What was measured while training is large, and read by nothing; of its settings some files keep all."""
    model.save_model(str(path), format="json", pool=pool)
    document = json.loads(path.read_text())
    for key in ("output_options", "training", "model_guid", "train_finish_time"):
        document["model_info"].pop(key, None)
    if path.stem not in WHOLE:
        document["model_info"]["params"] = {"loss_function": document["model_info"]["params"]["loss_function"]}
    path.write_text(json.dumps(document) + "\n")


def answers(model, rows):
    asked = {"raw": CatBoost.predict(model, rows, prediction_type="RawFormulaVal"), "predict": model.predict(rows)}
    if hasattr(model, "predict_proba"):
        asked["predict_proba"] = model.predict_proba(rows)
    return asked


def store(name, model, rows, pool=None):
    save(model, OUT / f"{name}.json", pool)
    written = rows.astype(object).to_numpy() if isinstance(rows, pd.DataFrame) else rows
    document = {"catboost": catboost.__version__, "file": f"{name}.json", "rows": plain(written)}
    document["expected"] = {method: plain(values) for method, values in answers(model, rows).items()}
    (OUT / f"{name}.golden.json").write_text(json.dumps(document) + "\n")
    print(name, (OUT / f"{name}.json").stat().st_size, plain(np.asarray(document["expected"]["predict"])[:2]))


def probes(model, x, count=24):
    """Rows of the data, then each border with its neighbours, as doubles that round to float32, NaN and infinities."""
    model.save_model("/dev/shm/probe.json", format="json")
    floats = json.loads(Path("/dev/shm/probe.json").read_text())["features_info"]["float_features"]
    rows = [x[:count]]
    for info in floats:
        column = info["flat_feature_index"]
        pool = [np.inf, -np.inf, 0.0, -0.0, 1e300] + ([np.nan] if info["has_nans"] else [])
        for border in info["borders"][:6]:
            near = [np.nextafter(np.float32(border), np.float32(s * np.inf)) for s in (1, -1)]
            pool += [border, *map(float, near), *(np.nextafter(border, s * np.inf) for s in (1, -1)), (border + float(near[0])) / 2]
        part = x[np.arange(len(pool)) % len(x)].copy()
        part[:, column] = pool
        rows.append(part)
    return np.vstack(rows)


def numbers(rows=300, columns=3, missing=0.1, seed=0):
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, columns)) * [1, 100, 0.01][:columns]
    x[random.random(x.shape) < missing] = np.nan
    filled = np.nan_to_num(x / [1, 100, 0.01][:columns])
    return x, filled[:, 0] - filled[:, 1] * (filled[:, 2] > 0) + 0.6 * np.isnan(x[:, 0])


def losses():
    x, z = numbers()
    count = np.round(np.exp(np.clip(z, -2, 2)))
    targets = {
        "RMSE": z, "MAE": z, "Quantile:alpha=0.7": z, "LogLinQuantile:alpha=0.5": count + 0.5, "MAPE": count + 1, "Poisson": count,
        "Tweedie:variance_power=1.4": count, "Huber:delta=0.8": z, "Expectile:alpha=0.6": z, "Lq:q=1.5": z,
        "LogCosh": z, "MultiRMSE": np.stack([z, z**2], axis=1), "MultiQuantile:alpha=0.1,0.5,0.9": z,
        "MultiRMSEWithMissingValues": np.stack([z, z**2], axis=1),
    }
    for loss, target in targets.items():
        try:
            model = CatBoostRegressor(loss_function=loss, **SMALL).fit(x, target)
        except catboost.CatBoostError as error:  # newer than this version
            print(loss, str(error)[:90])
            continue
        store(loss.split(":")[0].lower(), model, x[:12])
    word = np.where(z > 0.2, "yes", "no")
    three = np.array(["low", "middle", "high"], dtype=object)[np.digitize(z, [-0.5, 0.7])]
    store("logloss", CatBoostClassifier(**SMALL).fit(x, word), probes(CatBoostClassifier(**SMALL).fit(x, word), x))
    store("logloss_integers", CatBoostClassifier(**SMALL).fit(x, (z > 0) * 3 - 1), x[:12])
    store("logloss_booleans", CatBoostClassifier(**SMALL).fit(x, z > 0), x[:12])
    store("crossentropy", CatBoostClassifier(loss_function="CrossEntropy", **SMALL).fit(x, 1 / (1 + np.exp(-z))), x[:12])
    store("multiclass", CatBoostClassifier(loss_function="MultiClass", **SMALL).fit(x, three), x[:12])
    store("multiclass_two", CatBoostClassifier(loss_function="MultiClass", **SMALL).fit(x, word), x[:12])
    store("multiclass_integers", CatBoostClassifier(**SMALL).fit(x, np.digitize(z, [-0.5, 0.7]) * 2), x[:12])
    store("onevsall", CatBoostClassifier(loss_function="MultiClassOneVsAll", **SMALL).fit(x, three), x[:12])
    labels = np.stack([z > 0, z > 0.5, z < -0.2], axis=1).astype(int)
    for loss in ("MultiLogloss", "MultiCrossEntropy"):
        try:
            store(loss.lower(), CatBoostClassifier(loss_function=loss, **SMALL).fit(x, labels), x[:12])
        except catboost.CatBoostError as error:
            print(loss, str(error)[:90])
    groups = np.repeat(np.arange(30), 10)
    for loss in ("QueryRMSE", "YetiRank", "PairLogit"):
        model = CatBoostRanker(loss_function=loss, **SMALL).fit(x, np.clip(np.round(z + 1), 0, 4), group_id=groups)
        store(loss.lower(), model, x[:12])


def forms():
    x, z = numbers()
    for mode in ("Min", "Max"):
        model = CatBoostRegressor(nan_mode=mode, **SMALL).fit(x, z)
        store(f"nan_{mode.lower()}", model, probes(model, x))
    whole = np.nan_to_num(x)
    model = CatBoostRegressor(nan_mode="Forbidden", **SMALL).fit(whole, z)
    store("nan_forbidden", model, probes(model, whole))
    for policy in ("Lossguide", "Depthwise"):
        model = CatBoostClassifier(grow_policy=policy, **SMALL).fit(x, np.digitize(z, [-0.5, 0.7]))
        store(policy.lower(), model, probes(model, x))
    model = CatBoostRegressor(grow_policy="Lossguide", max_leaves=7, **SMALL).fit(x, z)
    model.set_scale_and_bias(0.5, 3.25)
    store("scale_and_bias", model, x[:12])
    early = CatBoostRegressor(**{**SMALL, "iterations": 60, "od_type": "Iter", "od_wait": 3}).fit(x[:150], z[:150], eval_set=(x[150:], z[150:]))
    store("early", early, x[:12])
    random = np.random.default_rng(4)
    frame = pd.DataFrame({
        "size": x[:, 0], "pet": random.choice(["cat", "dog", "eel", "fox"], 300), "room": random.choice([3, 7, 11], 300),
        "unused": 1.0, "city name": random.choice(["Ulm", "Bonn"], 300),
    })
    score = np.nan_to_num(x[:, 0]) + (frame["pet"] == "dog") * 1.5 - (frame["room"] == 7) + (frame["city name"] == "Ulm") * 0.4
    options = {**SMALL, "one_hot_max_size": 10, "iterations": 14}
    pool = Pool(frame, np.where(score > 0.5, "a", "b"), cat_features=["pet", "room", "city name"])
    rows = frame.head(20).copy()
    rows.loc[3, "pet"] = "yak"
    rows.loc[4, "room"] = 99
    store("one_hot", CatBoostClassifier(**options).fit(pool), rows, pool)
    store("one_hot_lossguide", CatBoostClassifier(grow_policy="Lossguide", **options).fit(pool), rows, pool)
    save(CatBoostClassifier(**options).fit(pool), REFUSED / "hashes.json")
    save(CatBoostClassifier(**{**options, "one_hot_max_size": 2}).fit(pool), REFUSED / "ctr.json", pool)
    save(CatBoostRegressor(loss_function="RMSEWithUncertainty", **SMALL).fit(x, z), REFUSED / "uncertainty.json")


def credit():
    path = "credit_risk/data/credit_data.csv"
    data = pd.read_csv(MODELS / path)
    target = data.pop("Status").to_numpy(dtype=object)
    texts = [name for name in data if data[name].dtype.kind not in "iuf"]
    data[texts] = data[texts].astype(object).where(data[texts].notna(), "missing")
    pool = Pool(data, target, cat_features=texts)
    model = CatBoostClassifier(iterations=60, depth=4, one_hot_max_size=20, verbose=0, thread_count=1, random_seed=1, allow_writing_files=False).fit(pool)
    save(model, OUT / "all_credit.json", pool)
    pack = lambda values: base64.b64encode(np.asarray(values, "<f8").tobytes()).decode()  # noqa: E731
    document = {
        "catboost": catboost.__version__, "file": "all_credit.json", "table": path, "target": "Status", "missing": "missing", "texts": texts,
        "probability": pack(model.predict_proba(data)[:, 1]), "labels": ["bad", "good"], "label": pack(model.predict(data) == "good"),
    }
    (OUT / "all_credit.golden.json").write_text(json.dumps(document) + "\n")
    print("credit", (OUT / "all_credit.json").stat().st_size)


if __name__ == "__main__":
    losses()
    forms()
    credit()
