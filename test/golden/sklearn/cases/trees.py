"""DecisionTreeClassifier and DecisionTreeRegressor, bare."""

import numpy as np
import tables as t
from golden import case
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor


def tree(model, data, missing=False, **fit):
    X, y = data
    model.fit(X, y, **fit)
    return model, t.tree_rows(model, X, missing)


def label(data, values):
    X, y = data
    return X, np.where(y == "yes", values[1], values[0])


@case()
def decision_tree_classifier():
    return tree(DecisionTreeClassifier(max_depth=5, random_state=0), t.churn_numbers())


@case(note="to pure leaves")
def decision_tree_classifier_unlimited():
    return tree(DecisionTreeClassifier(random_state=0), t.churn_numbers(600))


@case()
def decision_tree_classifier_multiclass():
    return tree(DecisionTreeClassifier(max_depth=4, random_state=0), t.wine())


@case()
def decision_tree_classifier_entropy():
    return tree(DecisionTreeClassifier(criterion="entropy", max_leaf_nodes=12, random_state=0), t.churn_numbers())


@case()
def decision_tree_classifier_log_loss():
    return tree(DecisionTreeClassifier(criterion="log_loss", min_samples_leaf=15, random_state=0), t.iris())


@case(note="random thresholds")
def decision_tree_classifier_random():
    return tree(DecisionTreeClassifier(splitter="random", max_depth=6, random_state=0), t.churn_numbers())


@case(note="class weights: node values are weighted")
def decision_tree_classifier_balanced():
    return tree(DecisionTreeClassifier(class_weight="balanced", max_depth=4, random_state=0), t.churn_numbers())


@case(note="sample weights, pruned")
def decision_tree_classifier_weights():
    X, y = t.churn_numbers()
    weights = np.random.default_rng(0).random(len(y)) * 3
    return tree(DecisionTreeClassifier(ccp_alpha=0.002, random_state=0), (X, y), sample_weight=weights)


@case(note="boolean labels")
def decision_tree_classifier_boolean():
    return tree(DecisionTreeClassifier(max_depth=3, random_state=0), label(t.churn_numbers(400), np.array([False, True])))


@case(note="labels -1 and 1, one feature")
def decision_tree_classifier_one_feature():
    X, y = label(t.churn_numbers(400), np.array([-1, 1]))
    return tree(DecisionTreeClassifier(max_depth=3, random_state=0), (X[:, 2:3], y))


@case(note="a single leaf: no split was worth it")
def decision_tree_classifier_single_leaf():
    return tree(DecisionTreeClassifier(min_impurity_decrease=1.0, random_state=0), t.churn_numbers(300))


@case(note="one class only: probabilities of one entry")
def decision_tree_classifier_one_class():
    X, _ = t.churn_numbers(100)
    return tree(DecisionTreeClassifier(random_state=0), (X, np.full(100, "only", dtype=object)))


@case(note="one split")
def decision_tree_classifier_stump():
    return tree(DecisionTreeClassifier(max_depth=1, random_state=0), t.iris())


@case(note="equal shares in a leaf: the first class wins")
def decision_tree_classifier_ties():
    X = np.array([[0.0], [0.0], [1.0], [1.0], [2.0], [2.0], [2.0]])
    return tree(DecisionTreeClassifier(random_state=0), (X, np.array(["b", "a", "c", "b", "c", "a", "b"], dtype=object)))


@case(note="a threshold at 0 (between -0.1 and 0.1), and features of both signs")
def decision_tree_classifier_zero_threshold():
    rng = np.random.default_rng(0)
    X = np.round(rng.normal(size=(200, 2)), 1)
    X[X == 0] = 0.1
    return tree(DecisionTreeClassifier(max_depth=3, random_state=0), (X, (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)))


@case(since="1.0", note="two targets: predict gives arrays, predict_proba an array a target")
def decision_tree_classifier_targets():
    X, y = t.wine()
    Y = np.column_stack([y, X[:, 0] > 13]).astype(int)
    return tree(DecisionTreeClassifier(max_depth=4, random_state=0), (X, Y))


@case(note="two targets of text with different numbers of classes")
def decision_tree_classifier_text_targets():
    X, y = t.wine()
    Y = np.column_stack([np.array(["x", "y", "z"], dtype=object)[y], np.where(X[:, 0] > 13, "strong", "light").astype(object)])
    return tree(DecisionTreeClassifier(max_depth=3, random_state=0), (X, Y))


@case(since="1.3", note="missing values have a direction at each split")
def decision_tree_classifier_missing():
    return tree(DecisionTreeClassifier(max_depth=7, random_state=0), t.credit_numbers(1500), missing=True)


@case(since="1.3", note="the only split is missing or not: the threshold is infinite")
def decision_tree_classifier_missing_only():
    X = np.where(np.arange(200)[:, None] % 3 == 0, np.nan, 5.0)
    return tree(DecisionTreeClassifier(random_state=0), (X, (np.arange(200) % 3 == 0).astype(int)), missing=True)


@case(since="1.4", note="monotonic constraints")
def decision_tree_classifier_monotonic():
    X, y = t.churn_numbers()
    constraint = [0, -1, 1, 0, 0, 0, 0, 0, 1]
    return tree(DecisionTreeClassifier(max_depth=5, monotonic_cst=constraint, random_state=0), (X, y))


@case(note="float32 neighbours: data values that only float32 rounding puts on the other side")
def decision_tree_classifier_float32():
    base = np.float64(np.float32(0.1))
    X = np.array([[0.1], [base], [np.nextafter(base, 1)], [0.2], [16777216.0], [16777217.0], [16777218.0], [1e-45], [0.0]])
    return tree(DecisionTreeClassifier(random_state=0), (X, np.arange(9) % 3))


@case(since="1.0")
def decision_tree_regressor():
    return tree(DecisionTreeRegressor(max_depth=5, random_state=0), t.homes_numbers())


@case(note="to single rows")
def decision_tree_regressor_unlimited():
    return tree(DecisionTreeRegressor(random_state=0), t.homes_numbers(250))


@case()
def decision_tree_regressor_friedman():
    return tree(DecisionTreeRegressor(criterion="friedman_mse", max_depth=4, random_state=0), t.homes_numbers(400))


@case(note="leaves hold medians")
def decision_tree_regressor_absolute():
    return tree(DecisionTreeRegressor(criterion="absolute_error", max_depth=4, random_state=0), t.homes_numbers(400))


@case()
def decision_tree_regressor_poisson():
    return tree(DecisionTreeRegressor(criterion="poisson", max_depth=4, random_state=0), t.homes_numbers(400))


@case(note="three targets")
def decision_tree_regressor_targets():
    X, y = t.homes_numbers()
    return tree(DecisionTreeRegressor(max_depth=5, random_state=0), (X, np.column_stack([y, y / X[:, 2], X[:, 3] + X[:, 4]])))


@case(note="one target given as a column")
def decision_tree_regressor_column_target():
    X, y = t.homes_numbers(300)
    return tree(DecisionTreeRegressor(max_depth=3, random_state=0), (X, y[:, None]))


@case(note="a single leaf")
def decision_tree_regressor_single_leaf():
    X, _ = t.homes_numbers(100)
    return tree(DecisionTreeRegressor(random_state=0), (X, np.full(100, 3.25)))


@case(since="1.3")
def decision_tree_regressor_missing():
    X, _ = t.credit_numbers(1500)
    return tree(DecisionTreeRegressor(max_depth=6, random_state=0), (X[:, :8], X[:, 8]), missing=True)
