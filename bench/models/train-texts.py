"""Trains the text models of the benches: each as .joblib and, where skl2onnx can, ONNX; 4,096 texts with scikit-learn's answers.

python bench/models/train-texts.py --out bench/.cache/texts
Texts are made up, with the statistics that count for speed: words by Zipf's law, of which the most frequent are those of English, 63
tokens a text on average, sentences, contractions, numbers, and in one text of ten a word with an accent. Seeds are fixed.
"""

import argparse
import json
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True

import joblib
import numpy as np
import sklearn
from skl2onnx import __version__ as skl2onnx_version
from skl2onnx import to_onnx
from skl2onnx.common.data_types import StringTensorType
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

ROWS, TRAIN_ROWS, SEED = 4096, 8000, 7
WORDS, TERMS, MEAN_TOKENS = 40_000, 20_000, 63
OPSET = {"": 17, "ai.onnx.ml": 3, "com.microsoft": 1}
# What `(?u)\b\w\w+\b` finds in UTF-8, as RE2 writes it; skl2onnx's own `[a-zA-Z0-9_]+` cuts words at accents.
TOKENS = r"[\p{L}\p{N}_]{2,}"
# skl2onnx's own en_US.UTF-8 is on few servers, and onnxruntime opens no model whose locale is not there.
LOCALE = "C.UTF-8"
FREQUENT = """the of and to a in is was I that it for on with as be at by had not are but from or have an they which one you were her
all she there would their we him been has when who will more no if out so said what up its about into than them can only other new some
could time these two may then do first any my now such like our over man me even most made after also did many before must through back
years where much your way well down should because each just those people Mr how too little state good very make world still own see men
work long get here between both life being under never day same another know while last might us great old year off come since against go
came right used take three don't it's can't wasn't I'm he's didn't you're""".split()
ACCENTED = "café naïve résumé façade cliché déjà élite über señor Zürich fiancée jalapeño".split()
SYLLABLES = "ba be con de dis ent er ex fer fi gra im in ing ion ist la ler ma men na ne ob or pa per po pre pro ra re ri sa ser si so sta sub ta te ter ti tion tra un ver vi".split()

MODELS = {
    "tfidf-words": lambda: make_pipeline(TfidfVectorizer(max_features=TERMS), LogisticRegression(max_iter=300)),
    "tfidf-bigrams": lambda: make_pipeline(
        TfidfVectorizer(max_features=TERMS, ngram_range=(1, 2)), LogisticRegression(max_iter=300)),
    "count-bayes": lambda: make_pipeline(CountVectorizer(max_features=TERMS), MultinomialNB()),
    "hash-sgd": lambda: make_pipeline(HashingVectorizer(n_features=2**16), SGDClassifier(loss="log_loss", random_state=SEED)),
}


def make_vocabulary(rng):
    words, seen = list(FREQUENT), set(FREQUENT)
    while len(words) < WORDS:
        word = "".join(rng.choice(SYLLABLES, rng.integers(1, 5)))
        if len(word) > 2 and word not in seen:
            seen.add(word)
            words.append(word)
    return np.array(words, object)


def make_texts(rng, count):
    """Of two subjects, which share their frequent words and prefer different halves of the others."""
    vocabulary = make_vocabulary(rng)
    frequency = 1 / (np.arange(WORDS) + 2.7)
    prefers = rng.integers(0, 2, WORDS)
    prefers[: len(FREQUENT)] = 2
    cumulative = []
    for subject in (0, 1):
        weights = frequency * np.where(prefers == 2, 1, np.where(prefers == subject, 1.4, 0.6))
        cumulative.append(np.cumsum(weights / weights.sum()))
    labels = rng.integers(0, 2, count)
    return [make_text(rng, vocabulary, cumulative[subject]) for subject in labels], np.where(labels == 1, "sport", "trade")


def make_text(rng, vocabulary, cumulative):
    length = max(3, rng.poisson(MEAN_TOKENS) + rng.integers(-30, 31))
    tokens = [str(word) for word in vocabulary[np.minimum(np.searchsorted(cumulative, rng.random(length)), WORDS - 1)]]
    if rng.random() < 0.1:
        tokens[rng.integers(length)] = ACCENTED[rng.integers(len(ACCENTED))]
    if rng.random() < 0.3:
        tokens[rng.integers(length)] = str(rng.integers(1, 3000))
    starts = True
    for i, token in enumerate(tokens):
        tokens[i] = token[0].upper() + token[1:] if starts else token
        starts = i + 1 == length or rng.random() < 0.06
        if starts:
            tokens[i] += "."
        elif rng.random() < 0.05:
            tokens[i] += ","
    return " ".join(tokens)


def export(model, folder, tokens):
    """By skl2onnx as it is, and told how tokens look; the reason where it cannot."""
    vectorizer, classifier = model[0], model[-1]
    tokenizer = {"locale": LOCALE} if tokens is None else {"locale": LOCALE, "tokenexp": tokens}
    options = {id(classifier): {"zipmap": False}, id(vectorizer): tokenizer}
    try:
        onnx = to_onnx(model, initial_types=[("text", StringTensorType([None, 1]))], options=options, target_opset=OPSET)
    except Exception as error:
        return f"{type(error).__name__}: {str(error).strip().splitlines()[0][:160]}"
    (folder / ("model.onnx" if tokens is None else "model-tokens.onnx")).write_bytes(onnx.SerializeToString())
    return None


def train(name, texts, labels, out):
    model = MODELS[name]().fit(texts[:-ROWS], labels[:-ROWS])
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    refusals = {"plain": export(model, folder, None), "tokens": export(model, folder, TOKENS)}
    answers = model.predict_proba(texts[-ROWS:])
    facts = {"name": name, "columns": model[-1].n_features_in_, "accuracy": model.score(texts[-ROWS:], labels[-ROWS:])}
    versions = {"scikitLearn": sklearn.__version__, "skl2onnx": skl2onnx_version, "numpy": np.__version__}
    (folder / "facts.json").write_text(json.dumps({**facts, "refusals": refusals, **versions}, indent=1))
    joblib.dump(model, folder / "model.joblib")
    answers.astype("<f8").tofile(folder / "answers.f64")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    texts, labels = make_texts(np.random.default_rng(SEED), TRAIN_ROWS + ROWS)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "texts.json").write_text(json.dumps(texts[-ROWS:]))
    for name in MODELS:
        started = time.perf_counter()
        train(name, texts, labels, options.out)
        print(f"{name}: {time.perf_counter() - started:.1f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
