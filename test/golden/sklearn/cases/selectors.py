"""Selectors of columns, alone and before predictors; target encoders."""

import numpy as np
import tables as t
from golden import VERSION, case
from sklearn.ensemble import AdaBoostClassifier, ExtraTreesClassifier, GradientBoostingRegressor, RandomForestClassifier
from sklearn.feature_selection import (
    RFE, RFECV, GenericUnivariateSelect, SelectFdr, SelectFpr, SelectFromModel, SelectFwe, SelectKBest, SelectPercentile,
    SequentialFeatureSelector, VarianceThreshold, chi2, f_regression, mutual_info_classif,
)
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier


def edges(X, missing=False):
    return t.edge_array(X, real=6, missing=missing, extreme=1e6)


UNIVARIATE = {
    "k_best": lambda: SelectKBest(k=4),
    "k_best_all": lambda: SelectKBest(k="all"),
    "percentile": lambda: SelectPercentile(percentile=40),
    "fpr": lambda: SelectFpr(alpha=0.01),
    "fdr": lambda: SelectFdr(alpha=0.01),
    "fwe": lambda: SelectFwe(alpha=0.01),
    "generic": lambda: GenericUnivariateSelect(mode="fdr", param=0.05),
    "generic_k_best": lambda: GenericUnivariateSelect(mode="k_best", param=3),
}

for name, make in UNIVARIATE.items():

    @case(since="1.0", name=f"select_{name}")
    def select(make=make):
        X, y = t.churn_numbers(300)
        return make().fit(X, y), edges(X)


@case(since="1.0", note="two constant columns: their scores are NaN; two columns are equal")
def select_k_best_ties():
    X, y = t.churn_numbers(300)
    X[:, 0] = X[:, 5] = 3
    X[:, 2] = X[:, 3]
    return SelectKBest(k=5).fit(X, y), edges(X)


@case(since="1.0")
def select_percentile_ties():
    X, y = t.churn_numbers(300)
    X[:, 1] = X[:, 2] = X[:, 8]
    return SelectPercentile(percentile=20).fit(X, y), edges(X)


@case(since="1.0", note="categories, each a column of its own, by chi2")
def select_categories():
    X, y = t.churn(300, t.CHURN_TEXT)
    model = make_pipeline(OneHotEncoder(handle_unknown="ignore"), SelectKBest(chi2, k=3), LogisticRegression())
    return model.fit(X, y), t.edge_frame(X, real=10, unknown=t.CHURN_TEXT)


@case(since="1.0")
def select_mutual_information():
    X, y = t.churn_numbers(200)
    return make_pipeline(SelectKBest(mutual_info_classif, k=3), DecisionTreeClassifier(max_depth=4, random_state=0)).fit(X, y), edges(X)


@case(since="1.0")
def variance_threshold():
    X = t.churn_numbers(300)[0]
    X[:, 0] = 5
    return VarianceThreshold(1.5).fit(X), edges(X, missing=True)


MODELS = {
    "tree": lambda: SelectFromModel(DecisionTreeClassifier(max_depth=5, random_state=0)),
    "forest": lambda: SelectFromModel(RandomForestClassifier(4, max_depth=4, random_state=0), threshold="0.8*median"),
    "extra_trees": lambda: SelectFromModel(ExtraTreesClassifier(4, max_depth=3, random_state=0), threshold="median"),
    "ada_boost": lambda: SelectFromModel(AdaBoostClassifier(n_estimators=4, random_state=0)),
    "logistic_l1": lambda: SelectFromModel(LogisticRegression(**(
        {"l1_ratio": 1} if VERSION >= (1, 8) else {"penalty": "l1"}), C=0.1, solver="liblinear", random_state=0)),
    "most": lambda: SelectFromModel(LogisticRegression(max_iter=2000), threshold=-np.inf, max_features=3),
    "linear_svc": lambda: SelectFromModel(SVC(kernel="linear", C=1e-3, max_iter=200), threshold="mean"),
}

for name, make in MODELS.items():

    @case(since="1.0", name=f"select_from_{name}")
    def select_from(make=make):
        X, y = t.churn_numbers(80)
        return make_pipeline(StandardScaler(), make()).fit(X, y), edges(X)


@case(since="1.0", note="coefficients of three classes, by their largest")
def select_from_classes():
    X, y = t.wine()
    return SelectFromModel(LogisticRegression(max_iter=50), norm_order=np.inf).fit(X, y), t.edge_array(X, real=4)


@case(since="1.0", note="importances of a step in a pipeline, and a tree after it")
def select_from_pipeline():
    X, y = t.churn_numbers(200)
    inner = make_pipeline(StandardScaler(), LogisticRegression())
    selector = SelectFromModel(inner, importance_getter="named_steps.logisticregression.coef_")
    return make_pipeline(selector, DecisionTreeClassifier(max_depth=3, random_state=0)).fit(X, y), edges(X)


@case(since="1.1", note="fitted before it was wrapped")
def select_from_prefit():
    X, y = t.homes_numbers(300)
    booster = GradientBoostingRegressor(n_estimators=4, max_depth=2, random_state=0).fit(X, y)
    return make_pipeline(SelectFromModel(booster, prefit=True), LinearRegression()).fit(X, y), t.edge_array(X, real=8, extreme=1e4)


@case(since="1.0", note="equal importances reach their own mean")
def select_from_equal():
    X, y = t.churn_numbers(120)
    X = np.tile(X[:, :1], (1, 11))
    model = SelectFromModel(LogisticRegression()).fit(X, y)
    model.estimator_.coef_[:] = 0.1
    return model, edges(X)


@case(since="1.0")
def select_from_lasso():
    X, y = t.homes_numbers(300)
    return make_pipeline(StandardScaler(), SelectFromModel(Lasso(alpha=20000))).fit(X, y), t.edge_array(X, real=8, extreme=1e4)


@case(since="1.4", note="a forest takes missing values, and so does its selector")
def select_from_missing():
    X, y = t.credit_numbers(300)
    selector = SelectFromModel(RandomForestClassifier(4, max_depth=3, random_state=0))
    return make_pipeline(selector, DecisionTreeClassifier(max_depth=4, random_state=0)).fit(X, y), edges(X, missing=True)


@case(since="1.0")
def recursive_elimination():
    X, y = t.churn_numbers(200)
    selector = RFE(DecisionTreeClassifier(max_depth=4, random_state=0), n_features_to_select=4)
    return make_pipeline(selector, StandardScaler()).fit(X, y), edges(X)


@case(since="1.0")
def recursive_elimination_validated():
    X, y = t.churn_numbers(200)
    selector = RFECV(LogisticRegression(max_iter=500), step=3, cv=3)
    return make_pipeline(StandardScaler(), selector, LogisticRegression()).fit(X, y), edges(X)


@case(since="1.0")
def sequential_selection():
    X, y = t.homes_numbers(300)
    selector = SequentialFeatureSelector(LinearRegression(), n_features_to_select=3, cv=3)
    return make_pipeline(selector, LinearRegression()).fit(X, y), t.edge_array(X, real=8, extreme=1e4)


if VERSION >= (1, 3):
    from sklearn.preprocessing import TargetEncoder

    TARGETS = {
        "binary": lambda: (t.credit(300, t.CREDIT_TEXT), t.CREDIT_TEXT),
        "continuous": lambda: (t.homes(300, t.HOMES_TEXT), t.HOMES_TEXT),
    }
    for name, make in TARGETS.items():

        @case(since="1.3", name=f"target_encoder_{name}")
        def target_encoder(make=make, name=name):
            (X, y), text = make()
            missing = [column for column in text if X[column].isna().any()]
            return TargetEncoder(target_type=name).fit(X, y), t.edge_frame(X, real=8, missing=missing or text, unknown=text)

    @case(since="1.3", note="a column for each of three classes; numbers as categories")
    def target_encoder_multiclass():
        X, y = t.iris()
        X = np.round(X)
        return make_pipeline(TargetEncoder(smooth=3.0), LogisticRegression()).fit(X, y), np.round(t.edge_array(X, real=8, extreme=9.0))
