"""Writes one model in every compression of joblib, and answers.json with what it answers: python generate.py

The committed files are of scikit-learn 1.9.1, joblib 1.6.0 and lz4 4.4.5. old.zf is made by hand as joblib 0.8 wrote such
files (joblib/numpy_pickle_compat.py, write_zfile), which no joblib still writes; several.* have parts that joblib does not
write, but programs of the same name do.
"""

import bz2
import json
import lzma
import pickle
import zlib
from pathlib import Path

import joblib
import lz4.frame
import numpy as np
import sklearn
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier

HERE = Path(__file__).resolve().parent
X, y = load_breast_cancer(return_X_y=True)
model = RandomForestClassifier(n_estimators=6, max_depth=4, random_state=1).fit(X, y)
for method, level in [("bz2", 9), ("bz2", 1), ("xz", 6), ("xz", 1), ("lzma", 6), ("lzma", 1), ("lz4", 1), ("lz4", 9), ("gzip", 3), ("zlib", 9)]:
    joblib.dump(model, HERE / f"model-{level}.{method}", compress=(method, level))

plain = pickle.dumps(model, protocol=4)
half = len(plain) // 2
parts = [plain[:half], plain[half:]]
(HERE / "several.bz2").write_bytes(b"".join(map(bz2.compress, parts)))
(HERE / "several.xz").write_bytes(b"".join(lzma.compress(part, check=check) for part, check in zip(parts, [lzma.CHECK_SHA256, lzma.CHECK_CRC32])))
options = [{"content_checksum": True, "block_checksum": True, "block_linked": False}, {"compression_level": 12, "block_size": lz4.frame.BLOCKSIZE_MAX64KB}]
(HERE / "several.lz4").write_bytes(b"".join(lz4.frame.compress(part, **option) for part, option in zip(parts, options)))
length = hex(len(plain)).encode().ljust(19)
(HERE / "old.zf").write_bytes(b"ZF" + length + zlib.compress(plain))
answers = {
    "sklearn": sklearn.__version__, "joblib": joblib.__version__, "lz4": lz4.__version__,
    "rows": X[:12].tolist(), "predict_proba": model.predict_proba(X[:12]).tolist(),
}
(HERE / "answers.json").write_text(json.dumps(answers) + "\n")
