"""Runs verification code on requests: reads cases from the file that is named, prints what each says as JSON."""

import json
import sys

said = []
for case in json.load(open(sys.argv[1], encoding="utf-8")):
    names = {}
    exec(compile(case["code"], case["scheme"], "exec"), names)
    said.append(names["verify"](case["headers"], case["body"].encode(), case["secret"], *case["rest"]))
print(json.dumps(said))
