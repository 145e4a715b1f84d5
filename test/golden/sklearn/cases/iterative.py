"""Iterative imputers, whose regressors are asked in turn."""

import numpy as np
import tables as t
from golden import VERSION, case
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor


def gaps(columns=4, rows=80, seed=6):
    X, y = t.wine()
    chosen = np.random.default_rng(seed).choice(len(X), rows + 24, replace=False)
    X, y = np.round(X[chosen][:, :columns], 2), y[chosen]
    rng = np.random.default_rng(seed)
    X[rng.random(X.shape) < 0.2] = np.nan
    rows_ = X[rows:].copy()
    rows_[0] = np.nan
    return X[:rows], y[:rows], rows_


@case(since="1.0", note="BayesianRidge by default; a row with nothing at all")
def iterative_imputer():
    X, _, rows = gaps()
    return IterativeImputer(random_state=0, max_iter=3).fit(X), rows


@case(since="1.0", note="trees, medians first, descending, limits by column, indicators")
def iterative_imputer_trees():
    X, _, rows = gaps()
    model = IterativeImputer(
        DecisionTreeRegressor(max_depth=3, random_state=0), initial_strategy="median", imputation_order="descending",
        min_value=[12.0, 1.5, 2.0, 15.0], max_value=[14.0, 4.0, 2.5, 22.0], max_iter=2, add_indicator=True, random_state=0,
    )
    return model.fit(X), rows


@case(since="1.0", note="columns complete in training are only filled at first; the nearest two tell; neighbours as regressors")
def iterative_imputer_skip():
    X, _, rows = gaps(5, rows=40)
    X[:, 1] = np.nan_to_num(X[:, 1], nan=2.2)
    estimator = KNeighborsRegressor(3, algorithm="brute")
    model = IterativeImputer(estimator, skip_complete=True, n_nearest_features=2, max_iter=2, imputation_order="roman", random_state=0)
    return model.fit(X), rows[1:]  # means of columns lie half way between neighbours


@case(since="1.0", note="-1 is missing, a column without values is dropped, before a model")
def iterative_imputer_number():
    X, y, rows = gaps()
    fill = lambda Z: np.column_stack([np.nan_to_num(Z[:, :2], nan=-1.0), np.full(len(Z), -1.0), np.nan_to_num(Z[:, 2:], nan=-1.0)])  # noqa: E731
    imputer = IterativeImputer(missing_values=-1.0, initial_strategy="most_frequent", imputation_order="random", max_iter=3, random_state=0)
    return make_pipeline(imputer, StandardScaler(), LogisticRegression()).fit(fill(X), y), fill(rows)


@case(since="1.0", note="a forest, arabic")
def iterative_imputer_forest():
    X, _, rows = gaps(3, rows=50)
    forest = ExtraTreesRegressor(4, max_depth=3, random_state=0)
    return IterativeImputer(forest, imputation_order="arabic", max_iter=2, random_state=0).fit(X), rows


@case(since="1.0", note="no round at all")
def iterative_imputer_still():
    X, _, rows = gaps(3)
    return IterativeImputer(max_iter=0).fit(X), rows


@case(since="1.6", note="an empty column is kept; a constant at first")
def iterative_imputer_keep_empty():
    X, _, rows = gaps(3)
    options = {"initial_strategy": "constant", "fill_value": 3.0} if VERSION >= (1, 3) else {}
    model = IterativeImputer(keep_empty_features=True, max_iter=3, random_state=0, **options)
    return model.fit(np.insert(X, 1, np.nan, axis=1)), np.insert(rows, 1, np.where(np.arange(len(rows)) % 2, 5.0, np.nan), axis=1)
