"""Trains credit_risk: data/credit_data.csv in; model.joblib, heldout.json, rule.json, card.md and the golden answers out."""

import sys
import warnings
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import joblib
import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.model_selection import StratifiedKFold, cross_validate, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import evaluation as ev

GOLDEN = HERE.parent.parent / "test" / "golden" / "credit_risk"
SEED = 42
TARGET, POSITIVE = "Status", "bad"
NUMERIC = ["Seniority", "Time", "Age", "Expenses", "Income", "Assets", "Debt", "Amount", "Price"]
TEXT = ["Home", "Marital", "Records", "Job"]

# hidden layers, alpha, passes over the data; learning rate 0.001, batches of 64
GRID = [
    ((64, 32), 0.1, 15),
    ((64, 32), 0.3, 15),
    ((64, 32), 0.3, 30),
    ((64, 32), 1.0, 15),
    ((64, 32), 1.0, 30),
    ((64, 32), 3.0, 30),
    ((32, 16), 0.1, 15),
    ((32, 16), 0.3, 30),
    ((32, 16), 1.0, 30),
    ((64,), 0.3, 30),
    ((64,), 1.0, 30),
]

# Conditions chosen by looking at the training rows; the first bucket whose conditions all hold answers.
RULE = [
    [("Records", "==", "yes"), ("Job", "==", "partime")],
    [("Records", "==", "yes"), ("Seniority", "<", 5)],
    [("Job", "==", "partime"), ("Seniority", "<", 3)],
    [("Records", "==", "yes"), ("Income", "<", 120)],
    [("Seniority", "<", 3), ("Income", "<", 120), ("Assets", "<=", 0)],
    [("Records", "==", "yes")],
    [("Job", "==", "partime")],
    [("Seniority", "<", 3)],
    [("Seniority", ">=", 10), ("Home", "==", "owner")],
    [],
]

CARD = """# credit_risk: will this loan go bad?

{rows} loan applicants of {columns} columns, with missing values in {missing} of them, and how the loan went (`Status`, {positives} bad).
MIT licence; see `data/ATTRIBUTION.md`.

Everything below is written by `train.py` (scikit-learn {version}); no number is typed by hand.

## Model
9 numeric columns: median imputing with an indicator of what was missing, then standard scaling. 4 text columns: the most
frequent for a missing one, then one-hot, an unknown category gives zeros. Then `MLPClassifier`, {parameters}:
{shape} units, {weights} weights and biases, {weight_bytes} bytes as float32. `model.joblib` is {bytes} bytes, uncompressed.
Positive class: `bad`.

## Split
80/20, stratified by `Status`, seed {seed}: {train_rows} rows to train and choose on, {test_rows} held out and used once, below.

## Choosing (5-fold cross-validation on the {train_rows} training rows)
Rule: the lowest log loss.

{grid}

## Held-out rows ({test_rows}, {test_positives} bad)

{metrics}

Always saying `good` has an accuracy of {baseline:.4f}. Measures that need a decision use probability > 0.5.

## Calibration on the held-out rows

{calibration}

## The fallback rule `credit_risk_rule`
For when the model cannot answer. The first line whose conditions all hold gives the probability of `bad`; a missing
value, or text where a number belongs, makes a condition false. `label` is `bad` where the probability is over 0.5, else `good`.
Text is compared exactly. Probabilities are training shares, (positives + 1) / (rows + 2), to three decimals. The same in `rule.json`.

{rule}

On the held-out rows:

{rule_metrics}

## Limits
- A demonstration, not a credit decision: country, currency, year and the definition of `bad` are not in the data's description, and only applicants who got a loan have an outcome.
- `Age` and `Marital` are inputs. In many places the law forbids or limits their use in lending; check before any use.
- A missing income is itself a strong sign here ({missing_income_share:.1%} of those {missing_income_rows} training rows are bad), which may be how this lender filed things.
- At a threshold of 0.5 the model finds less than all bad loans (recall above); what an error costs must set the threshold.
"""


def pipeline(hidden, alpha, passes):
    numeric = Pipeline([("impute", SimpleImputer(strategy="median", add_indicator=True)), ("scale", StandardScaler())])
    text = Pipeline([("impute", SimpleImputer(strategy="most_frequent")), ("encode", OneHotEncoder(handle_unknown="ignore"))])
    columns = ColumnTransformer([("numeric", numeric, NUMERIC), ("text", text, TEXT)])
    network = MLPClassifier(hidden_layer_sizes=hidden, alpha=alpha, max_iter=passes, batch_size=64, random_state=SEED)
    return Pipeline([("columns", columns), ("model", network)])


def choose(X, y):
    """The setting of the lowest log loss, and the table of all."""
    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
    scored = []
    for setting in GRID:
        scores = cross_validate(pipeline(*setting), X, y, cv=folds, scoring=["accuracy", "roc_auc", "neg_log_loss"], n_jobs=2)
        loss = -scores["test_neg_log_loss"]
        scored.append({
            "setting": setting, "loss": loss.mean(), "error": loss.std(ddof=1) / np.sqrt(len(loss)),
            "accuracy": scores["test_accuracy"].mean(), "auc": scores["test_roc_auc"].mean(),
        })
    chosen = min(scored, key=lambda s: s["loss"])
    table = ["| hidden | alpha | passes | log loss | standard error | accuracy | ROC AUC | |", "|" + "---|" * 8]
    for s in scored:
        hidden, alpha, passes = s["setting"]
        table.append(
            f"| {'-'.join(map(str, hidden))} | {alpha} | {passes} | {s['loss']:.4f} | {s['error']:.4f} | {s['accuracy']:.4f} | {s['auc']:.4f} | "
            f"{'chosen' if s is chosen else ''} |"
        )
    return chosen["setting"], "\n".join(table)


def main():
    warnings.simplefilter("ignore", ConvergenceWarning)  # the number of passes is chosen, not waited for
    data = pd.read_csv(HERE / "data" / "credit_data.csv")
    X, y = data.drop(columns=TARGET), data[TARGET].to_numpy(dtype=object)
    train, test = train_test_split(np.arange(len(data)), test_size=0.2, stratify=y, random_state=SEED)
    setting, grid = choose(X.iloc[train], y[train])
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
    ev.write_json(HERE / "rule.json", {"name": "credit_risk_rule", "positive": POSITIVE, "negative": "good", "buckets": rule}, indent=1)
    ev.write_rows_json(GOLDEN / "all.json", {"expected": ev.answers_of(model, X)})
    ev.write_rows_json(GOLDEN / "rule.json", {"expected": {"probability": ev.plain(rule_probability)}})

    network = model[-1]
    sizes = [network.coefs_[0].shape[0]] + [weights.shape[1] for weights in network.coefs_]
    weights = sum(part.size for part in network.coefs_ + network.intercepts_)
    no_income = X.iloc[train]["Income"].isna().to_numpy()
    card = CARD.format(
        rows=f"{len(data):,}", columns=X.shape[1], missing=int(X.isna().any().sum()), positives=f"{truth.sum():,}", version=sklearn.__version__,
        parameters="relu, alpha {1}, {2} passes in batches of 64, seed {3}".format(*setting, SEED), shape="-".join(map(str, sizes)),
        weights=f"{weights:,}", weight_bytes=f"{weights * 4:,}", bytes=f"{(HERE / 'model.joblib').stat().st_size:,}", seed=SEED,
        train_rows=f"{len(train):,}", test_rows=f"{len(test):,}", test_positives=int(truth[test].sum()), grid=grid,
        metrics=ev.metrics_table(truth[test], probability), baseline=1 - truth[test].mean(),
        calibration=ev.calibration_table(truth[test], probability), rule=ev.rule_table(rule),
        rule_metrics=ev.metrics_table(truth[test], rule_probability),
        missing_income_rows=int(no_income.sum()), missing_income_share=truth[train][no_income].mean(),
    )
    (HERE / "card.md").write_text(card)
    print(card)


if __name__ == "__main__":
    main()
