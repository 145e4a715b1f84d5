"""Texts and dicts: vectorizers alone, first in a pipeline and inside a ColumnTransformer."""

import numpy as np
import pandas as pd
from golden import case
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction import DictVectorizer, FeatureHasher
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler

GOOD = [
    "A great little café, and the crème brûlée was great!", "Loved it: friendly staff, quick service.",
    "Best pizza in town; we'll be back", "The rooms were clean and the view is AMAZING", "Naïve design but a lovely place_to_be",
    "Great value, great food. Great!", "Wonderful evening, thank you so much", "it's quiet, cosy & cheap",
]
BAD = [
    "Terrible service and cold food", "The staff was rude; never again", "Dirty rooms, awful smell, no hot water",
    "Way too expensive for what it is", "We waited 45 minutes for a pizza. Cold!", "Bad, bad, BAD", "not great: noisy and dirty",
    "I would not go back to this place",
]
DOCS, LABELS = GOOD + BAD, np.array(["good"] * len(GOOD) + ["bad"] * len(BAD))
EDGES = [
    "", "   ", "great", "GREAT\u00a0Pizza", "unheard-of xylophones", "Crème brûlée\tand\n\ncafé", "ﬁne ½ Ⅳ ① straße STRASSE İstanbul ΟΔΟΣ",
    "日本語 の 宿 は great", "हिन्दी में great", "e\u0301 cafe\u0301 cafe\u0345", "a b c pizza. d", "😀😀 great😀food \U0001d400", "a\u200bb \x1cgreat\x85food\ufeffcold",
    "great " * 30 + "cold", "staff_was 45 4 5 2024", "don't won't", "\u0661\u0662\u0663 \u00b2\u00b3",
]
ROWS = EDGES + DOCS[::2]


@case(since="1.0")
def text_count_words():
    return CountVectorizer().fit(DOCS + EDGES), ROWS


@case(since="1.0")
def text_count_word_ngrams():
    return CountVectorizer(ngram_range=(1, 3), stop_words="english", binary=True, min_df=1, max_features=90).fit(DOCS + EDGES), ROWS


@case(since="1.0")
def text_count_characters():
    return CountVectorizer(analyzer="char", ngram_range=(2, 3), strip_accents="unicode", max_features=80).fit(DOCS + EDGES), ROWS


@case(since="1.0")
def text_count_characters_in_words():
    return CountVectorizer(analyzer="char_wb", ngram_range=(1, 6), strip_accents="ascii", max_features=80).fit(DOCS + EDGES), ROWS


@case(since="1.0")
def text_count_pattern():
    words = CountVectorizer(token_pattern=r"\b([^\W\d_]{2,})\b", lowercase=False, stop_words=["The", "and"])
    return words.fit(DOCS + EDGES), ROWS


@case(since="1.0")
def text_count_parts():
    return CountVectorizer(token_pattern=r"[^\s,;.!]+", strip_accents="unicode").fit(DOCS + EDGES), ROWS


@case(since="1.0")
def text_tfidf():
    return TfidfVectorizer().fit(DOCS), ROWS


@case(since="1.0")
def text_tfidf_sublinear():
    return TfidfVectorizer(sublinear_tf=True, norm="l1", smooth_idf=False, ngram_range=(1, 2), max_features=70).fit(DOCS), ROWS


@case(since="1.0")
def text_tfidf_transformer():
    counts = np.random.default_rng(3).poisson(0.7, (40, 9)).astype(float)
    return TfidfTransformer(norm=None, sublinear_tf=True).fit(counts), np.vstack([counts[:19], np.zeros(9)])


@case(since="1.0")
def text_hashing():
    return HashingVectorizer(n_features=48, ngram_range=(1, 2)).fit(DOCS), ROWS


@case(since="1.0")
def text_hashing_counts():
    return HashingVectorizer(n_features=31, norm=None, alternate_sign=False, analyzer="char_wb", ngram_range=(3, 3)).fit(DOCS), ROWS


@case(since="1.0")
def text_hashing_binary():
    return HashingVectorizer(n_features=12, norm="l1", binary=True).fit(DOCS), ROWS


@case(since="1.0")
def text_tfidf_classifier():
    return make_pipeline(TfidfVectorizer(), LogisticRegression(C=5)).fit(DOCS, LABELS), ROWS


@case(since="1.0")
def text_counts_classifier():
    return make_pipeline(CountVectorizer(), LogisticRegression(C=2)).fit(DOCS, LABELS), ROWS


@case(since="1.0")
def text_counts_tfidf_forest():
    forest = RandomForestClassifier(8, max_depth=4, random_state=0)
    return make_pipeline(CountVectorizer(max_features=40), TfidfTransformer(), forest).fit(DOCS, LABELS), ROWS


@case(since="1.0")
def text_hashing_classifier():
    return make_pipeline(HashingVectorizer(n_features=64), LogisticRegression(C=5)).fit(DOCS, LABELS), ROWS


@case(since="1.0")
def text_words_and_characters():
    both = FeatureUnion([("words", TfidfVectorizer()), ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 3), max_features=60))])
    return make_pipeline(both, LogisticRegression(C=5)).fit(DOCS, LABELS), ROWS


def table(texts, seed):
    draw = np.random.default_rng(seed)
    return pd.DataFrame({"stars": draw.integers(1, 6, len(texts)).astype(float), "review": texts, "price": draw.normal(40, 9, len(texts))})


@case(since="1.0")
def text_beside_numbers():
    columns = ColumnTransformer([
        ("numbers", StandardScaler(), ["stars", "price"]),
        ("words", TfidfVectorizer(max_features=50), "review"),
        ("title", CountVectorizer(binary=True, max_features=10), "review"),
    ])
    X = table(DOCS, 1)
    return make_pipeline(columns, LogisticRegression()).fit(X, LABELS), table(ROWS, 2)


DICTS = [
    {"city": "London", "rooms": 3, "garden": True, "tags": "old"}, {"city": "Paris", "rooms": 2.5, "tags": "new"},
    {"city": "Paris", "rooms": 4, "garden": False}, {"city": "Rome=North", "rooms": 1, "area": 55.5}, {"rooms": 6, "area": 120},
    {"city": "London", "area": 80, "tags": "old"},
] * 3
DICT_ROWS = DICTS[:6] + [{}, {"city": "Berlin"}, {"city=Paris": 1, "rooms": 2}, {"city": "London", "city=London": 2}, {"unknown": 3, "rooms": -1e6}]
PRICES = np.arange(18) * 1.5 + np.array([d.get("rooms", 0) for d in DICTS]) * 20


@case(since="1.0")
def dict_vectorizer():
    rows = DICT_ROWS + [{"tags": ["old", "new", "none"], "rooms": 2}, {"rooms": None}]
    return DictVectorizer().fit(DICTS), rows


@case(since="1.0")
def dict_vectorizer_regressor():
    return make_pipeline(DictVectorizer(sparse=False, separator=":"), StandardScaler(), LinearRegression()).fit(DICTS, PRICES), DICT_ROWS


@case(since="1.0")
def dict_vectorizer_forest():
    forest = RandomForestClassifier(6, max_depth=4, random_state=0)
    return make_pipeline(DictVectorizer(), forest).fit(DICTS, PRICES > 60), DICT_ROWS


@case(since="1.0")
def feature_hasher():
    return FeatureHasher(n_features=20).fit(), DICT_ROWS


@case(since="1.0")
def feature_hasher_classifier():
    return make_pipeline(FeatureHasher(n_features=32, alternate_sign=False), LogisticRegression()).fit(DICTS, PRICES > 60), DICT_ROWS
