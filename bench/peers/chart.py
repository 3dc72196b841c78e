# Draws the year that `floor-store export` wrote as matplotlib does, to SVG in memory, again and again. The figures
# are already in memory, so reading them is not counted. Prints one line of JSON.
import io
import json
import sys
import time

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402  (after the choice of what to draw with)

path, count = sys.argv[1], int(sys.argv[2])
with open(path, encoding="utf-8") as lines:
    rows = [line.split(",") for line in lines]
times = [int(at) for at, _ in rows]
levels = [float(level) for _, level in rows]


def draw():
    figure, axes = pyplot.subplots(figsize=(8, 2.86), dpi=100)
    axes.plot(times, levels)
    out = io.StringIO()
    figure.savefig(out, format="svg")
    pyplot.close(figure)
    return len(out.getvalue())


size = draw()
taken = []
for _ in range(count):
    began = time.perf_counter()
    draw()
    taken.append((time.perf_counter() - began) * 1000)
taken.sort()
print(json.dumps({"p50": taken[len(taken) // 2], "p95": taken[len(taken) * 95 // 100], "bytes": size}))
