"""GradientBoostingClassifier and GradientBoostingRegressor, bare."""

import numpy as np
import tables as t
from golden import case
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.tree import DecisionTreeRegressor


def boosted(model, data, real=12, extreme=1e30, **fit):
    X, y = data
    model.set_params(random_state=0).fit(X, y, **fit)
    return model, t.tree_rows(model, X, real=real, extreme=extreme)


def classifier(trees=15, **options):
    return GradientBoostingClassifier(n_estimators=trees, **options)


def regressor(trees=15, **options):
    return GradientBoostingRegressor(n_estimators=trees, **options)


@case()
def gradient_boosting_classifier():
    return boosted(classifier(30), t.churn_numbers())


@case(since="1.0")
def gradient_boosting_classifier_multiclass():
    return boosted(classifier(10, max_depth=2), t.wine())


@case(note="three classes named by text")
def gradient_boosting_classifier_text_labels():
    X, y = t.iris()
    return boosted(classifier(6, max_depth=2), (X, np.array(["setosa", "versicolor", "virginica"], dtype=object)[y]))


@case(note="boolean labels, half the rows for each tree")
def gradient_boosting_classifier_boolean():
    X, y = t.churn_numbers()
    return boosted(classifier(20, subsample=0.5, max_features=0.5), (X, y == "yes"))


@case(note="labels -1 and 1, depth 1")
def gradient_boosting_classifier_stumps():
    X, y = t.churn_numbers()
    return boosted(classifier(40, max_depth=1), (X, np.where(y == "yes", 1, -1)))


@case(since="1.0", note="init='zero'")
def gradient_boosting_classifier_zero():
    return boosted(classifier(12, init="zero"), t.churn_numbers())


@case(note="init='zero', three classes")
def gradient_boosting_classifier_zero_multiclass():
    return boosted(classifier(6, init="zero", max_depth=2), t.wine())


@case(since="1.0", note="exponential loss: the score is doubled before the sigmoid")
def gradient_boosting_classifier_exponential():
    return boosted(classifier(20, loss="exponential"), t.churn_numbers())


@case(note="exponential loss, init='zero'")
def gradient_boosting_classifier_exponential_zero():
    return boosted(classifier(12, loss="exponential", init="zero", max_depth=2), t.churn_numbers())


@case(note="a LogisticRegression gives the first score; trees cast to float32, it does not")
def gradient_boosting_classifier_init_logistic():
    return boosted(classifier(10, init=LogisticRegression(max_iter=3000)), t.churn_numbers(), extreme=1e4)


@case(since="1.0", note="a LogisticRegression as init, three classes")
def gradient_boosting_classifier_init_logistic_multiclass():
    return boosted(classifier(5, max_depth=2, init=LogisticRegression(max_iter=3000)), t.iris(), extreme=1e4)


@case(note="a DummyClassifier given as init")
def gradient_boosting_classifier_init_dummy():
    return boosted(classifier(8, init=DummyClassifier(strategy="prior")), t.churn_numbers())


@case(note="trees that are single leaves")
def gradient_boosting_classifier_single_leaves():
    return boosted(classifier(5, min_samples_leaf=200), t.churn_numbers(300))


@case(since="1.0", note="a score of exactly 0: the first class wins in 1.2, the second in 1.6 and 1.9")
def gradient_boosting_classifier_tie():
    X, _ = t.churn_numbers(200)
    return boosted(classifier(2, init="zero", min_samples_leaf=150), (X, np.array(["a", "b"] * 100, dtype=object)))


@case(note="one tree, one feature")
def gradient_boosting_classifier_one_tree():
    X, y = t.churn_numbers(400)
    return boosted(classifier(1), (X[:, 2:3], y))


@case(since="1.9", note="stopped early, best-first growth")
def gradient_boosting_classifier_early_stopping():
    return boosted(classifier(60, n_iter_no_change=3, max_leaf_nodes=7, max_depth=None), t.churn_numbers())


@case(note="sample weights, criterion squared_error")
def gradient_boosting_classifier_weights():
    X, y = t.churn_numbers()
    return boosted(classifier(12, criterion="squared_error"), (X, y), sample_weight=np.random.default_rng(0).random(len(y)))


@case(since="1.9", format="joblib", note="over 200 KB uncompressed: for size bars")
def gradient_boosting_classifier_large():
    return boosted(classifier(100, max_depth=4), t.churn_numbers(3000))


@case()
def gradient_boosting_regressor():
    return boosted(regressor(30), t.homes_numbers())


@case()
def gradient_boosting_regressor_absolute():
    return boosted(regressor(loss="absolute_error"), t.homes_numbers())


@case(since="1.0")
def gradient_boosting_regressor_huber():
    return boosted(regressor(loss="huber", alpha=0.8), t.homes_numbers())


@case()
def gradient_boosting_regressor_quantile():
    return boosted(regressor(loss="quantile", alpha=0.9), t.homes_numbers())


@case(note="init='zero'")
def gradient_boosting_regressor_zero():
    return boosted(regressor(init="zero", learning_rate=0.3), t.homes_numbers())


@case(note="a LinearRegression gives the first answer")
def gradient_boosting_regressor_init_linear():
    return boosted(regressor(init=LinearRegression()), t.homes_numbers(), extreme=1e5)


@case(since="1.0", note="a tree gives the first answer")
def gradient_boosting_regressor_init_tree():
    return boosted(regressor(8, init=DecisionTreeRegressor(max_depth=2, random_state=0)), t.homes_numbers())


@case(note="a DummyRegressor of the median given as init")
def gradient_boosting_regressor_init_dummy():
    return boosted(regressor(8, init=DummyRegressor(strategy="median")), t.homes_numbers())


@case(note="trees that are single leaves")
def gradient_boosting_regressor_single_leaves():
    X, _ = t.homes_numbers(60)
    return boosted(regressor(4), (X, np.full(60, 2.5)))


@case(note="unlimited depth, one tree")
def gradient_boosting_regressor_one_tree():
    return boosted(regressor(1, max_depth=None, learning_rate=1.0), t.homes_numbers(150))
