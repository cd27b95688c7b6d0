"""Turns a snapshot (the resources that a deployment would make, every expression worked out) into the one form of template
that checkov reads: a list of resources. From the templates themselves it sees little: it knows neither modules nor
symbolic names, and takes an expression for a value.

Usage: predicted.py SNAPSHOT OUT
"""

import json
import sys
from pathlib import Path

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def main(snapshot, out):
    resources = json.loads(Path(snapshot).read_text())["predictedResources"]
    if not resources:
        sys.exit(f"{snapshot} predicts no resource")
    template = {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": resources}
    Path(out).write_text(json.dumps(template, indent=2))


main(*sys.argv[1:])
