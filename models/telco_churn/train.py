"""Trains telco_churn: data/mlc_churn.csv in; model.joblib, heldout.json, rule.json, card.md and the golden answers out."""

import sys
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import joblib
import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.model_selection import StratifiedKFold, cross_validate, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import evaluation as ev

GOLDEN = HERE.parent.parent / "test" / "golden" / "telco_churn"
SEED = 42
TARGET, POSITIVE = "churn", "yes"
NUMERIC = [
    "account_length", "number_vmail_messages", "total_day_minutes", "total_day_calls", "total_day_charge",
    "total_eve_minutes", "total_eve_calls", "total_eve_charge", "total_night_minutes", "total_night_calls",
    "total_night_charge", "total_intl_minutes", "total_intl_calls", "total_intl_charge", "number_customer_service_calls",
]
TEXT = ["state", "area_code", "international_plan", "voice_mail_plan"]

# trees, depth, learning rate, share of rows, share of columns, least rows in a leaf
GRID = [
    (100, 3, 0.1, 1.0, None, 1),
    (100, 3, 0.15, 0.8, 0.5, 10),
    (100, 4, 0.1, 1.0, None, 1),
    (100, 4, 0.1, 0.8, 0.5, 10),
    (80, 4, 0.15, 0.8, 0.5, 10),
    (150, 4, 0.1, 0.8, 0.5, 10),
    (200, 4, 0.06, 0.8, 0.5, 10),
    (60, 5, 0.15, 0.8, 0.5, 10),
    (80, 5, 0.1, 0.8, 0.5, 20),
    (100, 5, 0.1, 0.8, 0.5, 10),
    (150, 5, 0.06, 0.8, 0.5, 10),
]

# Conditions chosen by looking at the training rows; the first bucket whose conditions all hold answers.
RULE = [
    [("international_plan", "==", "yes"), ("total_intl_calls", "<=", 2)],
    [("international_plan", "==", "yes"), ("total_intl_minutes", ">", 13)],
    [("number_customer_service_calls", ">=", 4), ("total_day_minutes", "<", 160)],
    [("voice_mail_plan", "==", "no"), ("total_day_minutes", ">", 245), ("total_eve_minutes", ">", 180)],
    [("voice_mail_plan", "==", "no"), ("total_day_minutes", ">", 270)],
    [("number_customer_service_calls", ">=", 4)],
    [],
]

CARD = """# telco_churn: will this customer leave?

{rows} customers of a telephone company, 19 columns, and whether they left (`churn`, {positives} yes). modeldata's
documentation quotes a note in the source files: "artificial based on claims similar to real world". MIT licence; see `data/ATTRIBUTION.md`.

Everything below is written by `train.py` (scikit-learn {version}); no number is typed by hand.

## Model
15 numeric columns: mean imputing, then standard scaling. 4 text columns: one-hot, an unknown category gives zeros.
Then `GradientBoostingClassifier` with {parameters}: {nodes} nodes in all. `model.joblib` is {bytes} bytes, uncompressed.
Positive class: `yes`.

## Split
80/20, stratified by `churn`, seed {seed}: {train_rows} rows to train and choose on, {test_rows} held out and used once, below.

## Choosing (5-fold cross-validation on the {train_rows} training rows)
Rule: of the settings whose log loss is within one standard error of the best ({best:.4f} + {error:.4f}), the one with the
fewest nodes, since every node costs time and bytes wherever the model goes.

{grid}

## Held-out rows ({test_rows}, {test_positives} yes)

{metrics}

Always saying `no` has an accuracy of {baseline:.4f}. Measures that need a decision use probability > 0.5.

## Calibration on the held-out rows

{calibration}

## The fallback rule `telco_churn_rule`
For when the model cannot answer. The first line whose conditions all hold gives the probability of `yes`; a missing
value, or text where a number belongs, makes a condition false. `label` is `yes` where the probability is over 0.5, else `no`.
Text is compared exactly. Probabilities are training shares, (positives + 1) / (rows + 2), to three decimals. The same in `rule.json`.

{rule}

On the held-out rows:

{rule_metrics}

## Limits
- One company, one unstated period; nothing says how the customers were drawn. Measure again on your own customers before acting on it.
- A customer's bill is the sum of the four `…_charge` columns, and it explains much of the churn: of the {bill_rows} training
  rows without voice mail where it is over 74, {bill_share:.1%} left. The model sees the four apart and must approximate the
  sum, which costs accuracy; the inputs stay those that the file has.
- `state` is an input: check what that means for the people concerned before using it to treat them differently.
- Probabilities are of leaving within the data's own unstated horizon, not within a month.
"""


def pipeline(trees, depth, rate, row_share, column_share, leaf_rows):
    numeric = Pipeline([("impute", SimpleImputer()), ("scale", StandardScaler())])
    columns = ColumnTransformer([("numeric", numeric, NUMERIC), ("text", OneHotEncoder(handle_unknown="ignore"), TEXT)])
    boosting = GradientBoostingClassifier(
        n_estimators=trees, max_depth=depth, learning_rate=rate, subsample=row_share,
        max_features=column_share, min_samples_leaf=leaf_rows, random_state=SEED,
    )
    return Pipeline([("columns", columns), ("model", boosting)])


def node_count(model):
    return sum(tree.tree_.node_count for tree in model[-1].estimators_.ravel())


def choose(X, y):
    """Fewest nodes within one standard error of the best log loss; returns the setting, the bound and the table."""
    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
    scored = []
    for setting in GRID:
        scores = cross_validate(
            pipeline(*setting), X, y, cv=folds, scoring=["accuracy", "roc_auc", "neg_log_loss"], n_jobs=2, return_estimator=True
        )
        loss = -scores["test_neg_log_loss"]
        scored.append({
            "setting": setting, "loss": loss.mean(), "error": loss.std(ddof=1) / np.sqrt(len(loss)),
            "accuracy": scores["test_accuracy"].mean(), "auc": scores["test_roc_auc"].mean(),
            "nodes": np.mean([node_count(model) for model in scores["estimator"]]),
        })
    best = min(scored, key=lambda s: s["loss"])
    near = [s for s in scored if s["loss"] <= best["loss"] + best["error"]]
    chosen = min(near, key=lambda s: s["nodes"])
    table = ["| trees | depth | rate | rows | columns | leaf | nodes | log loss | accuracy | ROC AUC | |", "|" + "---|" * 11]
    for s in scored:
        trees, depth, rate, row_share, column_share, leaf = s["setting"]
        table.append(
            f"| {trees} | {depth} | {rate} | {row_share} | {column_share or 'all'} | {leaf} | {s['nodes']:.0f} | {s['loss']:.4f} | "
            f"{s['accuracy']:.4f} | {s['auc']:.4f} | {'chosen' if s is chosen else ''} |"
        )
    return chosen["setting"], best, "\n".join(table)


def main():
    data = pd.read_csv(HERE / "data" / "mlc_churn.csv")
    X, y = data.drop(columns=TARGET), data[TARGET].to_numpy(dtype=object)
    train, test = train_test_split(np.arange(len(data)), test_size=0.2, stratify=y, random_state=SEED)
    setting, best, grid = choose(X.iloc[train], y[train])
    model = pipeline(*setting).fit(X.iloc[train], y[train])
    joblib.dump(model, HERE / "model.joblib")

    truth = (y == POSITIVE).astype(int)
    rule = ev.fit_rule(
        X.iloc[train], truth[train], [{"when": [dict(zip(("feature", "op", "value"), c)) for c in when]} for when in RULE]
    )
    rule_probability = np.array([bucket["probability"] for bucket in rule])[ev.bucket_of(X.iloc[test], rule)]
    probability = model.predict_proba(X.iloc[test])[:, list(model.classes_).index(POSITIVE)]

    heldout = {"rows": ev.rows_of(X.iloc[test]), "truth": y[test].tolist(), "expected": ev.answers_of(model, X.iloc[test])}
    ev.write_rows_json(HERE / "heldout.json", heldout)
    ev.write_json(HERE / "rule.json", {"name": "telco_churn_rule", "positive": POSITIVE, "negative": "no", "buckets": rule}, indent=1)
    ev.write_rows_json(GOLDEN / "all.json", {"expected": ev.answers_of(model, X)})
    ev.write_rows_json(GOLDEN / "rule.json", {"expected": {"probability": ev.plain(rule_probability)}})

    bill = X.iloc[train].filter(like="_charge").sum(axis=1).to_numpy()
    large_bill = (bill > 74) & (X.iloc[train]["voice_mail_plan"] == "no").to_numpy()
    parameters = ("{} trees of depth {}, learning rate {}, {} of the rows and {} of the columns for each tree and split, "
                  "at least {} rows in a leaf, seed {}").format(*setting, SEED)
    card = CARD.format(
        rows=f"{len(data):,}", positives=f"{truth.sum():,}", version=sklearn.__version__, parameters=parameters, nodes=f"{node_count(model):,}",
        bytes=f"{(HERE / 'model.joblib').stat().st_size:,}", seed=SEED, train_rows=f"{len(train):,}", test_rows=f"{len(test):,}",
        test_positives=int(truth[test].sum()), best=best["loss"], error=best["error"], grid=grid,
        metrics=ev.metrics_table(truth[test], probability), baseline=1 - truth[test].mean(),
        calibration=ev.calibration_table(truth[test], probability), rule=ev.rule_table(rule),
        bill_rows=int(large_bill.sum()), bill_share=truth[train][large_bill].mean(),
        rule_metrics=ev.metrics_table(truth[test], rule_probability),
    )
    (HERE / "card.md").write_text(card)
    print(card)


if __name__ == "__main__":
    main()
