"""Alexa's messages by Python's own json: messages.py build|parse FOLDER MS."""

import json
import sys
import time

task, folder, ms = sys.argv[1:4]
with open(f"{folder}/{'report' if task == 'build' else 'directive'}.json", "rb") as file:
    text = file.read()
told = json.loads(text)
count, began = 0, time.perf_counter()
while time.perf_counter() - began < int(ms) / 1000:
    for _ in range(100):
        if task == "build":
            json.dumps(told, separators=(",", ":")).encode()
        else:
            json.loads(text)
    count += 100
print(json.dumps({"per_second": count / (time.perf_counter() - began)}))
