"""Calls a function of answer.py with each list of arguments; one marked line for each result."""
import copy
import io
import json
import sys

with open("cases.json") as f:
    cases = json.load(f)
out = sys.stdout


def say(what):
    out.write(cases["mark"] + json.dumps(what) + "\n")
    out.flush()


sys.stdout = sys.stderr = io.StringIO()
try:
    names = {"__name__": "answer"}
    with open("answer.py") as f:
        exec(compile(f.read(), "answer.py", "exec"), names)
    function = names[cases["function"]]
except BaseException as e:
    say({"broke": type(e).__name__ + ": " + str(e)})
else:
    for arguments in cases["arguments"]:
        try:
            result = function(*copy.deepcopy(arguments))
            try:
                say({"result": result})
            except (TypeError, ValueError):
                say({"error": "no plain value: " + repr(result)[:200]})
        except BaseException as e:
            say({"error": type(e).__name__ + ": " + str(e)})
