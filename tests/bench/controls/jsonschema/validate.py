"""Control of record-validate: jsonschema-rs, and nothing else. One JSON object on the first line of standard input:
`schema` and `rows`. Each further line is a round, answered with its processor seconds.
"""

import json
import sys
import time

import jsonschema_rs

given = json.loads(sys.stdin.readline())
is_valid = jsonschema_rs.validator_for(given["schema"], validate_formats=True).is_valid
print("ready", flush=True)
for _ in sys.stdin:
    began = time.process_time()
    for row in given["rows"]:
        if not is_valid(row):
            sys.exit("a row is not valid")
    print(time.process_time() - began, flush=True)
