"""Hashers of more columns than rows can hold: one with the default of 2**20, others with as few as take the same way."""

import numpy as np
from golden import case
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import RandomForestRegressor
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import BernoulliNB, MultinomialNB
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import MaxAbsScaler, Normalizer, StandardScaler
from sklearn.svm import LinearSVC

from cases.text import DICT_ROWS, DICTS, DOCS, LABELS, PRICES, ROWS, table

MANY = 70_000
KINDS = np.array(["food", "rooms", "staff"])[np.arange(len(DOCS)) % 3]


@case(since="1.9", format="joblib-xz", note="the default takes a second to convert, so only one version has it")
def slots_default_stochastic():
    return make_pipeline(HashingVectorizer(), SGDClassifier(random_state=0)).fit(DOCS, LABELS), ROWS


@case(since="1.0", format="joblib-xz")
def slots_multinomial():
    return make_pipeline(HashingVectorizer(n_features=MANY, alternate_sign=False), MultinomialNB()).fit(DOCS, KINDS), ROWS


@case(since="1.0", format="joblib-xz")
def slots_sublinear():
    hashing = HashingVectorizer(n_features=MANY, alternate_sign=False, norm=None, ngram_range=(1, 2), stop_words="english")
    return make_pipeline(hashing, TfidfTransformer(sublinear_tf=True), MultinomialNB(alpha=0.3)).fit(DOCS, KINDS), ROWS


@case(since="1.0", format="joblib-xz")
def slots_twice():
    words = HashingVectorizer(n_features=MANY, binary=True, ngram_range=(1, 2), norm="l1")
    characters = HashingVectorizer(n_features=MANY + 1, analyzer="char_wb", ngram_range=(2, 4), strip_accents="unicode")
    both = FeatureUnion([("words", words), ("characters", characters)], transformer_weights={"characters": 0.5})
    return make_pipeline(both, MaxAbsScaler(), Normalizer(), LinearSVC(random_state=0)).fit(DOCS, KINDS), ROWS


@case(since="1.0", format="joblib-xz")
def slots_bernoulli():
    return make_pipeline(HashingVectorizer(n_features=MANY), BernoulliNB()).fit(DOCS, LABELS), ROWS


@case(since="1.0", format="joblib-xz")
def slots_components():
    components = TruncatedSVD(3, random_state=0)
    return make_pipeline(HashingVectorizer(n_features=MANY), TfidfTransformer(), components, LogisticRegression()).fit(DOCS, LABELS), ROWS


@case(since="1.0", format="joblib-xz")
def slots_beside_numbers():
    columns = ColumnTransformer([
        ("numbers", StandardScaler(), ["stars", "price"]),
        ("words", HashingVectorizer(n_features=MANY, norm="l1"), "review"),
    ])
    return make_pipeline(columns, LogisticRegression()).fit(table(DOCS, 1), KINDS), table(ROWS, 2)


@case(since="1.0", format="joblib-xz")
def slots_of_dicts():
    return make_pipeline(FeatureHasher(n_features=MANY), Normalizer(), LogisticRegression()).fit(DICTS, PRICES > 60), DICT_ROWS


@case(since="1.0", format="joblib-xz")
def slots_of_dicts_forest():
    forest = RandomForestRegressor(5, max_depth=4, max_features=2000, random_state=0)
    return make_pipeline(FeatureHasher(n_features=MANY), forest).fit(DICTS, PRICES), DICT_ROWS
