"""Linear maps that are not written as one: factors, sparse components, components of neighbourhoods."""

import numpy as np
import tables as t
from golden import case
from sklearn.decomposition import FactorAnalysis, MiniBatchSparsePCA, SparsePCA
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NeighborhoodComponentsAnalysis
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


@case(since="1.0", note="rotated")
def factor_analysis():
    X, _ = t.wine()
    return FactorAnalysis(3, rotation="varimax", random_state=0).fit(X), X[::8]


@case(since="1.0", note="before another model")
def factor_analysis_pipeline():
    X, y = t.churn_numbers(300)
    return make_pipeline(StandardScaler(), FactorAnalysis(4, random_state=0), LogisticRegression()).fit(X, y), X[:20]


@case(since="1.0", note="one component of zeros")
def sparse_pca():
    X, _ = t.wine()
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    return SparsePCA(5, alpha=9.0, ridge_alpha=0.05, random_state=0, max_iter=30).fit(X), np.round(X[::8], 4)


@case(since="1.0")
def mini_batch_sparse_pca():
    X, _ = t.iris()
    return MiniBatchSparsePCA(3, alpha=0.5, random_state=0).fit(X), X[::7]


@case(since="1.0")
def neighborhood_components():
    X, y = t.iris()
    return NeighborhoodComponentsAnalysis(2, random_state=0, max_iter=20).fit(X, y), X[::7]
