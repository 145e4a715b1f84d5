"""What SciPy says of drawn samples: run `python generate.py` with scipy 1.17.1 and numpy 2.4.6 to write statistics.json anew."""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy import special, stats

random = np.random.default_rng(20261123)
ks = []
shapes = [
    ("equal sizes", 40, 40, 0.0, None),
    ("unequal sizes", 30, 75, 0.4, None),
    ("one value against many", 1, 60, 1.0, None),
    ("ties", 120, 90, 0.3, 0),
    ("all tied", 20, 25, 0.0, -3),
    ("shifted", 200, 150, 0.8, None),
    ("far apart", 60, 80, 9.0, None),
    ("primes", 97, 89, 0.5, None),
    ("the most exact pairs", 512, 512, 0.2, None),
    ("beyond exact", 700, 900, 0.1, None),
    ("large", 3000, 2000, 0.05, None),
    ("large and shifted", 2500, 2500, 0.15, None),
]
for title, n, m, shift, decimals in shapes:
    a = random.normal(size=n)
    b = random.normal(shift, 1.0, size=m)
    if decimals is not None:
        a, b = np.round(a, decimals), np.round(b, decimals)
    else:
        a, b = np.round(a, 6), np.round(b, 6)
    exact = stats.ks_2samp(a, b, method="exact")
    limit = special.kolmogorov(np.sqrt(n * m / (n + m)) * exact.statistic)
    ks.append({"title": title, "a": a.tolist(), "b": b.tolist(), "statistic": exact.statistic, "exact": exact.pvalue, "limit": limit})

tails = [{"x": x, "p": special.kolmogorov(x)} for x in [0.05, 0.2, 0.4, 0.7, 0.999, 1.0, 1.18, 1.5, 2.0, 3.0, 5.0, 9.0]]

fisher = []
for seen_a, count_a, seen_b, count_b in [(0, 100, 1, 1000), (3, 10, 1, 12), (40, 200, 90, 300), (0, 50, 30, 60), (5, 5, 0, 7), (300, 5000, 420, 5000)]:
    law = stats.hypergeom(count_a + count_b, seen_a + seen_b, count_a)
    fisher.append({"counts": [seen_a, count_a, seen_b, count_b], "p": min(1.0, 2 * min(law.cdf(seen_a), law.sf(seen_a - 1)))})

gamma = [{"x": x, "value": special.gammaln(x)} for x in [1e-3, 0.5, 1.0, 1.5, 2.0, 3.7, 9.9, 10.0, 123.4, 1e4, 1e7]]
normal = [{"share": p, "value": stats.norm.ppf(p)} for p in [1e-9, 1e-4, 0.01, 0.02425, 0.2, 0.5, 0.8, 0.975, 0.9999]]

normal_tail = [{"z": z, "p": stats.norm.sf(z)} for z in [-4.0, -1.0, 0.0, 0.3, 1.0, 1.96, 2.99, 3.0, 4.5, 8.0, 30.0]]

text = json.dumps({"scipy": scipy.__version__, "ks": ks, "tails": tails, "fisher": fisher, "gamma": gamma, "normal": normal, "normal_tail": normal_tail})
Path(__file__).with_name("statistics.json").write_text(text + "\n")
