"""The tables that models are fitted on, and the rows that they are asked about: real ones, then edges."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine

FOLDER = Path(".")

CHURN_NUMERIC = [
    "account_length", "number_vmail_messages", "total_day_minutes", "total_eve_minutes", "total_night_minutes",
    "total_intl_minutes", "total_intl_calls", "total_intl_charge", "number_customer_service_calls",
]
CHURN_TEXT = ["area_code", "international_plan", "voice_mail_plan"]
CREDIT_NUMERIC = ["Seniority", "Time", "Age", "Expenses", "Income", "Assets", "Debt", "Amount", "Price"]
CREDIT_TEXT = ["Home", "Marital", "Records", "Job"]
ATTRITION_NUMERIC = ["Age", "DailyRate", "DistanceFromHome", "MonthlyIncome", "NumCompaniesWorked", "TotalWorkingYears", "YearsAtCompany"]
ATTRITION_TEXT = ["BusinessTravel", "Department", "Education", "JobRole", "MaritalStatus", "OverTime"]
HOMES_NUMERIC = ["beds", "baths", "sqft", "latitude", "longitude"]
HOMES_TEXT = ["city", "type"]
AMES_NUMERIC = [
    "Lot_Frontage", "Lot_Area", "Year_Built", "Year_Remod_Add", "Mas_Vnr_Area", "Bsmt_Unf_SF", "Total_Bsmt_SF", "First_Flr_SF",
    "Second_Flr_SF", "Gr_Liv_Area", "Full_Bath", "Half_Bath", "Bedroom_AbvGr", "TotRms_AbvGrd", "Fireplaces", "Garage_Cars",
    "Garage_Area", "Wood_Deck_SF", "Open_Porch_SF", "Longitude", "Latitude",
]
AMES_TEXT = ["MS_Zoning", "Neighborhood", "House_Style", "Heating_QC", "Central_Air"]


@lru_cache(None)
def _read(name):
    return pd.read_csv(FOLDER / name)


def _part(name, target, columns, rows, seed=0):
    """(X, y) of a sample; y as an object array so that labels are plain Python strings in the file."""
    table = _read(name)
    table = table.sample(rows, random_state=seed).reset_index(drop=True) if rows else table
    y = table[target].to_numpy(dtype=object if table[target].dtype.kind not in "if" else float)
    return table[columns].copy(), y


def churn(rows=1200, columns=CHURN_NUMERIC + CHURN_TEXT):
    """As many customers who left as who stayed, while there are enough: a small model then answers both."""
    table = _read("mlc_churn.csv")
    half = min(rows // 2, (table["churn"] == "yes").sum())
    left = table[table["churn"] == "yes"].sample(half, random_state=0)
    stayed = table[table["churn"] == "no"].sample(rows - half, random_state=0)
    table = pd.concat([left, stayed]).sample(frac=1, random_state=0).reset_index(drop=True)
    return table[columns].copy(), table["churn"].to_numpy(dtype=object)


def credit(rows=1200, columns=CREDIT_NUMERIC + CREDIT_TEXT):
    """The table has few missing texts; every eleventh one is taken away."""
    X, y = _part("credit_data.csv", "Status", columns, rows)
    for offset, name in enumerate(name for name in columns if name in CREDIT_TEXT):
        X.loc[X.index % 11 == offset, name] = np.nan
    return X, y


def attrition(rows=None, columns=ATTRITION_NUMERIC + ATTRITION_TEXT):
    return _part("attrition.csv", "Attrition", columns, rows)


def homes(rows=None, columns=HOMES_NUMERIC + HOMES_TEXT):
    return _part("Sacramento.csv", "price", columns, rows)


def ames(rows=1200, columns=AMES_NUMERIC + AMES_TEXT):
    return _part("ames.csv", "Sale_Price", columns, rows)


def churn_numbers(rows=900):
    """Columns of one and two decimals as a float64 array, and yes/no labels."""
    X, y = churn(rows, CHURN_NUMERIC)
    return X.to_numpy(dtype=float), y


def credit_numbers(rows=900):
    """A float64 array with missing values, and good/bad labels."""
    X, y = credit(rows, CREDIT_NUMERIC)
    return X.to_numpy(dtype=float), y


def homes_numbers(rows=None):
    X, y = homes(rows, HOMES_NUMERIC)
    return X.to_numpy(dtype=float), y


def iris():
    return load_iris(return_X_y=True)


def wine():
    return load_wine(return_X_y=True)


def cancer():
    return load_breast_cancer(return_X_y=True)


def digits():
    return load_digits(return_X_y=True)


def edge_array(X, real=16, missing=False, extreme=1e30, seed=1):
    """Real rows, then zeros, negative zeros, tiny, huge and, where the model takes them, missing values."""
    X = np.asarray(X, dtype=float)
    rng = np.random.default_rng(seed)
    middle = np.nanmedian(X, axis=0)
    rows = [row for row in X[rng.choice(len(X), min(real, len(X)), replace=False)]]
    rows += [np.zeros(X.shape[1]), np.full(X.shape[1], -0.0), np.full(X.shape[1], 1e-40), np.full(X.shape[1], -1e-7)]
    rows += [np.full(X.shape[1], extreme), np.full(X.shape[1], -extreme), np.nanmin(X, axis=0), np.nanmax(X, axis=0), middle]
    rows += [middle * 1.1, np.where(np.arange(X.shape[1]) % 2, middle, extreme), np.full(X.shape[1], 16777217.0)]
    if missing:
        rows.append(np.full(X.shape[1], np.nan))
        for feature in range(min(X.shape[1], 4)):
            row = X[rng.integers(len(X))].copy()
            row[feature] = np.nan
            rows.append(row)
    else:
        rows = [np.where(np.isnan(row), middle, row) for row in rows]
    return np.array(rows)


def edge_frame(X, real=14, missing=(), unknown=(), extreme=1e30, seed=1):
    """As `edge_array` for a frame: numeric columns get numeric edges, text columns unknown and missing categories."""
    numeric = [name for name in X.columns if X[name].dtype.kind in "if"]
    text = [name for name in X.columns if name not in numeric]
    base = X.sample(real + 8, random_state=seed).reset_index(drop=True)
    base[numeric] = base[numeric].astype(float)
    base[text] = base[text].astype(object)
    for name in numeric:
        if name not in missing:
            base[name] = base[name].fillna(X[name].median())
    for name in text:
        if name not in missing:
            base[name] = base[name].where(base[name].notna(), X[name].mode()[0])
    edges = [0.0, -0.0, extreme, -extreme, 1e-40, 16777217.0]
    for offset, value in enumerate(edges):
        base.loc[real + offset, numeric] = value
    extra = []
    if missing:
        row = base.iloc[0].copy()
        for name in missing:
            row[name] = np.nan
        extra.append(row)
        for index, name in enumerate(missing):
            row = base.iloc[index % real].copy()
            row[name] = np.nan
            extra.append(row)
    for index, name in enumerate(unknown):
        row = base.iloc[index % real].copy()
        row[name] = "never seen"
        extra.append(row)
    frame = pd.concat([base, pd.DataFrame(extra)], ignore_index=True) if extra else base
    frame[numeric] = frame[numeric].astype(float)
    return frame


def beside_thresholds(X, splits, most=5, seed=2):
    """Real rows with one value put on a float64 threshold, on its float32 neighbours, and just beside where the branch flips."""
    X = np.asarray(X, dtype=float)
    rng = np.random.default_rng(seed)
    splits = sorted({(int(f), float(t)) for f, t in splits if np.isfinite(t)})
    rows = []
    for index in rng.choice(len(splits), min(most, len(splits)), replace=False) if splits else []:
        feature, threshold = splits[index]
        near = np.float32(threshold)
        half = (float(near) + float(np.nextafter(near, np.float32(np.inf)))) / 2
        for value in (np.nextafter(threshold, -np.inf), threshold, np.nextafter(threshold, np.inf), float(near), np.nextafter(half, np.inf)):
            row = X[rng.integers(len(X))].copy()
            row[feature] = value
            rows.append(np.where(np.isnan(row), 0.0, row))
    return np.array(rows).reshape(-1, X.shape[1])


def splits_of(model):
    """(feature, threshold) of every split in a fitted tree, forest or boosting."""
    if hasattr(model, "tree_"):
        tree = model.tree_
        return [(f, t) for f, t in zip(tree.feature, tree.threshold) if f >= 0]
    if hasattr(model, "_predictors"):
        nodes = np.concatenate([p.nodes for stage in model._predictors for p in stage])
        nodes = nodes[(nodes["is_leaf"] == 0) & (nodes["is_categorical"] == 0)]
        return list(zip(nodes["feature_idx"], nodes["num_threshold"]))
    return [split for tree in np.asarray(model.estimators_, dtype=object).ravel() for split in splits_of(tree)]


def tree_rows(model, X, missing=False, extreme=1e30, real=12):
    return np.vstack([edge_array(X, real, missing, extreme), beside_thresholds(X, splits_of(model))])
