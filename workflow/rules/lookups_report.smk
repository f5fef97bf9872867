# What the report shows, and how the workflow led to it.
TEMPLATES = ROOT / "workflow" / "report"


def templates():
    """The page, its style and the captions: a change in them writes the report again."""
    return [os.path.relpath(path) for path in sorted(TEMPLATES.iterdir())]


def reported(kind, tables, figures, of):
    """What figures of one kind are drawn from, where they lie, and what each folder is about."""
    return [(kind, tables.format(**names), figures.format(**names), names) for names in of]


REPORTED = (
    reported("sample", SAMPLE_TABLES, SAMPLE_FIGURES, [{"sample": name} for name in SURVEYED])
    + reported(
        "dataset",
        DATASET_TABLES,
        DATASET_FIGURES,
        [{"dataset": name} for name in STUDY.datasets],
    )
    + reported("figure", TABLES, FIGURES, names_of_all_targets(JUDGED))
    + reported(
        "comparison",
        COMPARED_TABLES,
        COMPARED_FIGURES,
        [{"dataset": dataset, "target": target} for dataset, target in STUDY.compared()],
    )
    + reported("data", DATA_TABLES, DATA_FIGURES, names_of_all_targets(WITH_DATA))
    + reported("inside", INSIDE_TABLES, INSIDE_FIGURES, names_of_all_targets(LOOKED_INTO))
    + reported("variation", VARIED_TABLES, VARIED_FIGURES, names_of_all_varied_targets())
    + reported("scan", SCAN_TABLES, SCAN_FIGURES, [{"experiment": name} for name in SCANNED])
)


def reported_as_json(paths):
    """Kind, path of this run and names of each folder."""
    return json.dumps(
        [
            {"kind": kind, "path": path, "names": names}
            for (kind, _, _, names), path in zip(REPORTED, paths, strict=True)
        ]
    )


def reported_figures(wildcards, input):
    """The folders of figures."""
    return reported_as_json(input.figures)


def reported_tables(wildcards, input):
    """The folders of tables; a look inside a network has one file for each target."""
    files = {"inside": "{path}/{target}.h5"}
    return reported_as_json(
        [
            files.get(kind, "{path}").format(path=path, **names)
            for (kind, _, _, names), path in zip(REPORTED, input.tables, strict=True)
        ]
    )


def files_that_went_in():
    """By sample, the files that it is read from: what they are called, and where they lie."""
    return {
        name: [
            {"name": called, "path": "" if is_remote(path) else path}
            for source in found
            for called, path in [
                (source.origin or shown_path(source.path), source.path),
                *((shown_path(path), path) for path in source.beside),
            ]
        ]
        for name, found in SOURCES.items()
    }


def shown_path(path):
    """A path, or an address without what may be a secret."""
    return shown(path) if is_remote(path) else path


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
