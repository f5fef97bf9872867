# What exports and applications need to know, found by their names.
def of_exports():
    """The exported networks of all trainings that are asked for."""
    return [
        EXPORTED.format(experiment=name, seed=seed, says=SUFFIXES[says])
        for name in EXPORTS
        for seed in STUDY.experiments[name].seeds
        for says in says_of(STUDY.experiments[name])
    ]


def said_by_file(wildcards):
    """What an exported file says of events, by the end of its name."""
    return next(says for says, suffix in SUFFIXES.items() if suffix == wildcards.says)


def said_of_exports():
    """What is exported, and what cannot be."""
    left_out = not_exported(STUDY.experiments, STUDY.datasets)
    lines = [f"Exported: {', '.join(EXPORTS) or 'nothing'}"]
    lines += [f"Left out: {name} {reason}" for name, reason in left_out.items()]
    return "\n".join(lines).replace("{", "(").replace("}", ")")


def code_of_export(wildcards):
    """What an exported file follows from, and the user's own file where there is one."""
    own = getattr(experiment_of(wildcards).model, "file", None)
    rooms = ["export", "models", "training", "seeds", "compiled", "files", "dataset/inputs"]
    rooms += ["config/keras_layers", "config/augment_checks", "config/formulas"]
    rooms += ["scans/chosen", "scans/results"]
    return code_of(*rooms) + ([own] if own else [])


def of_applications():
    """What all applications write."""
    return [
        APPLIED.format(application=name, part=source.part, format=suffix_of(name))
        for name, found in APPLIED_TO.items()
        for source in found
    ]


def suffix_of(application):
    """How the files of an application end."""
    asked = format_of(STUDY.apply[application], APPLIED_AS[application])
    return {"root": "root", "hdf5": "h5"}[asked]


def exported_network(wildcards):
    """The network that an application applies."""
    asked = STUDY.apply[wildcards.application]
    seeds = STUDY.experiments[asked.experiment].seeds
    seed = seeds[0] if asked.seed is None else asked.seed
    says = SUFFIXES[applied_of(STUDY.experiments[asked.experiment])]
    return EXPORTED.format(experiment=asked.experiment, seed=seed, says=says)


def applied_source(wildcards):
    """The file that a part is made from."""
    found = (s for s in APPLIED_TO[wildcards.application] if s.part == wildcards.part)
    return next(found)


def applied_file(wildcards):
    """The same as an input that Snakemake watches; addresses are left to uproot."""
    path = applied_source(wildcards).path
    return [] if "://" in path else path


def reading_option(wildcards):
    """How the file is read: as a sample, or as HDF5 with an array for each input."""
    sample = APPLIED_AS[wildcards.application]
    if sample is None:
        return []
    part = sample.model_copy(update={"files": [applied_source(wildcards).path]})
    return [f"--sample={part.model_dump_json()}"]
