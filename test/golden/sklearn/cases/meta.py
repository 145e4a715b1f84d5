"""Estimators made of estimators: voting, stacking, calibration, searches, thresholds."""

import numpy as np
import tables as t
from golden import case
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor, StackingClassifier, StackingRegressor, VotingClassifier,
    VotingRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor


def logistic(**options):
    return make_pipeline(StandardScaler(), LogisticRegression(**options))


def tree(depth=3, **options):
    return DecisionTreeClassifier(max_depth=depth, random_state=0, **options)


def forest(trees=4, depth=3):
    return RandomForestClassifier(trees, max_depth=depth, random_state=0)


def boosting(trees=4):
    return GradientBoostingClassifier(n_estimators=trees, max_depth=2, random_state=0)


def asked(X, real=14):
    X = np.asarray(X, dtype=float)
    rows = X[np.random.default_rng(1).choice(len(X), real, replace=False)]
    middle = np.nanmedian(X, axis=0)
    return np.vstack([rows, np.nan_to_num(rows[:0]), np.zeros(X.shape[1]), middle, middle * 1.1, np.nanmin(X, axis=0), np.nanmax(X, axis=0)])


def fitted(model, data, missing=False):
    X, y = data
    model.fit(X, y)
    rows = asked(X)
    if missing:
        rows = np.vstack([rows, np.full(X.shape[1], np.nan)])
    else:
        rows = np.where(np.isnan(rows), np.nanmedian(X, axis=0), rows)
    return model, rows


def add(name, make, since="1.0", **options):
    case(name=name, since=since, **options)(make)


def churn():
    return t.churn_numbers(400)


def wine():
    X, y = t.wine()
    return X[:, :6], np.array(["dry", "red", "sweet"], dtype=object)[y]


def homes():
    return t.homes_numbers(300)


def credit():
    X, y = t.credit_numbers(400)
    return X[:, :6], y


MEMBERS = [("line", logistic()), ("tree", tree()), ("forest", forest())]
LINES = [("line", LinearRegression()), ("tree", DecisionTreeRegressor(max_depth=3, random_state=0))]

add("voting_soft", lambda: fitted(VotingClassifier(MEMBERS, voting="soft"), churn()))
add("voting_soft_weights", lambda: fitted(VotingClassifier([*MEMBERS, ("gone", "drop")], voting="soft", weights=[2, 1, 0.5, 9]), wine()),
    note="a dropped member, text labels of three classes")
add("voting_hard", lambda: fitted(VotingClassifier(MEMBERS[:2], voting="hard"), wine()), note="ties give the first class")
add("voting_hard_weights", lambda: fitted(VotingClassifier([*MEMBERS[:2], ("boost", boosting(2))], weights=[1, 1, 2]), churn()))
add("voting_missing", lambda: fitted(VotingClassifier(
    [("line", make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression())), ("tree", make_pipeline(SimpleImputer(strategy="median"), tree()))],
    voting="soft"), credit(), missing=True), note="each member imputes for itself")
add("voting_regressor", lambda: fitted(VotingRegressor(LINES), homes()))
add("voting_regressor_weights", lambda: fitted(VotingRegressor([*LINES, ("gone", "drop")], weights=[3, 1, 7]), homes()))

add("stacking", lambda: fitted(StackingClassifier(MEMBERS, cv=2), churn()))
add("stacking_multiclass", lambda: fitted(StackingClassifier(MEMBERS[:2], cv=2, final_estimator=LogisticRegression(max_iter=500)), wine()))
add("stacking_passthrough", lambda: fitted(StackingClassifier(
    [("line", logistic()), ("gone", "drop"), ("tree", tree(2))], cv=2, passthrough=True, final_estimator=boosting(2)), churn()))
add("stacking_predict", lambda: fitted(StackingClassifier(MEMBERS[:2], cv=2, stack_method="predict", final_estimator=tree(4)), wine()))
add("stacking_decision", lambda: fitted(StackingClassifier(
    [("line", logistic()), ("boost", boosting(2))], cv=2, stack_method="decision_function", final_estimator=LogisticRegression(max_iter=500)), wine()))
add("stacking_forest", lambda: fitted(StackingClassifier(MEMBERS[:2], cv=2, final_estimator=forest(3, 2)), churn()))
add("stacking_missing", lambda: fitted(StackingClassifier(
    [("line", make_pipeline(SimpleImputer(add_indicator=True), StandardScaler(), LogisticRegression()))], cv=2), credit(), missing=True))
add("stacking_of_stacks", lambda: fitted(StackingClassifier(
    [("stack", StackingClassifier(MEMBERS[:2], cv=2, final_estimator=LogisticRegression())), ("vote", VotingClassifier(MEMBERS[:2], voting="soft"))], cv=2), churn()))
add("stacking_regressor", lambda: fitted(StackingRegressor(LINES, cv=2), homes()))
add("stacking_regressor_passthrough", lambda: fitted(StackingRegressor(
    LINES, cv=2, passthrough=True, final_estimator=RandomForestRegressor(3, max_depth=3, random_state=0)), homes()))


def prefit(data, stack):
    X, y = data
    return StackingClassifier([(name, model.fit(X, y)) for name, model in stack], cv="prefit")


add("stacking_prefit", lambda: fitted(prefit(churn(), [("line", logistic()), ("tree", tree())]), churn()), since="1.2",
    note="members keep text labels of their own")

for method in ("sigmoid", "isotonic"):
    add(f"calibrated_{method}_tree", lambda method=method: fitted(CalibratedClassifierCV(tree(), cv=2, method=method), churn()))
    add(f"calibrated_{method}_line", lambda method=method: fitted(CalibratedClassifierCV(logistic(), cv=2, method=method), churn()))
    add(f"calibrated_{method}_multiclass", lambda method=method: fitted(CalibratedClassifierCV(boosting(1), cv=2, method=method), wine()))
    add(f"calibrated_{method}_single", lambda method=method: fitted(CalibratedClassifierCV(forest(3), cv=3, method=method, ensemble=False), wine()))
add("calibrated_uniform", lambda: fitted(CalibratedClassifierCV(tree(1), cv=2, method="isotonic"), wine()), note="rows where all are 0")


def calibrated_prefit():
    X, y = churn()
    return fitted(CalibratedClassifierCV(logistic().fit(X[:200], y[:200]), cv="prefit"), (X[200:], y[200:]))


add("calibrated_prefit", calibrated_prefit, until="1.7")


def calibrated_frozen():
    from sklearn.frozen import FrozenEstimator

    X, y = churn()
    return fitted(CalibratedClassifierCV(FrozenEstimator(logistic().fit(X[:200], y[:200]))), (X[200:], y[200:]))


add("calibrated_frozen", calibrated_frozen, since="1.6")
add("calibrated_temperature_tree", lambda: fitted(CalibratedClassifierCV(tree(), cv=2, method="temperature"), churn()), since="1.8")
add("calibrated_temperature_line", lambda: fitted(CalibratedClassifierCV(logistic(), cv=2, method="temperature"), churn()), since="1.8")
add("calibrated_temperature_multiclass", lambda: fitted(CalibratedClassifierCV(forest(3, 2), cv=2, method="temperature"), wine()), since="1.8")
add("calibrated_temperature_scores", lambda: fitted(CalibratedClassifierCV(logistic(), cv=2, method="temperature"), wine()), since="1.8")


def isotonic(out_of_bounds, **options):
    X, y = homes()
    model = IsotonicRegression(out_of_bounds=out_of_bounds, **options).fit(X[:, 2], y)
    low, high = X[:, 2].min(), X[:, 2].max()
    rows = np.concatenate([X[:20, 2], np.linspace(low, high, 9)] + ([[low - 5, high * 2, -1e30]] if out_of_bounds == "clip" else []))
    return model, rows.reshape(-1, 1)


add("isotonic_clip", lambda: isotonic("clip"))
add("isotonic_nan", lambda: isotonic("nan", increasing=False))


def isotonic_constant():
    return IsotonicRegression().fit(np.ones(5), np.arange(5.0)), np.array([[0.0], [1.0], [7.5]])


add("isotonic_constant", isotonic_constant)

add("grid_search", lambda: fitted(GridSearchCV(logistic(), {"logisticregression__C": [0.1, 1]}, cv=2), churn()))
add("randomized_search", lambda: fitted(RandomizedSearchCV(tree(), {"max_depth": [2, 3]}, n_iter=2, cv=2, random_state=0), wine()))


def halving(name):
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401
    from sklearn import model_selection

    search = getattr(model_selection, name)
    return fitted(search(tree(), {"max_depth": [2, 3]}, cv=2, random_state=0), churn())


add("halving_grid_search", lambda: halving("HalvingGridSearchCV"))
add("halving_random_search", lambda: halving("HalvingRandomSearchCV"))


def self_training():
    X, y = t.wine()
    return fitted(SelfTrainingClassifier(logistic()), (X, np.where(np.arange(len(y)) % 3 == 0, -1, y)))


add("self_training", self_training)


def fixed(**options):
    from sklearn.model_selection import FixedThresholdClassifier

    return fitted(FixedThresholdClassifier(logistic(), **options), churn())


add("threshold_fixed", lambda: fixed(threshold=0.3, pos_label="yes"), since="1.5")
add("threshold_fixed_no", lambda: fixed(threshold=-0.4, pos_label="no", response_method="decision_function"), since="1.5")


def tuned(**options):
    from sklearn.model_selection import TunedThresholdClassifierCV

    X, y = churn()
    return fitted(TunedThresholdClassifierCV(forest(), cv=2, thresholds=20, random_state=0, **options), (X, np.where(y == "yes", 2, 1)))


add("threshold_tuned", lambda: tuned(), since="1.5")
add("threshold_tuned_first", lambda: tuned(scoring="f1"), since="1.5", note="the positive label of f1 is the first class")
