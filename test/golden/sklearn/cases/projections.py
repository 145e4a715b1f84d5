"""Random projections, alone and before a linear model."""

import tables as t
from golden import case
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.random_projection import GaussianRandomProjection


@case(since="1.0")
def gaussian_random_projection():
    X = t.churn_numbers(300)[0]
    return GaussianRandomProjection(3, random_state=0).fit(X), X[:20]


@case(since="1.0", note="labels are texts")
def gaussian_random_projection_pipeline():
    X, y = t.churn_numbers(300)
    steps = StandardScaler(), GaussianRandomProjection(5, random_state=1)
    return make_pipeline(*steps, LogisticRegression()).fit(X, y), X[:20]
