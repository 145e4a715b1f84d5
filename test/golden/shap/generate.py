"""Stored scikit-learn models and rows in; what the shap package says of them, one JSON file a model, out.

    python generate.py            # scikit-learn 1.9.1 and shap 0.51.0: pip install scikit-learn==1.9.1 shap==0.51.0

Trees: shap.TreeExplainer, path-dependent, raw output. It takes no GradientBoostingClassifier of several classes, so each
class's trees are given to it as an ensemble of their own, and so are those that start otherwise than it thinks. It cannot tell apart what it does not know: categorical splits
of HistGradientBoosting are read as thresholds, so none are here. Linear models: shap.LinearExplainer against one row.
Values are those of the estimator's own columns (scaled numbers, one-hot columns, indicators), summed a feature.
"""

import json
import pickle
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import joblib
import numpy as np
import pandas as pd
import shap
import sklearn
from scipy import sparse
from scipy.special import logit
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline

HERE = Path(__file__).resolve().parent
CASES = HERE.parent / "sklearn" / "1.9"
MODELS = HERE.parent.parent.parent / "models"

BARE = [
    "gradient_boosting_classifier", "gradient_boosting_classifier_multiclass", "gradient_boosting_classifier_exponential_zero",
    "gradient_boosting_regressor", "gradient_boosting_regressor_huber",
    "random_forest_classifier", "random_forest_classifier_multiclass", "random_forest_classifier_missing",
    "random_forest_classifier_unlimited", "random_forest_regressor", "random_forest_regressor_missing",
    "extra_trees_classifier", "extra_trees_regressor", "extra_trees_classifier_missing",
    "decision_tree_classifier", "decision_tree_classifier_multiclass", "decision_tree_classifier_weights",
    "decision_tree_regressor", "decision_tree_regressor_missing", "decision_tree_regressor_unlimited",
    "hist_gradient_boosting_classifier", "hist_gradient_boosting_classifier_missing",
    "hist_gradient_boosting_classifier_multiclass", "hist_gradient_boosting_classifier_missing_only",
    "hist_gradient_boosting_regressor", "hist_gradient_boosting_regressor_missing", "hist_gradient_boosting_regressor_poisson",
    "linear_regression", "logistic_regression_binary", "logistic_regression_multinomial",
]
PIPELINES = [
    "churn_gradient_boosting_classifier", "churn_random_forest_classifier", "churn_two_scalers_decision_tree",
    "credit_array_gradient_boosting", "credit_decision_tree_classifier", "credit_extra_trees_classifier",
    "credit_gradient_boosting_classifier", "credit_hist_gradient_boosting_classifier", "credit_indicator_gradient_boosting",
    "credit_ordinal_random_forest", "credit_random_forest_classifier", "credit_scaled_hist_gradient_boosting",
    "attrition_random_forest_classifier", "attrition_gradient_boosting_classifier",
    "ames_gradient_boosting_regressor", "ames_hist_gradient_boosting_regressor", "ames_random_forest_regressor",
    "sacramento_extra_trees_regressor", "sacramento_random_forest_regressor",
    "credit_logistic_regression", "attrition_logistic_regression", "ames_ridge", "ames_linear_regression", "sacramento_elastic_net",
]
MOST_ROWS = 12
TELCO_ROWS = 50


def frame_of(rows):
    """Rows as scikit-learn got them: a frame of named columns, or an array."""
    if isinstance(rows[0], dict):
        frame = pd.DataFrame(rows)
        for name in frame:
            if not all(isinstance(value, (int, float, type(None))) for value in frame[name]):
                frame[name] = frame[name].astype(object).where(frame[name].notna(), np.nan)
            else:
                frame[name] = frame[name].astype(float)
        return frame
    return np.array([[np.nan if value is None else value for value in row] for row in rows], dtype=float)


def split(model):
    """(steps before, estimator) of a fitted pipeline."""
    if not isinstance(model, Pipeline):
        return [], model
    return [inner for _, step in model.steps[:-1] for inner in flat(step)], model.steps[-1][1]


def flat(step):
    if isinstance(step, Pipeline):
        return [inner for _, nested in step.steps for inner in flat(nested)]
    return [] if step in (None, "passthrough") else [step]


def dense(X):
    return X.toarray() if sparse.issparse(X) else np.asarray(X)


def prepare(steps, X):
    for step in steps:
        X = step.transform(X)
    return np.ascontiguousarray(dense(X), dtype=float)


def owners(steps, X):
    """By number of the prepared columns: which column of X each comes of, found by what scikit-learn calls them."""
    width = X.shape[1]
    names = [str(name) for name in X] if isinstance(X, pd.DataFrame) else [f"x{i}" for i in range(width)]
    of = list(range(width))
    for step in steps:
        if isinstance(step, ColumnTransformer):
            next_of = [None] * sum(part.stop - part.start for part in step.output_indices_.values())
            for label, transformer, columns in step.transformers_:
                part = step.output_indices_[label]
                if part.start == part.stop:
                    continue
                columns = [names.index(c) if isinstance(c, str) else int(c) for c in np.atleast_1d(columns)]
                own = [of[c] for c in columns]
                inner = [names[c] for c in columns]
                if transformer != "passthrough":
                    outer = [str(name) for name in transformer.get_feature_names_out(inner)]
                    own = [owner(name, inner, own) for name in outer]
                next_of[part] = own
            of = next_of
            names = [f"c{i}" for i in range(len(of))]
        elif isinstance(step, SimpleImputer) and step.add_indicator:
            of = of + [of[i] for i in step.indicator_.features_]
        # every other step of these models gives as many columns as it takes
    return np.array(of)


def owner(name, inner, own):
    plain = name.removeprefix("missingindicator_")
    found = [i for i, known in enumerate(inner) if plain == known or plain.startswith(known + "_")]
    assert found, name
    return own[max(found, key=lambda i: len(inner[i]))]


def tree_parts(estimator, Z):
    """Of what shap takes in parts only: (trees, offset) of each raw output."""
    name = type(estimator).__name__
    if name == "GradientBoostingClassifier" and (
        estimator.estimators_.shape[1] > 1 or estimator.init == "zero" or estimator.loss == "exponential"
    ):
        one = lambda k: [shap.explainers._tree.SingleTree(e.tree_, scaling=estimator.learning_rate) for e in estimator.estimators_[:, k]]  # noqa: E731
        start = estimator._raw_predict_init(Z[:1])[0]
        return [(one(k), float(start[k])) for k in range(estimator.estimators_.shape[1])]
    return None


def explain_trees(estimator, Z):
    """(base [outputs], values [rows, columns, outputs]) of the estimator's raw outputs."""
    parts = tree_parts(estimator, Z)
    if parts is not None:
        bases, values = [], []
        for trees, offset in parts:
            explainer = shap.TreeExplainer(trees, feature_perturbation="tree_path_dependent")
            # as scikit-learn's trees compare
            values.append(explainer.shap_values(Z.astype(np.float32).astype(float), check_additivity=False))
            bases.append(offset + float(np.ravel(explainer.expected_value)[0]))
        return bases, np.stack(values, axis=-1)
    explainer = shap.TreeExplainer(estimator, feature_perturbation="tree_path_dependent", model_output="raw")
    values = np.asarray(explainer.shap_values(Z, check_additivity=False))
    values = values[..., None] if values.ndim == 2 else values
    bases = [float(base) for base in np.ravel(explainer.expected_value)]
    return bases, values


def explain_linear(estimator, Z, reference):
    explainer = shap.LinearExplainer(estimator, shap.maskers.Independent(reference, max_samples=1))
    values = np.asarray(explainer.shap_values(Z))
    values = values[..., None] if values.ndim == 2 else values
    return [float(base) for base in np.ravel(explainer.expected_value)], values


def raw_of(estimator, Z):
    """The raw outputs that the values must add up to, by scikit-learn itself."""
    if hasattr(estimator, "decision_function"):
        raw = estimator.decision_function(Z)
    elif hasattr(estimator, "predict_proba"):
        raw = estimator.predict_proba(Z)
    elif type(estimator).__name__ == "HistGradientBoostingRegressor":
        raw = estimator._raw_predict(Z)
    else:
        raw = estimator.predict(Z)
    return raw.reshape(len(Z), -1)


def bare(estimator):
    """Columns of these are numbered, not named: no warning of names that are not there."""
    if hasattr(estimator, "feature_names_in_"):
        del estimator.feature_names_in_
    return estimator


def golden(model, rows, X, source):
    steps, estimator = split(model)
    estimator = bare(estimator)
    Z, of = prepare(steps, X), owners(steps, X)
    assert Z.shape[1] == len(of)
    is_linear = hasattr(estimator, "coef_")
    base, values = explain_linear(estimator, Z, Z[:1]) if is_linear else explain_trees(estimator, Z)
    raw = raw_of(estimator, Z)
    worst = np.abs(values.sum(axis=1) + np.array(base) - raw).max() / max(1, np.abs(raw).max())
    assert worst < (1e-6 if not is_linear else 1e-9), f"shap does not add up: {worst}"
    summed = np.zeros((len(rows), X.shape[1], values.shape[2]))
    for column, feature in enumerate(of):
        summed[:, feature] += values[:, column]
    return {
        "source": source,
        "estimator": type(estimator).__name__,
        "sklearn": sklearn.__version__,
        "shap": shap.__version__,
        "method": "linear" if is_linear else "tree-shap",
        # the reference of a linear model is the first row
        "rows": rows,
        "base": base,
        # [row][output][feature]
        "values": summed.transpose(0, 2, 1).tolist(),
    }


def write(name, found):
    lines = ",\n".join(f'"{key}":{json.dumps(value)}' for key, value in found.items())
    (HERE / f"{name}.json").write_text("{\n" + lines + "\n}\n")


def stored(name):
    folder = CASES / name
    rows = json.loads((folder / "golden.json").read_text())["rows"]
    path = next(folder.glob("model.*"))
    return (pickle.loads(path.read_bytes()) if path.suffix == ".pkl" else joblib.load(path)), rows


def usable(rows, model):
    """(rows, what scikit-learn gets) without values far beyond float32, which shap refuses, and rows that the model refuses."""
    X = frame_of(rows)
    at = lambda places: X.iloc[places] if isinstance(X, pd.DataFrame) else X[places]  # noqa: E731
    kept = []
    for place, row in enumerate(rows):
        cells = row.values() if isinstance(row, dict) else row
        if any(isinstance(cell, (int, float)) and abs(cell) > 1e9 for cell in cells):
            continue
        try:
            model.predict(at([place]))
            kept.append(place)
        except ValueError:
            pass
    # real rows come first, then edges such as missing values: some of all
    kept = kept if len(kept) <= MOST_ROWS else [kept[i * len(kept) // MOST_ROWS] for i in range(MOST_ROWS)]
    return [rows[place] for place in kept], at(kept)


def main():
    for name in BARE + PIPELINES:
        model, rows = stored(name)
        write(name, golden(model, *usable(rows, model), f"test/golden/sklearn/1.9/{name}"))
        print(name)
    model = joblib.load(MODELS / "telco_churn" / "model.joblib")
    rows = json.loads((MODELS / "telco_churn" / "heldout.json").read_text())["rows"][:TELCO_ROWS]
    write("telco_churn", golden(model, rows, frame_of(rows), "models/telco_churn"))
    print("telco_churn")


if __name__ == "__main__":
    main()
