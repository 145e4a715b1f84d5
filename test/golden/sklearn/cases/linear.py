"""LogisticRegression, LinearRegression, Ridge, Lasso and ElasticNet, bare and behind a scaler."""

import numpy as np
import pandas as pd
import tables as t
from golden import VERSION, case
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def classes(model, data, extreme=1e4, real=18):
    X, y = data
    return model.fit(X, y), t.edge_array(X, real, extreme=extreme)


def scaled_churn(model, labels=None):
    X, y = t.churn_numbers(500)
    y = y if labels is None else np.where(y == "yes", labels[1], labels[0])
    return make_pipeline(StandardScaler(), model).fit(X, y), t.edge_array(X, extreme=1e4)


def logistic(**options):
    """`penalty` was deprecated in 1.8 in favour of `l1_ratio`."""
    penalty = options.pop("penalty", None)
    if penalty and VERSION < (1, 8):
        options["penalty"] = penalty
    elif penalty == "l1":
        options["l1_ratio"] = 1
    return LogisticRegression(max_iter=2000, **options)


@case(since="1.0")
def logistic_regression_binary():
    return classes(logistic(), t.cancer())


@case(since="1.0", note="string labels in alphabetical order; the pipeline's decision_function is one number a row")
def logistic_regression_text_labels():
    return scaled_churn(logistic())


@case(note="boolean labels")
def logistic_regression_boolean_labels():
    return scaled_churn(logistic(C=0.1), np.array([False, True]))


@case(note="labels -1 and 1")
def logistic_regression_negative_labels():
    return scaled_churn(logistic(), np.array([-1, 1]))


@case(note="labels that are doubles")
def logistic_regression_double_labels():
    return scaled_churn(logistic(), np.array([1.0, 2.0]))


@case(since="1.0")
def logistic_regression_multinomial():
    return classes(logistic(), t.iris())


@case(note="string labels, three classes")
def logistic_regression_multinomial_text():
    X, y = t.wine()
    return classes(make_pipeline(StandardScaler(), logistic()), (X, np.array(["barolo", "grignolino", "barbera"], dtype=object)[y]))


@case(note="64 pixels, 10 classes")
def logistic_regression_digits():
    X, y = t.digits()
    return logistic(C=0.01).fit(X, y), t.edge_array(X, 16, extreme=100.0)


@case(since="1.0", until="1.6", note="one against the rest: sigmoids, normalized")
def logistic_regression_ovr():
    return classes(logistic(multi_class="ovr"), t.iris())


@case(since="1.0", until="1.6", note="two classes under multinomial: softmax of minus and plus the score")
def logistic_regression_multinomial_binary():
    return scaled_churn(logistic(multi_class="multinomial"))


@case(since="1.0", note="liblinear with l1: many coefficients are 0")
def logistic_regression_liblinear():
    return scaled_churn(logistic(solver="liblinear", random_state=0, penalty="l1", C=0.05))


@case(since="1.0", until="1.6", note="liblinear with three classes is one against the rest")
def logistic_regression_liblinear_multiclass():
    return classes(logistic(solver="liblinear", random_state=0), t.iris())


@case()
def logistic_regression_without_intercept():
    return scaled_churn(logistic(fit_intercept=False, class_weight="balanced"))


@case(since="1.0", note="zeros give a score of exactly 0: the first class wins")
def logistic_regression_tie():
    X, y = t.churn_numbers(300)
    return classes(logistic(fit_intercept=False), (X[:, 5:8], y))


@case(note="one feature")
def logistic_regression_one_feature():
    X, y = t.churn_numbers(300)
    return classes(logistic(), (X[:, 2:3], y))


@case(note="scores of thousands: probabilities of exactly 0 and 1")
def logistic_regression_saturated():
    X, y = t.cancer()
    return classes(logistic(), (X, y), extreme=1e9)


@case(note="fitted on a frame: rows are objects")
def logistic_regression_frame():
    X, y = t.churn(500, t.CHURN_NUMERIC)
    return make_pipeline(StandardScaler(), logistic()).fit(X, y), t.edge_frame(X, extreme=1e4)


def regression(model, targets=None, extreme=1e6):
    X, y = t.homes_numbers()
    y = y if targets is None else np.column_stack([y / 1000, X[:, 2] * 0.5 + X[:, 0]])[:, :targets]
    return model.fit(X, y), t.edge_array(X, 18, extreme=extreme)


@case(since="1.0")
def linear_regression():
    return regression(LinearRegression())


@case(since="1.0", note="two targets: predict gives arrays")
def linear_regression_targets():
    return regression(LinearRegression(), 2)


@case(note="one target given as a column: predict gives arrays of one")
def linear_regression_column_target():
    return regression(LinearRegression(), 1)


@case()
def linear_regression_positive():
    return regression(LinearRegression(positive=True))


@case(since="1.0", note="intercept_ is the number 0.0, not an array")
def linear_regression_without_intercept():
    return regression(LinearRegression(fit_intercept=False))


@case(note="timestamps beside small numbers: float32 weights would cancel")
def linear_regression_timestamps():
    rng = np.random.default_rng(0)
    X = np.column_stack([1.7e12 + rng.integers(0, 10**10, 300).astype(float), rng.normal(size=300)])
    y = (X[:, 0] - 1.7e12) / 1e8 + 3 * X[:, 1]
    return make_pipeline(StandardScaler(), LinearRegression()).fit(X, y), X[:24]


@case(note="fitted on a frame")
def linear_regression_frame():
    X, y = t.ames(600, ["Gr_Liv_Area", "Year_Built", "Garage_Area", "Full_Bath"])
    return LinearRegression().fit(X, y), t.edge_frame(X)


@case(since="1.0")
def ridge():
    return regression(Ridge(alpha=3.5))


@case(since="1.0", note="two targets, a penalty each")
def ridge_targets():
    return regression(Ridge(alpha=np.array([0.1, 50.0])), 2)


@case()
def ridge_without_intercept():
    return regression(Ridge(fit_intercept=False, solver="cholesky"))


@case()
def ridge_positive():
    return regression(Ridge(positive=True))


@case(since="1.0", note="fitted on float32: float32 coefficients")
def ridge_float32():
    X, y = t.homes_numbers()
    X = X.astype(np.float32)
    rows = t.edge_array(X, 18, extreme=1e6).astype(np.float32).astype(float)
    return Ridge().fit(X, y.astype(np.float32)), rows


@case(since="1.0")
def lasso():
    return regression(make_pipeline(StandardScaler(), Lasso(alpha=2000.0)))


@case(note="every coefficient is 0: the answer is the mean")
def lasso_all_zero():
    return regression(make_pipeline(StandardScaler(), Lasso(alpha=1e9)))


@case(since="1.0", note="two targets")
def lasso_targets():
    return regression(make_pipeline(StandardScaler(), Lasso(alpha=5.0)), 2)


@case(since="1.0")
def elastic_net():
    return regression(make_pipeline(StandardScaler(), ElasticNet(alpha=0.5, l1_ratio=0.7)))


@case(note="two targets, no intercept")
def elastic_net_targets():
    return regression(make_pipeline(StandardScaler(), ElasticNet(alpha=0.5, fit_intercept=False)), 2)


@case(since="1.0", note="integer features and a target frame of one column")
def elastic_net_frame():
    X, y = t.ames(600, ["Lot_Area", "Year_Built", "Bedroom_AbvGr"])
    return ElasticNet(alpha=1.0).fit(X, pd.Series(y)), t.edge_frame(X)
