"""Estimators made of many of one kind: bagging, AdaBoost, isolation forests, one class or target at a time, chains, targets."""

import numpy as np
import tables as t
from golden import VERSION, case
from .meta import asked, churn, credit, fitted, forest, homes, logistic, tree, wine
from sklearn.compose import TransformedTargetRegressor
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    AdaBoostClassifier, AdaBoostRegressor, BaggingClassifier, BaggingRegressor, GradientBoostingClassifier, GradientBoostingRegressor,
    IsolationForest,
)
from sklearn.linear_model import LinearRegression, LogisticRegression, Perceptron
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier, OutputCodeClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier, MultiOutputRegressor, RegressorChain
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, PowerTransformer, QuantileTransformer, RobustScaler, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeRegressor


def add(name, make, since="1.0", **options):
    case(name=name, since=since, **options)(make)


def line(depth=3):
    return DecisionTreeRegressor(max_depth=depth, random_state=0)


def scaled():
    return make_pipeline(StandardScaler(), LinearRegression())


def on(estimator):
    """The name of the parameter before 1.2 and since."""
    return {"estimator" if VERSION >= (1, 2) else "base_estimator": estimator}


def bagging(estimator, data, **options):
    return fitted(BaggingClassifier(**on(estimator), n_estimators=options.pop("n_estimators", 4), random_state=0, **options), data)


add("bagging", lambda: bagging(tree(), churn()))
add("bagging_columns", lambda: bagging(tree(4), wine(), max_features=0.5, bootstrap_features=True, n_estimators=4))
add("bagging_line", lambda: bagging(logistic(), churn(), max_features=0.6, max_samples=0.5))
add("bagging_votes", lambda: bagging(make_pipeline(StandardScaler(), Perceptron(random_state=0)), wine(), max_samples=0.4), since="1.9",
    note="members without probabilities")
add("bagging_missing_class", lambda: bagging(make_pipeline(StandardScaler(), tree()), wine(), max_samples=4, n_estimators=4),
    note="members that never saw a class")
add("bagging_regressor", lambda: fitted(BaggingRegressor(**on(line()), n_estimators=4, max_features=0.7, random_state=0), homes()))
add("bagging_regressor_line", lambda: fitted(BaggingRegressor(**on(scaled()), n_estimators=3, random_state=0), homes()))
add("bagging_missing", lambda: bagging(tree(), credit()), since="1.3")

samme = {"algorithm": "SAMME"} if VERSION < (1, 6) else {}
add("ada_boost", lambda: fitted(AdaBoostClassifier(n_estimators=8, random_state=0, **samme), churn()))
add("ada_boost_multiclass", lambda: fitted(AdaBoostClassifier(**on(tree(2)), n_estimators=5, random_state=0, **samme), wine()))
add("ada_boost_line", lambda: fitted(AdaBoostClassifier(**on(LogisticRegression(max_iter=300)), n_estimators=3, random_state=0, **samme), wine()))
add("ada_boost_forest", lambda: fitted(AdaBoostClassifier(**on(forest(2, 2)), n_estimators=3, random_state=0, **samme), churn()))
add("ada_boost_early", lambda: fitted(AdaBoostClassifier(**on(tree(9)), n_estimators=5, random_state=0, **samme), t.iris()), note="a perfect first member")
add("ada_boost_r", lambda: fitted(AdaBoostClassifier(n_estimators=8, random_state=0, algorithm="SAMME.R"), churn()), until="1.5")
add("ada_boost_r_multiclass", lambda: fitted(AdaBoostClassifier(**on(tree(2)), n_estimators=5, random_state=0, algorithm="SAMME.R"), wine()), until="1.5")
add("ada_boost_r_line", lambda: fitted(AdaBoostClassifier(
    **on(LogisticRegression(max_iter=300)), n_estimators=3, random_state=0, algorithm="SAMME.R"), wine()), until="1.5")
add("ada_boost_regressor", lambda: fitted(AdaBoostRegressor(**on(line()), n_estimators=7, random_state=0), homes()))
add("ada_boost_regressor_line", lambda: fitted(AdaBoostRegressor(**on(scaled()), n_estimators=4, loss="square", random_state=0), homes()))


def isolation(data, **options):
    X, _ = data
    model = IsolationForest(random_state=0, **options).fit(X)
    rows = asked(X)
    return model, np.vstack([rows, rows[0] * 50, -rows[1]])


add("isolation_forest", lambda: isolation(churn(), n_estimators=4, max_samples=24))
add("isolation_forest_contamination", lambda: isolation(homes(), n_estimators=3, max_samples=30, contamination=0.1, max_features=0.6))
add("isolation_forest_bootstrap", lambda: isolation(homes(), n_estimators=3, max_samples=30, bootstrap=True))
add("isolation_forest_one_row", lambda: isolation(homes(), n_estimators=2, max_samples=1))

add("one_vs_rest", lambda: fitted(OneVsRestClassifier(logistic()), wine()))
add("one_vs_rest_tree", lambda: fitted(OneVsRestClassifier(tree()), wine()), note="rows of which every member says no")
add("one_vs_rest_two", lambda: fitted(OneVsRestClassifier(logistic()), churn()))
add("one_vs_rest_regressor", lambda: fitted(OneVsRestClassifier(scaled()), wine()))


def flags(data=wine):
    X, _ = data()
    return X, np.column_stack([X[:, 0] > 13, X[:, 1] > 2, X[:, 3] > 19, np.ones(len(X))]).astype(int)


def noisy_flags():
    X = np.random.RandomState(1).normal(size=(120, 4)).round(3)
    noise = np.random.RandomState(2).normal(size=(120, 3))
    return X, (X[:, :3] + X[:, 1:] + 1.5 * noise > 0.6).astype(int)


add("one_vs_rest_labels", lambda: fitted(OneVsRestClassifier(tree()), flags()), note="a label that was always 1")
add("one_vs_rest_labels_scores", lambda: fitted(OneVsRestClassifier(make_pipeline(StandardScaler(), Perceptron(random_state=0))), flags()), since="1.9")
add("one_vs_rest_labels_votes", lambda: fitted(OneVsRestClassifier(make_pipeline(StandardScaler(), SVC(probability=True, random_state=0))), noisy_flags()), note="labels by decision_function, which the probabilities contradict")
add("one_vs_rest_labels_logistic", lambda: fitted(OneVsRestClassifier(logistic()), noisy_flags()))
add("one_vs_one", lambda: fitted(OneVsOneClassifier(logistic()), wine()))
add("one_vs_one_tree", lambda: fitted(OneVsOneClassifier(tree()), wine()))
add("one_vs_one_two", lambda: fitted(OneVsOneClassifier(forest(3, 2)), churn()))
add("output_code", lambda: fitted(OutputCodeClassifier(logistic(), code_size=2, random_state=0), wine()))
add("output_code_tree", lambda: fitted(OutputCodeClassifier(tree(), code_size=3, random_state=0), wine()))


def targets():
    X, y = t.wine()
    return X[:, :6], np.column_stack([y, X[:, 0] > 13]).astype(int)


def prices():
    X, y = homes()
    return X, np.column_stack([y, y / X[:, 2]])


add("multi_output", lambda: fitted(MultiOutputClassifier(logistic()), targets()))
add("multi_output_tree", lambda: fitted(MultiOutputClassifier(tree()), targets()))
add("multi_output_regressor", lambda: fitted(MultiOutputRegressor(scaled()), prices()))
add("multi_output_regressor_boosting", lambda: fitted(MultiOutputRegressor(GradientBoostingRegressor(n_estimators=3, max_depth=2, random_state=0)), prices()))
add("classifier_chain", lambda: fitted(ClassifierChain(tree(), order=[2, 0, 1]), (flags()[0], flags()[1][:, :3])))
add("classifier_chain_votes", lambda: fitted(ClassifierChain(make_pipeline(StandardScaler(), SVC(probability=True, random_state=0)), order=[1, 0]), (noisy_flags()[0], noisy_flags()[1][:, :2])), note="labels by decision_function, which the probabilities contradict")
add("classifier_chain_logistic", lambda: fitted(ClassifierChain(logistic()), noisy_flags()))
add("classifier_chain_proba", lambda: fitted(ClassifierChain(forest(2, 2), chain_method="predict_proba"), (flags()[0], flags()[1][:, :3])), since="1.5")
add("regressor_chain", lambda: fitted(RegressorChain(scaled(), order=[1, 0]), prices()))
add("regressor_chain_tree", lambda: fitted(RegressorChain(line()), prices()))


def target(regressor=None, data=homes, **options):
    return fitted(TransformedTargetRegressor(regressor or scaled(), **options), data())


add("target_log1p", lambda: target(func=np.log1p, inverse_func=np.expm1))
add("target_sqrt", lambda: target(line(), func=np.sqrt, inverse_func=np.square))
add("target_function", lambda: target(line(), transformer=FunctionTransformer(np.log, np.exp)))
add("target_standard", lambda: target(transformer=StandardScaler()))
add("target_standard_two", lambda: target(transformer=StandardScaler(), data=prices), note="two targets")
add("target_min_max", lambda: target(transformer=MinMaxScaler(feature_range=(-1, 2))))
add("target_robust", lambda: target(line(), transformer=RobustScaler()))
add("target_power", lambda: target(transformer=PowerTransformer()))
add("target_box_cox", lambda: target(line(), transformer=PowerTransformer(method="box-cox", standardize=False)))
add("target_quantile", lambda: target(transformer=QuantileTransformer(n_quantiles=20)))
add("target_quantile_normal", lambda: target(line(), transformer=QuantileTransformer(n_quantiles=30, output_distribution="normal")))
add("target_none", lambda: target())

for strategy in ("prior", "most_frequent"):
    add(f"dummy_classifier_{strategy}", lambda strategy=strategy: fitted(DummyClassifier(strategy=strategy), wine()), since="1.6")
add("dummy_classifier_constant", lambda: fitted(DummyClassifier(strategy="constant", constant="sweet"), wine()), since="1.6")
add("dummy_classifier_targets", lambda: fitted(DummyClassifier(), targets()), since="1.6")
add("dummy_classifier_pipeline", lambda: fitted(make_pipeline(StandardScaler(), DummyClassifier()), churn()))
add("dummy_regressor", lambda: fitted(DummyRegressor(strategy="quantile", quantile=0.3), homes()), since="1.6")
add("dummy_regressor_targets", lambda: fitted(make_pipeline(StandardScaler(), DummyRegressor()), prices()))

add("boosting_start_tree", lambda: fitted(GradientBoostingClassifier(n_estimators=2, max_depth=2, init=tree(2), random_state=0), wine()))
add("boosting_start_target", lambda: fitted(GradientBoostingRegressor(
    n_estimators=2, max_depth=2, init=TransformedTargetRegressor(line(2), func=np.log1p, inverse_func=np.expm1), random_state=0), homes()))
