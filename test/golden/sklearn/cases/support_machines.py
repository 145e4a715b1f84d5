"""Support vector machines of libsvm: SVC, NuSVC, SVR, NuSVR and OneClassSVM, every kernel, votes, scores and probabilities."""

import numpy as np
import tables as t
from golden import case
from scipy.sparse import csr_matrix
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR, NuSVC, NuSVR, OneClassSVM

NAMES = np.array(["barolo", "grignolino", "barbera"], dtype=object)


def wine(model, extreme=1e3):
    X, y = t.wine()
    return make_pipeline(StandardScaler(), model).fit(X[::2, :6], NAMES[y[::2]]), t.edge_array(X[:, :6], 14, extreme=extreme)


def iris(model, **options):
    X, y = t.iris()
    return model.fit(X[::2], y[::2]), t.edge_array(X, 16, extreme=50.0)


def churn(model, labels=None):
    X, y = t.churn_numbers(120)
    y = y if labels is None else np.where(y == "yes", labels[1], labels[0])
    return make_pipeline(StandardScaler(), model).fit(X[:, :6], y), t.edge_array(X[:, :6], 14, extreme=300.0)


def homes(model):
    X, y = t.homes_numbers(120)
    return make_pipeline(StandardScaler(), model).fit(X, y / 1e5), t.edge_array(X, 14, extreme=100.0)


def many(model):
    """Six classes of digits, with few pixels."""
    X, y = t.digits()
    X, y = X[y < 6][:90, 18:26], y[y < 6][:90]
    return model.fit(X / 16, y), t.edge_array(X / 16, 16, extreme=5.0)


def add(name, make, model, *arguments, note="", until="1.9"):
    case(since="1.0", name=name, note=note, until=until)(lambda: make(model(), *arguments))


add("svc", churn, lambda: SVC())
add("svc_linear", churn, lambda: SVC(kernel="linear", C=0.5), np.array([False, True]), note="one linear layer")
add("svc_poly", churn, lambda: SVC(kernel="poly", degree=4, coef0=0.5, gamma=0.2), np.array([-1, 1]))
add("svc_sigmoid", churn, lambda: SVC(kernel="sigmoid", gamma="auto", coef0=-0.3))
add("svc_multiclass", wine, lambda: SVC(), note="votes and scores of one against the rest")
add("svc_multiclass_linear", wine, lambda: SVC(kernel="linear", class_weight="balanced"))
add("svc_multiclass_ovo", wine, lambda: SVC(decision_function_shape="ovo", kernel="poly"), note="scores of pairs")
add("svc_break_ties", iris, lambda: SVC(break_ties=True, gamma=2.0), note="the label is that of the largest score")
add("svc_many_classes", many, lambda: SVC(gamma=0.5), note="six classes, 15 pairs")
add("nu_svc", churn, lambda: NuSVC(nu=0.4))
add("nu_svc_multiclass", wine, lambda: NuSVC(nu=0.2, kernel="sigmoid", decision_function_shape="ovo"))
add("svr", homes, lambda: SVR())
add("svr_linear", homes, lambda: SVR(kernel="linear", C=2.0))
add("svr_poly", homes, lambda: SVR(kernel="poly", degree=2, coef0=1.0))
add("svr_sigmoid", homes, lambda: SVR(kernel="sigmoid", gamma=0.1))
add("svr_constant", homes, lambda: SVR(epsilon=1e6), note="no support vectors: the answer is the intercept")
add("nu_svr", homes, lambda: NuSVR(nu=0.3))
add("one_class_svm", homes, lambda: OneClassSVM(nu=0.3), note="label 1 inside, -1 outside")
add("one_class_svm_linear", homes, lambda: OneClassSVM(nu=0.3, kernel="linear"))
# 1.9 deprecates probability, and reads and writes it still
add("svc_probability", churn, lambda: SVC(probability=True, random_state=0), note="labels are not those of probabilities")
add("svc_probability_multiclass", wine, lambda: SVC(probability=True, random_state=0))
add("svc_probability_linear", iris, lambda: SVC(probability=True, kernel="linear", random_state=0))
add("svc_probability_many_classes", many, lambda: SVC(probability=True, gamma=0.5, decision_function_shape="ovo", random_state=0))
add("nu_svc_probability", churn, lambda: NuSVC(probability=True, nu=0.3, kernel="linear", random_state=0))


class _Sparse:
    """Fits on compressed rows what is then asked with dense ones."""

    def __init__(self, model):
        self.model = model

    def fit(self, X, y):
        return self.model.fit(csr_matrix(np.where(X > np.median(X), X, 0)), y)


add("svc_sparse", iris, lambda: _Sparse(SVC(probability=True, random_state=0)), note="support vectors are a sparse matrix")
add("svr_sparse", iris, lambda: _Sparse(SVR(kernel="poly")), note="support vectors are a sparse matrix")
