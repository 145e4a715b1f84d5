"""Neighbours, naive Bayes, discriminants, clusters and mixtures."""

import numpy as np
import tables as t
from golden import VERSION, case
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.kernel_approximation import Nystroem, RBFSampler
from sklearn.impute import KNNImputer
from sklearn.linear_model import LogisticRegression
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.naive_bayes import BernoulliNB, CategoricalNB, ComplementNB, GaussianNB, MultinomialNB
from sklearn.neighbors import (
    KNeighborsClassifier,
    KNeighborsRegressor,
    LocalOutlierFactor,
    NearestCentroid,
    RadiusNeighborsClassifier,
    RadiusNeighborsRegressor,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, OrdinalEncoder, StandardScaler

WINES = np.array(["barolo", "grignolino", "barbera"], dtype=object)


def near(X, real=20, extreme=50.0):
    return t.edge_array(X, real, extreme=extreme)


def small(data, rows=90, columns=4, decimals=1, seed=3):
    """Few rows of few decimals: small files, and points that are equally far."""
    X, y = data
    chosen = np.random.default_rng(seed).choice(len(X), rows, replace=False)
    return np.round(X[chosen][:, :columns], decimals), np.asarray(y)[chosen]


@case(since="1.0", note="a tree of boxes; ties by the order of its leaves")
def k_neighbors_classifier():
    X, y = small(t.iris())
    return KNeighborsClassifier(leaf_size=5).fit(X, y), near(X)


@case(since="1.0", note="texts as labels, weights distance: a training row itself decides alone")
def k_neighbors_classifier_distance():
    X, y = small(t.wine(), columns=5)
    return KNeighborsClassifier(7, weights="distance", algorithm="ball_tree", leaf_size=8).fit(X, WINES[y]), near(X)


@case(since="1.0", note="brute force, manhattan")
def k_neighbors_classifier_brute():
    X, y = small(t.iris(), decimals=2)
    return KNeighborsClassifier(4, algorithm="brute", p=1, weights="distance").fit(X + 0.003 * np.arange(4), y), near(X)


@case(since="1.0", note="two targets, one of texts")
def k_neighbors_classifier_targets():
    X, y = small(t.iris())
    return KNeighborsClassifier(3).fit(X, np.column_stack([y, np.where(X[:, 0] > 5.8, 7, 3)])), near(X)


@case(since="1.0", note="integers of five values: many points equally far, in a tree of boxes")
def k_neighbors_classifier_ties():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 5, (150, 3)).astype(float)
    return KNeighborsClassifier(4, algorithm="kd_tree", leaf_size=4).fit(X, rng.integers(0, 3, 150)), rng.integers(0, 5, (40, 3)).astype(float)


@case(since="1.0", note="the same in a tree of balls")
def k_neighbors_classifier_ball_ties():
    rng = np.random.default_rng(1)
    X = rng.integers(0, 5, (150, 3)).astype(float)
    model = KNeighborsClassifier(5, algorithm="ball_tree", leaf_size=6, metric="manhattan")
    return model.fit(X, rng.integers(0, 3, 150)), rng.integers(0, 5, (40, 3)).astype(float)


@case(since="1.2", note="the same by brute force: the first of the training rows are kept")
def k_neighbors_classifier_brute_ties():
    rng = np.random.default_rng(2)
    X = rng.integers(0, 5, (120, 3)).astype(float)
    model = KNeighborsClassifier(5, algorithm="brute", metric="chebyshev")
    return model.fit(X, rng.integers(0, 3, 120)), rng.integers(0, 5, (30, 3)).astype(float)


@case(since="1.2", note="minkowski with p and w")
def k_neighbors_classifier_minkowski():
    X, y = small(t.iris(), decimals=2)
    model = KNeighborsClassifier(5, p=3, metric_params={"w": np.array([1.0, 0.5, 2.0, 0.25])}, weights="distance", algorithm="ball_tree")
    return model.fit(X + 0.003 * np.arange(4), y), near(X)


@case(since="1.0", note="chebyshev, behind a scaler")
def k_neighbors_classifier_scaled():
    X, y = t.churn_numbers(120)
    return make_pipeline(StandardScaler(), KNeighborsClassifier(5, metric="chebyshev")).fit(X[:, :5], y), near(X[:, :5], extreme=1e4)


@case(since="1.0", note="cosine")
def k_neighbors_classifier_cosine():
    X, y = small(t.wine(), columns=6, decimals=3)
    rows = near(X)
    return KNeighborsClassifier(5, metric="cosine", weights="distance").fit(X, y), rows[np.abs(rows).min(axis=1) > 1e-9]


@case(since="1.0")
def k_neighbors_regressor():
    X, y = t.homes_numbers(100)
    return make_pipeline(StandardScaler(), KNeighborsRegressor(6)).fit(X, y), near(X, extreme=1e4)


@case(since="1.0", note="two targets, weights distance, metric canberra in a tree of balls")
def k_neighbors_regressor_targets():
    X, y = t.homes_numbers(80)
    model = KNeighborsRegressor(4, weights="distance", metric="canberra", algorithm="ball_tree", leaf_size=7)
    return model.fit(np.abs(X), np.column_stack([y / 1e5, X[:, 0]])), np.abs(near(X, extreme=1e4))


@case(since="1.0", note="novelty: labels 1 and -1")
def local_outlier_factor():
    X, _ = small(t.iris(), 60, decimals=2)
    return LocalOutlierFactor(8, novelty=True).fit(X), near(X, extreme=9.0)


@case(since="1.0", note="manhattan in a tree of balls, a share of outliers")
def local_outlier_factor_contamination():
    X, _ = small(t.wine(), 70, columns=5, decimals=2)
    model = LocalOutlierFactor(5, novelty=True, metric="manhattan", algorithm="ball_tree", contamination=0.1, leaf_size=6)
    return model.fit(X), near(X, extreme=90.0)


@case(since="1.0", note="probabilities and scores from 1.6 on")
def nearest_centroid():
    X, y = t.wine()
    return NearestCentroid().fit(X, WINES[y]), near(X)


@case(since="1.0")
def nearest_centroid_manhattan():
    X, y = t.iris()
    return NearestCentroid(metric="manhattan").fit(X, y), near(X)


@case(since="1.0", note="shrunk")
def nearest_centroid_shrunk():
    X, y = t.churn_numbers(300)
    return make_pipeline(StandardScaler(), NearestCentroid(shrink_threshold=0.4)).fit(X, y), near(X, extreme=1e4)


@case(since="1.6", note="uneven priors")
def nearest_centroid_priors():
    X, y = t.iris()
    return NearestCentroid(priors=[0.6, 0.3, 0.1]).fit(X, y), near(X)


@case(since="1.0")
def gaussian_nb():
    X, y = t.wine()
    return GaussianNB().fit(X, WINES[y]), near(X, extreme=3e3)


@case(since="1.0", note="two classes, given priors, one of them 0")
def gaussian_nb_priors():
    X, y = t.churn_numbers(400)
    return GaussianNB(priors=[1.0, 0.0], var_smoothing=1e-6).fit(X, y), near(X, extreme=1e4)


@case(since="1.0")
def bernoulli_nb():
    X, y = t.iris()
    return BernoulliNB(binarize=1.7).fit(X, y), near(X)


@case(since="1.0", note="no binarize, flat prior")
def bernoulli_nb_bare():
    X, y = t.digits()
    X = (X[:, 10:30] > 7).astype(float)
    return BernoulliNB(binarize=None, alpha=0.3, fit_prior=False).fit(X, y), X[:30]


@case(since="1.0", note="counts of words in the hundreds")
def multinomial_nb():
    X, y = t.digits()
    X = X[:, 10:30]
    return MultinomialNB(alpha=0.5).fit(X, y), np.vstack([X[:25], 40 * X[25:30]])


@case(since="1.0", note="two classes of texts")
def multinomial_nb_binary():
    X, y = t.churn_numbers(300)
    return MultinomialNB().fit(X, y), near(np.abs(X), extreme=3.0).clip(0)


@case(since="1.0")
def complement_nb():
    X, y = t.digits()
    X = X[:, 10:30]
    return ComplementNB(norm=True).fit(X, y), X[:30]


@case(since="1.0")
def complement_nb_plain():
    X, y = t.wine()
    return ComplementNB().fit(X, WINES[y]), near(X, extreme=20.0).clip(0)


@case(since="1.0", note="category numbers")
def categorical_nb():
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.integers(0, n, 200) for n in (2, 5, 9)])
    y = np.where((X[:, 1] + X[:, 2] + rng.integers(0, 6, 200)) > 9, "much", np.where(X[:, 0] > 0, "some", "none"))
    return CategoricalNB(min_categories=[2, 6, 9]).fit(X, y.astype(object)), np.vstack([X[:25], [[1, 5, 8], [0, 5, 0]]])


@case(since="1.0", note="behind an OrdinalEncoder of texts")
def categorical_nb_texts():
    X, y = t.churn(300, t.CHURN_TEXT)
    return make_pipeline(OrdinalEncoder(), CategoricalNB()).fit(X, y), X.head(30)


@case(since="1.0")
def linear_discriminant():
    X, y = t.wine()
    return LinearDiscriminantAnalysis().fit(X, WINES[y]), near(X)


@case(since="1.0", note="two classes, eigen with shrinkage")
def linear_discriminant_binary():
    X, y = t.churn_numbers(400)
    return LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto").fit(X, y), near(X, extreme=1e4)


@case(since="1.0", note="lsqr with priors")
def linear_discriminant_lsqr():
    X, y = t.iris()
    return LinearDiscriminantAnalysis(solver="lsqr", priors=[0.2, 0.5, 0.3]).fit(X, y), near(X)


@case(since="1.0", note="transforms before another model")
def linear_discriminant_transform():
    X, y = t.wine()
    model = make_pipeline(LinearDiscriminantAnalysis(n_components=2), LogisticRegression(max_iter=500))
    return model.fit(X, y), near(X)


@case(since="1.0", note="eigen transforms without a mean; one component of two")
def linear_discriminant_eigen_transform():
    X, y = t.iris()
    model = make_pipeline(LinearDiscriminantAnalysis(solver="eigen", n_components=1), KNeighborsClassifier(3))
    return model.fit(X[::2], y[::2]), near(X)


@case(since="1.0", note="three classes: scores a class")
def quadratic_discriminant():
    X, y = t.iris()
    return QuadraticDiscriminantAnalysis().fit(X, y), near(X)


@case(since="1.0", note="two classes of texts: one score; regularized")
def quadratic_discriminant_binary():
    X, y = t.churn_numbers(400)
    return QuadraticDiscriminantAnalysis(reg_param=0.1, priors=[0.7, 0.3]).fit(X[:, :6], y), near(X[:, :6], extreme=1e3)


@case(since="1.8", note="the solver eigen, from 1.8 on")
def quadratic_discriminant_eigen():
    X, y = t.iris()
    return QuadraticDiscriminantAnalysis(solver="eigen", shrinkage=0.2).fit(X, y), near(X)


@case(since="1.0", note="labels are numbers of clusters")
def k_means():
    X, _ = t.iris()
    return KMeans(5, n_init=2, random_state=0).fit(X), near(X)


@case(since="1.0", note="behind a scaler; one far row falls to the first centre that is as near")
def mini_batch_k_means():
    X, _ = t.homes_numbers(400)
    return make_pipeline(StandardScaler(), MiniBatchKMeans(8, n_init=2, random_state=0)).fit(X), near(X, extreme=1e6)


@case(since="1.0", note="distances to clusters as features")
def k_means_transform():
    X, y = t.wine()
    model = make_pipeline(StandardScaler(), KMeans(6, n_init=2, random_state=0), LogisticRegression(max_iter=500))
    return model.fit(X, y), near(X)


def mixture(model, columns=4):
    X, _ = t.iris()
    return model.fit(X[:, :columns]), near(X[:, :columns], extreme=20.0)


@case(since="1.0")
def gaussian_mixture():
    return mixture(GaussianMixture(3, random_state=0))


@case(since="1.0")
def gaussian_mixture_tied():
    return mixture(GaussianMixture(3, covariance_type="tied", random_state=0))


@case(since="1.0")
def gaussian_mixture_diag():
    return mixture(GaussianMixture(4, covariance_type="diag", random_state=0))


@case(since="1.0")
def gaussian_mixture_spherical():
    return mixture(GaussianMixture(2, covariance_type="spherical", random_state=0), 3)


@case(since="1.0", note="one component")
def gaussian_mixture_one():
    return mixture(GaussianMixture(1, random_state=0), 2)


@case(since="1.0")
def bayesian_gaussian_mixture():
    return mixture(BayesianGaussianMixture(n_components=4, random_state=0, max_iter=300))


@case(since="1.0", note="dirichlet_distribution, diag")
def bayesian_gaussian_mixture_distribution():
    options = {"covariance_type": "diag", "weight_concentration_prior_type": "dirichlet_distribution"}
    return mixture(BayesianGaussianMixture(n_components=3, random_state=0, max_iter=300, **options))


@case(since="1.0", note="tied")
def bayesian_gaussian_mixture_tied():
    return mixture(BayesianGaussianMixture(n_components=3, random_state=0, max_iter=300, covariance_type="tied"))


@case(since="1.0", note="spherical")
def bayesian_gaussian_mixture_spherical():
    return mixture(BayesianGaussianMixture(n_components=2, random_state=0, max_iter=300, covariance_type="spherical"))


def gaps(columns=5, rows=60, seed=4):
    """Credit data without ties among distances: a column of it has fractions."""
    X, y = t.credit_numbers(200)
    X = X[:, [1, 2, 3, 4, 7, 8]][:, :columns].copy()
    rng = np.random.default_rng(seed)
    X += rng.normal(size=X.shape) * 0.01
    X[rng.random(X.shape) < 0.15] = np.nan
    return np.round(X, 4)[:rows], y[:rows], np.round(X, 4)[rows : rows + 22]


@case(since="1.0", note="rows with nothing at all get means of columns")
def knn_imputer():
    X, _, rows = gaps()
    return KNNImputer(n_neighbors=4).fit(X), np.vstack([rows, np.full(5, np.nan)])


@case(since="1.0", note="weights distance, indicators; a training row with a gap finds itself")
def knn_imputer_distance():
    X, _, rows = gaps()
    return KNNImputer(n_neighbors=6, weights="distance", add_indicator=True).fit(X), np.vstack([rows, np.nan_to_num(X[:3], nan=44.4)])


@case(since="1.0", note="-1 is missing, and a column without any values is dropped")
def knn_imputer_number():
    X, _, rows = gaps(4)
    fill = lambda Z: np.column_stack([np.where(np.isnan(Z), -1.0, Z), np.full(len(Z), -1.0)])  # noqa: E731
    return KNNImputer(missing_values=-1.0, n_neighbors=3).fit(fill(X)), fill(rows)


@case(since="1.2", note="an empty column is kept as 0")
def knn_imputer_keep_empty():
    X, _, rows = gaps(4)
    return KNNImputer(keep_empty_features=True, n_neighbors=100).fit(np.insert(X, 1, np.nan, axis=1)), np.insert(rows, 1, 5.0, axis=1)


@case(since="1.0", note="before a scaler and neighbours")
def knn_imputer_pipeline():
    X, y, rows = gaps()
    return make_pipeline(KNNImputer(), StandardScaler(), KNeighborsClassifier(7)).fit(X, y), rows


def bisecting(clusters=6, **options):
    from sklearn.cluster import BisectingKMeans  # from 1.1 on

    return BisectingKMeans(clusters, random_state=0, **options)


@case(since="1.2")
def bisecting_k_means():
    X, _ = t.iris()
    return bisecting().fit(X[::2]), near(X)


@case(since="1.2", note="the largest cluster is cut; behind a scaler")
def bisecting_k_means_scaled():
    X, _ = t.homes_numbers(100)
    return make_pipeline(StandardScaler(), bisecting(9, bisecting_strategy="largest_cluster")).fit(X), near(X, extreme=1e4)


@case(since="1.2", note="distances as features")
def bisecting_k_means_transform():
    X, y = t.iris()
    return make_pipeline(bisecting(4), GaussianNB()).fit(X[::2], y[::2]), near(X, extreme=9.0)


@case(since="1.0", note="waves: a row of millions would be told nothing by its quantized weights")
def rbf_sampler():
    X, y = t.iris()
    rows = near(X, extreme=20.0)
    return RBFSampler(gamma=0.3, n_components=12, random_state=0).fit(X), rows[np.abs(rows).max(axis=1) < 1e3]


@case(since="1.0", note="rbf with the gamma that follows from the columns, before another model")
def nystroem_rbf():
    X, y = t.wine()
    model = make_pipeline(StandardScaler(), Nystroem(n_components=15, random_state=0), LogisticRegression(max_iter=500))
    return model.fit(X, y), near(X)


@case(since="1.0")
def nystroem_poly():
    X, y = t.iris()
    return Nystroem("poly", degree=2, gamma=0.1, coef0=0.5, n_components=8, random_state=0).fit(X), near(X, extreme=10.0)


@case(since="1.0")
def nystroem_sigmoid():
    X, y = t.iris()
    return Nystroem("sigmoid", gamma=0.01, n_components=6, random_state=0).fit(X), near(X, extreme=10.0)


@case(since="1.0", note="the most frequent class where nothing is near")
def radius_neighbors_classifier():
    X, y = small(t.iris(), 70)
    return RadiusNeighborsClassifier(1.05, weights="distance", outlier_label="most_frequent").fit(X, WINES[y]), near(X)


@case(since="1.0", note="brute force, manhattan, two targets")
def radius_neighbors_classifier_targets():
    X, y = small(t.iris(), 60)
    model = RadiusNeighborsClassifier(1.55, p=1, algorithm="brute", outlier_label=[1, 3])
    return model.fit(X, np.column_stack([y, np.where(X[:, 0] > 5.8, 7, 3)])), near(X)


@case(since="1.0", note="only rows that have neighbours")
def radius_neighbors_regressor():
    X, y = t.homes_numbers(80)
    return make_pipeline(StandardScaler(), RadiusNeighborsRegressor(2.5, algorithm="ball_tree", weights="distance")).fit(X, y), X[:25] * 1.0001
