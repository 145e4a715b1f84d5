"""HistGradientBoostingClassifier and HistGradientBoostingRegressor, with missing values and categories."""

import numpy as np
import pandas as pd
import tables as t
from golden import case
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

# From 1.6 the default is "from_dtype": on arrays it means none.


def classifier(trees=15, **options):
    return HistGradientBoostingClassifier(max_iter=trees, random_state=0, **options)


def regressor(trees=15, **options):
    return HistGradientBoostingRegressor(max_iter=trees, random_state=0, **options)


def boosted(model, data, missing=False, extreme=1e300, **fit):
    X, y = data
    model.fit(X, y, **fit)
    return model, t.tree_rows(model, X, missing, extreme)


@case()
def hist_gradient_boosting_classifier():
    return boosted(classifier(20, max_leaf_nodes=15), t.churn_numbers())


@case()
def hist_gradient_boosting_classifier_multiclass():
    return boosted(classifier(6, max_leaf_nodes=6), t.wine())


@case(note="three classes named by text, one feature")
def hist_gradient_boosting_classifier_one_feature():
    X, y = t.iris()
    return boosted(classifier(5, max_leaf_nodes=4), (X[:, 2:3], np.array(["setosa", "versicolor", "virginica"], dtype=object)[y]))


@case(note="missing values in training: a direction at each split")
def hist_gradient_boosting_classifier_missing():
    return boosted(classifier(20, max_leaf_nodes=12), t.credit_numbers(1500), missing=True)


@case(note="no missing values in training: they go with the larger child")
def hist_gradient_boosting_classifier_missing_unseen():
    return boosted(classifier(12, max_leaf_nodes=8), t.churn_numbers(), missing=True)


@case(note="the only split is missing or not: the threshold is infinite")
def hist_gradient_boosting_classifier_missing_only():
    X = np.where(np.arange(300)[:, None] % 3 == 0, np.nan, 5.0)
    return boosted(classifier(3), (X, (np.arange(300) % 3 == 0).astype(int)), missing=True)


@case(note="boolean labels, class weights, l2")
def hist_gradient_boosting_classifier_boolean():
    X, y = t.churn_numbers()
    return boosted(classifier(10, max_leaf_nodes=8, class_weight="balanced", l2_regularization=2.0), (X, y == "yes"))


@case(since="1.9", note="stopped early")
def hist_gradient_boosting_classifier_early_stopping():
    return boosted(classifier(80, max_leaf_nodes=8, early_stopping=True, n_iter_no_change=3), t.churn_numbers())


@case(since="1.4", note="stopped early by a scorer, of which a method stays behind in the file")
def hist_gradient_boosting_classifier_scored():
    options = dict(early_stopping=True, n_iter_no_change=2, scoring="roc_auc", min_samples_leaf=60)
    return boosted(classifier(30, max_leaf_nodes=4, **options), t.churn_numbers(500))


@case(note="few bins, limited depth")
def hist_gradient_boosting_classifier_bins():
    return boosted(classifier(15, max_bins=7, max_depth=3, min_samples_leaf=5), t.churn_numbers())


@case(note="trees that are single leaves")
def hist_gradient_boosting_classifier_single_leaves():
    return boosted(classifier(3, min_samples_leaf=500), t.churn_numbers(300))


@case(note="a score of exactly 0: the first class wins")
def hist_gradient_boosting_classifier_tie():
    X, _ = t.churn_numbers(200)
    return boosted(classifier(2, min_samples_leaf=150), (X, np.array(["a", "b"] * 100, dtype=object)))


@case(since="1.0", note="one tree")
def hist_gradient_boosting_classifier_one_tree():
    return boosted(classifier(1, max_leaf_nodes=5), t.churn_numbers(400))


@case(note="a threshold of exactly 0 and leaf values of exactly 0")
def hist_gradient_boosting_regressor_zeros():
    rng = np.random.default_rng(0)
    X = rng.choice([-1.0, 1.0], size=(400, 2))
    return boosted(regressor(2, max_leaf_nodes=4, learning_rate=1.0), (X, np.where(X[:, 0] > 0, 0.0, np.where(X[:, 1] > 0, 2.0, -2.0))))


@case(note="monotonic constraints and groups of interacting features")
def hist_gradient_boosting_classifier_constraints():
    X, y = t.churn_numbers()
    model = classifier(12, max_leaf_nodes=8, monotonic_cst=[0, -1, 1, 0, 0, 0, 0, 0, 1], interaction_cst=[{0, 1, 2, 8}, {3, 4, 5, 6, 7}])
    return boosted(model, (X, y))


@case(since="1.9", format="joblib", note="over 200 KB uncompressed: for size bars")
def hist_gradient_boosting_classifier_large():
    return boosted(classifier(100), t.churn_numbers(4000))


def coded(rows=900):
    """Two numeric and two category columns, coded 0.. with some missing; rows are asked with unknown codes too."""
    X, y = t.credit(rows, ["Income", "Home", "Age", "Job"])
    for name in ("Home", "Job"):
        codes = X[name].astype("category").cat.codes.astype(float)
        X[name] = codes.where(codes >= 0, np.nan)
    return X, y


def coded_rows(X):
    values = X.to_numpy(float)
    rows = [row for row in values[:14]]
    for column, odd in ((1, [np.nan, 7.0, 40.0, 0.0, 5.0]), (3, [np.nan, 6.0, 0.0])):
        for value in odd:
            row = values[30 + column].copy()
            row[column] = value
            rows.append(row)
    rows += [np.full(4, np.nan), np.array([1e300, 1, -1e300, 2]), np.array([-0.0, 0, 0.0, 3])]
    return np.array(rows)


@case(note="categories by index; codes never seen are asked too")
def hist_gradient_boosting_classifier_category_index():
    X, y = coded()
    return classifier(12, max_leaf_nodes=8, categorical_features=[1, 3]).fit(X.to_numpy(float), y), coded_rows(X)


@case(since="1.0", note="categories by mask")
def hist_gradient_boosting_classifier_category_mask():
    X, y = coded()
    mask = np.array([False, True, False, True])
    return classifier(12, max_leaf_nodes=8, categorical_features=mask).fit(X.to_numpy(float), y), coded_rows(X)


@case(note="categories by name: codes in a frame")
def hist_gradient_boosting_classifier_category_name():
    X, y = coded()
    return classifier(12, max_leaf_nodes=8, categorical_features=["Home", "Job"]).fit(X, y), pd.DataFrame(coded_rows(X), columns=X.columns)


@case(since="1.0", note="categories by index, among them three classes and no missing values in training")
def hist_gradient_boosting_classifier_category_multiclass():
    X, _ = coded()
    X = X.fillna({"Home": 2, "Job": 0, "Income": 100})
    y = np.digitize(X["Income"] / (1 + X["Home"]) + X["Age"], [80, 140])
    return classifier(5, max_leaf_nodes=8, categorical_features=[1, 3]).fit(X.to_numpy(float), y), coded_rows(X)


def typed(columns, text=True):
    X, y = t.credit(900, columns)
    for name in columns:
        if X[name].dtype.kind not in "if":
            X[name] = X[name].astype(object).astype("category")
    return X, y


def typed_rows(X, unknown=()):
    rows = t.edge_frame(X.astype({n: object for n in X.columns if X[n].dtype.name == "category"}), missing=list(X.columns), unknown=unknown)
    for name in X.columns:
        if X[name].dtype.name == "category":
            rows[name] = rows[name].astype("category")
    return rows


@case(since="1.4", note="text categories from the frame's dtypes; unknown ones count as missing")
def hist_gradient_boosting_classifier_from_dtype():
    X, y = typed(["Income", "Home", "Age", "Job", "Marital", "Debt"])
    model = classifier(12, max_leaf_nodes=8, categorical_features="from_dtype").fit(X, y)
    return model, typed_rows(X, unknown=["Home", "Job"])


@case(since="1.6", note="categories from the frame's dtypes by default; the category columns come last in the frame")
def hist_gradient_boosting_classifier_from_dtype_default():
    X, y = typed(["Age", "Income", "Amount", "Records", "Home"])
    return classifier(10, max_leaf_nodes=8).fit(X, y), typed_rows(X, unknown=["Records"])


@case(since="1.4", note="text categories by name in a frame of objects")
def hist_gradient_boosting_classifier_text_name():
    X, y = t.credit(900, ["Home", "Income", "Job", "Age"])
    X = X.astype({"Home": object, "Job": object})
    model = classifier(10, max_leaf_nodes=8, categorical_features=["Home", "Job"]).fit(X, y)
    return model, t.edge_frame(X, missing=["Home", "Income", "Job"], unknown=["Job"])


@case(since="1.4", note="numeric categories, postal codes, in a frame")
def hist_gradient_boosting_regressor_from_dtype():
    X, y = t.homes(None, ["sqft", "zip", "beds"])
    X["zip"] = X["zip"].str.slice(1).astype(int)
    top = X["zip"].value_counts().index[:30]
    keep = X["zip"].isin(top)
    X, y = X[keep].reset_index(drop=True), y[keep.to_numpy()]
    X["zip"] = X["zip"].astype("category")
    model = regressor(12, max_leaf_nodes=8, categorical_features="from_dtype").fit(X, y)
    rows = X.iloc[::30].reset_index(drop=True)
    rows = rows.astype({"zip": float})
    rows.loc[0, "zip"] = 12345.0
    rows.loc[1, "zip"] = np.nan
    rows["zip"] = rows["zip"].astype("category")
    return model, rows


@case(note="over 100 categories: several words of the category set")
def hist_gradient_boosting_regressor_many_categories():
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.integers(0, 130, 4000), np.round(rng.normal(size=4000), 2)]).astype(float)
    y = np.sin(X[:, 0]) * 3 + X[:, 1]
    model = regressor(6, max_leaf_nodes=10, categorical_features=[0]).fit(X, y)
    return model, np.vstack([X[:20], [[31.0, 0.0], [32.0, 0.0], [63.0, 0.0], [64.0, 0.5], [129.0, -0.5], [130.0, 0.0], [np.nan, 0.0], [254.0, 1.0]]])


def homes(model, missing=False):
    X, y = t.homes_numbers()
    return boosted(model, (X, y / 1000), missing)


@case()
def hist_gradient_boosting_regressor():
    return homes(regressor(20, max_leaf_nodes=10))


@case()
def hist_gradient_boosting_regressor_absolute():
    return homes(regressor(loss="absolute_error", max_leaf_nodes=8))


@case(since="1.3", note="log link: the answer is exp of the score")
def hist_gradient_boosting_regressor_gamma():
    return homes(regressor(loss="gamma", max_leaf_nodes=8))


@case(since="1.0", note="log link: the answer is exp of the score")
def hist_gradient_boosting_regressor_poisson():
    return homes(regressor(loss="poisson", max_leaf_nodes=8), missing=True)


@case()
def hist_gradient_boosting_regressor_quantile():
    return homes(regressor(loss="quantile", quantile=0.8, max_leaf_nodes=8))


@case(since="1.0")
def hist_gradient_boosting_regressor_missing():
    X, _ = t.credit_numbers(1500)
    return boosted(regressor(12, max_leaf_nodes=10), (X[:, :8], X[:, 8]), missing=True)


@case(since="1.9", note="stopped early on the training loss")
def hist_gradient_boosting_regressor_early_stopping():
    return homes(regressor(80, max_leaf_nodes=6, early_stopping=True, scoring="loss", validation_fraction=None, n_iter_no_change=2, tol=0.02))


@case(note="trees that are single leaves")
def hist_gradient_boosting_regressor_single_leaves():
    X, _ = t.homes_numbers(60)
    return boosted(regressor(3), (X, np.full(60, 4.5)), missing=True)
