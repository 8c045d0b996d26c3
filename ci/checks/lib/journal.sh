# shellcheck shell=bash
# What the journal of a bisection says of its own work. Sourced by the checks that bisect.

# Of state $1: was anything built or run for a point of which the answer was known already? With `killed' behind, for
# bisections that were killed: what was begun and said nothing is begun again.
nothing_twice() {
	python3 - "$1" "${2-}" <<'END'
import json, sys
known, runs, lines = set(), set(), 0
for line in open(sys.argv[1] + "/journal.jsonl"):
    note = json.loads(line)
    lines += 1
    point = note["point"]
    if note["what"] == "step":
        # The first is made with all cells, before it is known which deviate.
        if note["answer"] != "stop":
            known.add(point)
        else:
            # Of a lab that is gone there may be no run.
            runs = {run for run in runs if run[0] != point}
    elif point in known:
        sys.exit(f"made again: {line}")
    if note["what"] == "run":
        if (point, note["run"]) in runs and sys.argv[2] != "killed":
            sys.exit(f"run again: {line}")
        runs.add((point, note["run"]))
print(lines, "lines,", len(runs), "runs that were not stopped")
sys.exit(not lines)
END
}

# Steps of the search in state $1 that came out good or bad, the ends and the skipped ones beside: at most ceil(log2 n)
# for the n commits of $2 that can be the first bad one.
within_logarithm() {
	python3 - "$1" "$2" <<'END'
import json, math, sys
most = math.ceil(math.log2(int(sys.argv[2])))
steps = [note for note in map(json.loads, open(sys.argv[1] + "/journal.jsonl"))
         if note["what"] == "step" and note.get("phase", "search") == "search"]
decided = {note["point"] for note in steps if note["answer"] in ("good", "bad")}
print(sys.argv[2], "candidates,", len(decided), "steps of at most", most)
sys.exit(not 0 < len(decided) <= most)
END
}
