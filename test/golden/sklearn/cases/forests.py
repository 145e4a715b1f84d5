"""RandomForest and ExtraTrees, classifiers and regressors, bare."""

import numpy as np
import tables as t
from golden import case
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor


def forest(model, data, missing=False, real=12):
    X, y = data
    model.set_params(random_state=0).fit(X, y)
    return model, t.tree_rows(model, X, missing, real=real)


def wine_targets():
    X, y = t.wine()
    return X, np.column_stack([y, X[:, 0] > 13]).astype(int)


def homes_targets():
    X, y = t.homes_numbers()
    return X, np.column_stack([y, y / X[:, 2]])


def regression_missing():
    X, _ = t.credit_numbers(1200)
    return X[:, :8], X[:, 8]


# What ExtraTrees shares with RandomForest is asked of older versions once, to keep the folder small.
REPEATED = {
    "classifier_unlimited", "classifier_balanced", "classifier_subsample", "classifier_boolean", "classifier_one_tree", "classifier_entropy",
    "regressor_unlimited", "regressor_one_tree", "regressor_absolute", "regressor_poisson",
}


def both(name, classifier, regressor, missing_since):
    """The same cases for both kinds of forest; one function a case, registered under the family's name."""

    def add(suffix, make, **options):
        if name == "extra_trees" and suffix in REPEATED:
            options["since"] = "1.9"
        case(name=f"{name}_{suffix}", **options)(make)

    add("classifier", lambda: forest(classifier(15, max_depth=5), t.churn_numbers()))
    add("classifier_unlimited", lambda: forest(classifier(6), t.churn_numbers(500)), note="to pure leaves")
    add("classifier_multiclass", lambda: forest(classifier(12, max_depth=4), t.wine()), since="1.0")
    add("classifier_one_tree", lambda: forest(classifier(1, max_depth=4), t.iris()))
    add("classifier_balanced", lambda: forest(classifier(10, max_depth=4, class_weight="balanced"), t.churn_numbers()))
    add("classifier_subsample", lambda: forest(
        classifier(10, max_depth=4, bootstrap=True, max_samples=0.5, oob_score=True, class_weight="balanced_subsample"), t.churn_numbers()
    ), note="class weights a tree, out-of-bag score")
    add("classifier_boolean", lambda: forest(
        classifier(8, max_leaf_nodes=9), (t.churn_numbers(500)[0], t.churn_numbers(500)[1] == "yes")
    ), note="boolean labels")
    add("classifier_targets", lambda: forest(classifier(8, max_depth=4), wine_targets()),
        note="two targets: predict gives arrays, predict_proba an array a target")
    add("classifier_one_class", lambda: forest(classifier(3), (t.iris()[0], np.zeros(150, dtype=int))), note="one class, single leaves")
    add("classifier_ties", lambda: forest(
        classifier(2, bootstrap=False, max_features=1), (np.array([[0.0, 1.0], [0.0, 2.0], [1.0, 1.0], [1.0, 2.0]] * 3), np.arange(12) % 3)
    ), note="leaves of equal shares")
    add("classifier_entropy", lambda: forest(classifier(8, max_depth=5, criterion="entropy", max_features=None), t.churn_numbers(600)))
    add("classifier_missing", lambda: forest(classifier(10, max_depth=6), t.credit_numbers(1200), True),
        since=missing_since, note="missing values have a direction at each split")
    add("regressor", lambda: forest(regressor(12, max_depth=5), t.homes_numbers()))
    add("regressor_unlimited", lambda: forest(regressor(4), t.homes_numbers(250)))
    add("regressor_one_tree", lambda: forest(regressor(1, max_depth=3), t.homes_numbers(300)))
    add("regressor_targets", lambda: forest(regressor(8, max_depth=4), homes_targets()), note="two targets")
    add("regressor_absolute", lambda: forest(regressor(6, max_depth=3, criterion="absolute_error"), t.homes_numbers(300)))
    add("regressor_poisson", lambda: forest(regressor(6, max_depth=4, criterion="poisson"), t.homes_numbers(400)), since="1.0")
    add("regressor_single_leaf", lambda: forest(regressor(3), (t.homes_numbers(80)[0], np.full(80, -1.5))), note="single leaves")
    add("regressor_missing", lambda: forest(regressor(8, max_depth=5), regression_missing(), True), since=missing_since)


both("random_forest", RandomForestClassifier, RandomForestRegressor, "1.4")
both("extra_trees", ExtraTreesClassifier, ExtraTreesRegressor, "1.6")


@case(since="1.9", format="joblib", note="over 200 KB uncompressed: for size bars")
def random_forest_classifier_large():
    return forest(RandomForestClassifier(50, max_depth=6), t.churn_numbers(3000))
