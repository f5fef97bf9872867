# What the report shows, and how the workflow led to it.
TEMPLATES = ROOT / "workflow" / "report"


def templates():
    """The page, its style and the captions: a change in them writes the report again."""
    return [os.path.relpath(path) for path in sorted(TEMPLATES.iterdir())]


def reported(kind, pattern, of):
    """Folders of figures of one kind: kind, path and what each is about."""
    return [(kind, pattern.format(**names), names) for names in of]


REPORTED = (
    reported("sample", SAMPLE_FIGURES, [{"sample": name} for name in SURVEYED])
    + reported("dataset", DATASET_FIGURES, [{"dataset": name} for name in STUDY.datasets])
    + reported("figure", FIGURES, names_of_all_targets(JUDGED))
    + reported(
        "comparison",
        COMPARED_FIGURES,
        [{"dataset": dataset, "target": target} for dataset, target in STUDY.compared()],
    )
    + reported("inside", INSIDE_FIGURES, names_of_all_targets(LOOKED_INTO))
    + reported("variation", VARIED_FIGURES, names_of_all_varied_targets())
    + reported("scan", SCAN_FIGURES, [{"experiment": name} for name in SCANNED])
)


def reported_figures(wildcards, input):
    """The same as JSON, with the paths of this run."""
    return json.dumps(
        [
            {"kind": kind, "path": path, "names": names}
            for (kind, _, names), path in zip(REPORTED, input.figures, strict=True)
        ]
    )


def steps_behind(rule):
    """The rules that a rule's job rests on, with their numbers of jobs, and what needs what."""
    dag = workflow.dag
    jobs = {job for job in dag.jobs if job.rule.name == rule}
    waiting, counts, edges = list(jobs), {}, set()
    while waiting:
        job = waiting.pop()
        counts[job.rule.name] = counts.get(job.rule.name, 0) + 1
        for other in dag.dependencies[job]:
            edges.add((other.rule.name, job.rule.name))
            if other not in jobs:
                jobs.add(other)
                waiting.append(other)
    return {"jobs": dict(sorted(counts.items())), "edges": sorted(edges)}
