#!/usr/bin/env bash
# Gradescope runs this once, when the autograder is built: an environment of its own with the grader in it.
# The grader comes from a wheel beside this file if there is one, else from the package index.
set -euo pipefail

apt-get update
for python in python3.13 python3.12 python3.11; do
    if apt-get install -y "$python" "$python-venv"; then
        break
    fi
done
"$python" -m venv /autograder/environment

wheels=(/autograder/source/*.whl)
if [ -e "${wheels[0]}" ]; then
    /autograder/environment/bin/pip install "${wheels[0]}"
else
    /autograder/environment/bin/pip install "cnn-homework-grader==@VERSION@"
fi
