def baselines_of(wildcards):
    """The baselines' predictions of the target that an experiment learns."""
    return BASELINES.format(
        dataset=experiment_of(wildcards).dataset, target=target_of(wildcards)
    )


def of_all_seeds(pattern):
    """The files of all seeds of an experiment."""
    return lambda wildcards: expand(
        pattern, experiment=wildcards.experiment, seed=experiment_of(wildcards).seeds
    )


def label_of(wildcards):
    """The symbol of the target on axes."""
    dataset = STUDY.datasets[experiment_of(wildcards).dataset]
    return dataset.targets[target_of(wildcards)].label or target_of(wildcards)


rule evaluate:
    "Judge an experiment beside its baselines: numbers with errors, a table for each figure."
    input:
        predictions=of_all_seeds(PREDICTION),
        histories=of_all_seeds(HISTORY),
        baselines=baselines_of,
        code=code_of("evaluation"),
    output:
        metrics=METRICS,
        tables=directory(TABLES),
    log:
        "<logs>/evaluate/{experiment}.log",
    benchmark:
        "<benchmarks>/evaluate/{experiment}.jsonl"
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        experiment=as_json(experiment_of),
        histories=lambda wildcards, input: [
            f"--histories={path}" for path in input.histories
        ],
        label=label_of,
    shell:
        "python {SCRIPTS}/evaluate.py --experiment-name {wildcards.experiment}"
        " --experiment {params.experiment:q} --label {params.label:q}"
        " --baselines {input.baselines:q} {params.histories:q}"
        " --metrics {output.metrics:q} --tables {output.tables:q} {input.predictions:q} &> {log:q}"
