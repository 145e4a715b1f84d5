"""Linear models besides those of linear.py: regressors, classifiers by scores, links, detectors of outliers."""

import numpy as np
import tables as t
from golden import VERSION, case
from sklearn import linear_model as models
from sklearn.cross_decomposition import CCA, PLSSVD, PLSCanonical, PLSRegression
from sklearn.datasets import make_multilabel_classification
from sklearn.linear_model import LinearRegression, LogisticRegressionCV, RANSACRegressor, RidgeClassifier, SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC, LinearSVR


def homes(model, targets=None, positive=False):
    X, y = t.homes_numbers(400)
    y = y / 1e5 if positive else y / 1000
    if targets:
        y = np.column_stack([y, X[:, 2] * 0.5 + X[:, 0], -y])[:, :targets]
    return make_pipeline(StandardScaler(), model).fit(X, y), t.edge_array(X, 14, extreme=30.0 if positive else 100.0 if targets else 1e4)[: -1 if positive or targets else None]


def churn(model, labels=None):
    X, y = t.churn_numbers(400)
    y = y if labels is None else np.where(y == "yes", labels[1], labels[0])
    return make_pipeline(StandardScaler(), model).fit(X, y), t.edge_array(X, 14, extreme=1e3)


def wine(model):
    X, y = t.wine()
    labels = np.array(["barolo", "grignolino", "barbera"], dtype=object)[y]
    return make_pipeline(StandardScaler(), model).fit(X, labels), t.edge_array(X, 14, extreme=1e3)


def add(name, make, *arguments, since="1.0", **options):
    """One case of `make`, under its own name."""
    case(since=since, name=name, **options)(lambda: make(*[argument() if callable(argument) else argument for argument in arguments]))


def of(name, **parameters):
    """Made when the case is, since not every version has every class or parameter."""
    return lambda: getattr(models, name)(**parameters)


add("ridge_cv", homes, of("RidgeCV", alphas=(0.1, 10.0)))
add("ridge_cv_targets", homes, of("RidgeCV", alphas=(0.1, 10.0), cv=3), 2)
add("lasso_cv", homes, of("LassoCV", alphas=[0.01, 0.1, 1.0], cv=3))
add("elastic_net_cv", homes, of("ElasticNetCV", alphas=[0.1, 1.0], l1_ratio=[0.2, 0.9], cv=3))
add("multi_task_lasso", homes, of("MultiTaskLasso", alpha=1.0), 3)
add("multi_task_elastic_net", homes, of("MultiTaskElasticNet", alpha=1.0), 2)
add("multi_task_lasso_cv", homes, of("MultiTaskLassoCV", alphas=[0.1, 1.0], cv=3), 2)
add("multi_task_elastic_net_cv", homes, of("MultiTaskElasticNetCV", alphas=[0.1, 1.0], cv=3), 3)
add("lars", homes, of("Lars", n_nonzero_coefs=3))
add("lars_targets", homes, of("Lars"), 2)
add("lars_cv", homes, of("LarsCV", cv=3))
add("lasso_lars", homes, of("LassoLars", alpha=0.1))
add("lasso_lars_cv", homes, of("LassoLarsCV", cv=3))
add("lasso_lars_ic", homes, of("LassoLarsIC", criterion="bic"))
add("orthogonal_matching_pursuit", homes, of("OrthogonalMatchingPursuit", n_nonzero_coefs=2))
add("orthogonal_matching_pursuit_cv", homes, of("OrthogonalMatchingPursuitCV", cv=3))
add("bayesian_ridge", homes, of("BayesianRidge", compute_score=True))
add("ard_regression", homes, of("ARDRegression"))
add("huber_regressor", homes, of("HuberRegressor", epsilon=1.2))
add("quantile_regressor", homes, of("QuantileRegressor", quantile=0.3, alpha=0.1, solver="highs"))
add("theil_sen_regressor", homes, of("TheilSenRegressor", max_subpopulation=200, random_state=0))
add("sgd_regressor", homes, of("SGDRegressor", loss="huber", epsilon=50.0, random_state=0))
add("sgd_regressor_averaged", homes, of("SGDRegressor", average=True, early_stopping=True, random_state=0))
add("passive_aggressive_regressor", homes, of("PassiveAggressiveRegressor", random_state=0))
add("linear_svr", homes, lambda: LinearSVR(random_state=0, max_iter=5000))
add("poisson_regressor", homes, of("PoissonRegressor", alpha=0.1), None, True)
add("gamma_regressor", homes, of("GammaRegressor"), None, True)
add("tweedie_regressor_normal", homes, of("TweedieRegressor", power=0), note="power 0: the identity")
add("tweedie_regressor_compound", homes, of("TweedieRegressor", power=1.5), None, True, note="power 1.5: the logarithm")
add("tweedie_regressor_link", homes, of("TweedieRegressor", power=0, link="log"), None, True, note="a link of its own")
add("ridge_normalized", homes, of("Ridge", normalize=True), until="1.0", note="normalize ended with 1.1")


@case(since="1.0", note="what is asked is the estimator within")
def ransac_regressor():
    return homes(RANSACRegressor(random_state=0))


@case(since="1.0", note="the estimator within is a pipeline")
def ransac_regressor_pipeline():
    inner = make_pipeline(StandardScaler(), LinearRegression())
    named = {"base_estimator" if VERSION < (1, 1) else "estimator": inner}
    return homes(RANSACRegressor(min_samples=50, random_state=0, **named))


LOG = "log" if VERSION < (1, 1) else "log_loss"
add("sgd_classifier_hinge", churn, of("SGDClassifier", random_state=0), note="scores only")
add("sgd_classifier_log", churn, of("SGDClassifier", loss=LOG, random_state=0))
add("sgd_classifier_log_multiclass", wine, of("SGDClassifier", loss=LOG, alpha=0.1, random_state=0))
add("sgd_classifier_modified_huber", churn, of("SGDClassifier", loss="modified_huber", alpha=0.1, random_state=0))
add("sgd_classifier_modified_huber_multiclass", wine, of("SGDClassifier", loss="modified_huber", alpha=0.3, random_state=0),
    note="rows that every class refuses: probabilities are equal")
add("sgd_classifier_averaged", wine, of("SGDClassifier", loss="squared_hinge", average=True, early_stopping=True, random_state=0))
add("perceptron", churn, of("Perceptron", random_state=0), np.array([False, True]), note="boolean labels")
add("perceptron_multiclass", wine, of("Perceptron", random_state=0))
add("passive_aggressive_classifier", churn, of("PassiveAggressiveClassifier", random_state=0), np.array([1.0, 2.0]))
add("linear_svc", churn, lambda: LinearSVC(dual=False))
add("linear_svc_multiclass", wine, lambda: LinearSVC(dual=False, penalty="l1", random_state=0))
add("linear_svc_crammer_singer", wine, lambda: LinearSVC(multi_class="crammer_singer", random_state=0))
add("ridge_classifier", churn, of("RidgeClassifier"), np.array([-1, 1]))
add("ridge_classifier_multiclass", wine, of("RidgeClassifier", class_weight="balanced"))
add("ridge_classifier_cv", wine, of("RidgeClassifierCV", alphas=[0.1, 1.0]))
add("ridge_classifier_cv_folds", churn, of("RidgeClassifierCV", alphas=[0.1, 1.0], cv=3))
add("logistic_regression_cv", churn, lambda: LogisticRegressionCV(Cs=3, cv=3))
add("logistic_regression_cv_multiclass", wine, lambda: LogisticRegressionCV(Cs=2, cv=3))


@case(since="1.0", note="several yes/no labels a row")
def ridge_classifier_multilabel():
    X, y = make_multilabel_classification(120, 6, n_classes=4, random_state=0)
    return RidgeClassifier().fit(X, y), t.edge_array(X, 16, extreme=50.0)


@case(since="1.0", note="label 1 inside, -1 outside")
def sgd_one_class_svm():
    X, _ = t.homes_numbers(300)
    return make_pipeline(StandardScaler(), models.SGDOneClassSVM(nu=0.2, random_state=0)).fit(X), t.edge_array(X, 16, extreme=1e4)


@case(since="1.0", note="zeros give a score of exactly 0: outside would be below it, the first of two classes is not above it")
def sgd_classifier_tie():
    X, y = t.churn_numbers(300)
    return SGDClassifier(fit_intercept=False, random_state=0).fit(X[:, 5:8], y), t.edge_array(X[:, 5:8], 14, extreme=1e3)


def latent(model, targets=2):
    """Unscaled columns: partial least squares scale them by themselves."""
    X, y = t.wine()
    Y = np.column_stack([X[:, 5] * 3 + y, X[:, 6] - y, X[:, 0]])[:, :targets]
    return model.fit(X[:, :5], Y if targets > 1 else Y[:, 0]), t.edge_array(X[:, :5], 14, extreme=1e3)


add("pls_regression", latent, lambda: PLSRegression(3))
add("pls_regression_one_target", latent, lambda: PLSRegression(2, scale=False), 1)
add("pls_canonical", latent, lambda: PLSCanonical(2), 3)
add("cca", latent, lambda: CCA(2))
add("pls_svd", latent, lambda: PLSSVD(2))
