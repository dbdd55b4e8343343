"""Prints what `junitparser` reads in a file, as JSON: a list for each case."""

import json
import sys

from junitparser import Failure, JUnitXml, Skipped

words = {Failure: "failed", Skipped: "skipped"}
cases = []
for suite in JUnitXml.fromfile(sys.argv[1]):
    for case in suite:
        results = [[words[type(it)], it.message, it.text] for it in case.result]
        cases.append([suite.name, case.classname, case.name, results])
json.dump(cases, sys.stdout)
