"""Kernel ridge regression, and maps of kernels that came after the first ones."""

import numpy as np
import tables as t
from golden import case
from sklearn.cluster import AffinityPropagation, Birch, MeanShift
from sklearn.decomposition import KernelPCA
from sklearn.ensemble import RandomTreesEmbedding
from sklearn.kernel_approximation import AdditiveChi2Sampler, Nystroem, SkewedChi2Sampler
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def few(data, rows=40, columns=4, seed=5):
    X, y = data
    chosen = np.random.default_rng(seed).choice(len(X), rows + 20, replace=False)
    X, y = np.round(X[chosen][:, :columns], 2), np.asarray(y)[chosen]
    return X[:rows], y[:rows], X[rows:]


def homes():
    X, y, rows = few(t.homes_numbers(300))
    return X, y / 1e5, rows


@case(since="1.0", note="behind a scaler; gamma follows from the columns")
def kernel_ridge_rbf():
    X, y, rows = homes()
    return make_pipeline(StandardScaler(), KernelRidge(alpha=0.1, kernel="rbf")).fit(X, y), rows


@case(since="1.0", note="two targets; a plain linear model")
def kernel_ridge_linear():
    X, y, rows = few(t.iris())
    return KernelRidge(alpha=0.5).fit(X, np.column_stack([y, X[:, 0] - X[:, 1]])), rows


@case(since="1.0", note="two targets")
def kernel_ridge_poly():
    X, y, rows = few(t.iris())
    model = KernelRidge(alpha=1.0, kernel="polynomial", degree=2, gamma=0.2, coef0=0.5)
    return model.fit(X, np.column_stack([y, X[:, 0] * X[:, 1]])), rows


@case(since="1.0")
def kernel_ridge_sigmoid():
    X, y, rows = few(t.iris())
    return KernelRidge(alpha=0.3, kernel="sigmoid", gamma=0.02, coef0=-0.2).fit(X, y), rows


@case(since="1.0")
def kernel_ridge_laplacian():
    X, y, rows = homes()
    return make_pipeline(StandardScaler(), KernelRidge(alpha=0.2, kernel="laplacian", gamma=0.4)).fit(X, y), rows


@case(since="1.0", note="a row of zeros")
def kernel_ridge_cosine():
    X, y, rows = few(t.wine())
    return KernelRidge(alpha=0.1, kernel="cosine").fit(X, y), np.vstack([rows, np.zeros(4)])


@case(since="1.0", note="sums of squares by sums; zeros in both")
def kernel_ridge_chi2():
    X, y, rows = few(t.iris())
    return KernelRidge(alpha=0.1, kernel="chi2", gamma=0.7).fit(X.round(), y), rows.round()


@case(since="1.0")
def nystroem_laplacian():
    X, y, rows = few(t.iris())
    return Nystroem("laplacian", gamma=0.2, n_components=6, random_state=0).fit(X), rows


@case(since="1.0")
def nystroem_cosine():
    X, y, rows = few(t.iris())
    return Nystroem("cosine", n_components=3, random_state=0).fit(X), rows


@case(since="1.0", note="additive_chi2")
def nystroem_additive_chi2():
    X, y, rows = few(t.iris())
    return Nystroem("additive_chi2", n_components=6, random_state=0).fit(X), rows


@case(since="1.0")
def kernel_pca_rbf():
    X, y, rows = few(t.iris())
    return KernelPCA(3, kernel="rbf", gamma=0.3, random_state=0).fit(X), rows


@case(since="1.0", note="gamma follows from the columns; the way back is fitted too; before another model")
def kernel_pca_sigmoid():
    X, y, rows = few(t.wine())
    pca = KernelPCA(2, kernel="sigmoid", coef0=0.1, fit_inverse_transform=True, random_state=0)
    return make_pipeline(StandardScaler(), pca, LogisticRegression()).fit(X, y), rows


@case(since="1.0", note="all components")
def kernel_pca_linear():
    X, y, rows = few(t.iris())
    return KernelPCA(random_state=0, remove_zero_eig=True, eigen_solver="dense").fit(X), rows


@case(since="1.0")
def mean_shift():
    X, _, rows = few(t.iris(), 60)
    return MeanShift(bandwidth=0.9, cluster_all=False).fit(X), rows


@case(since="1.0")
def affinity_propagation():
    X, _, rows = few(t.wine(), 30)
    return make_pipeline(StandardScaler(), AffinityPropagation(preference=-8, random_state=0)).fit(X), rows


@case(since="1.0", note="several subclusters a label")
def birch():
    X, _, rows = few(t.iris(), 60)
    return Birch(threshold=0.4, branching_factor=4, n_clusters=3).fit(X), rows


@case(since="1.0", note="distances to subclusters as features")
def birch_transform():
    X, y, rows = few(t.iris(), 60)
    return make_pipeline(Birch(threshold=0.7, n_clusters=None), LogisticRegression(max_iter=300)).fit(X, y), rows


@case(since="1.0", note="waves of logarithms")
def skewed_chi2_sampler():
    X, _, rows = few(t.iris())
    return SkewedChi2Sampler(skewedness=0.5, n_components=8, random_state=0).fit(X), rows


@case(since="1.0", note="zeros stay zeros")
def additive_chi2_sampler():
    X, _, rows = few(t.iris(), columns=3)
    return AdditiveChi2Sampler(sample_steps=3).fit(X), np.vstack([rows, np.zeros(3)])


@case(since="1.0", note="an interval of its own, one step, before another model")
def additive_chi2_sampler_pipeline():
    X, y, rows = few(t.iris())
    return make_pipeline(AdditiveChi2Sampler(sample_steps=1, sample_interval=0.3), LogisticRegression()).fit(X, y), rows


@case(since="1.0", note="leaves as columns, before a linear model")
def random_trees_embedding():
    X, y, rows = few(t.iris(), 60)
    embedding = RandomTreesEmbedding(6, max_depth=3, random_state=0)
    return make_pipeline(embedding, LogisticRegression(max_iter=300)).fit(X, y), rows


@case(since="1.0", note="dense, few leaves")
def random_trees_embedding_dense():
    X, _, rows = few(t.wine())
    return RandomTreesEmbedding(3, max_depth=5, max_leaf_nodes=6, sparse_output=False, random_state=0).fit(X), rows
