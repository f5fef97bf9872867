rule evaluate:
    "Judge an experiment beside its baselines: numbers with errors, a table for each figure."
    input:
        predictions=PREDICTIONS,
        members=predictions_of_members,
        histories=of_trainings(HISTORY),
        baselines=baselines_of,
        two_sample=two_samples_of,
        timings=timings_of,
        script=script_of("evaluate"),
        code=code_of(
            *("evaluation", "config/corrections"),
            *("files/predictions", "files/samples", "files/snapshots", "files/hdf5"),
        ),
    output:
        metrics=METRICS,
        tables=directory(TABLES),
    log:
        "<logs>/evaluate/{experiment}-{target}.log",
    benchmark:
        "<benchmarks>/evaluate/{experiment}-{target}.jsonl"
    wildcard_constraints:
        experiment=one_of(JUDGED),
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        experiment=lambda wildcards: json.dumps(for_judging(experiment_of(wildcards), but=())),
        histories=lambda wildcards, input: [f"--histories={path}" for path in input.histories],
        baselines=lambda wildcards, input: [f"--baselines={path}" for path in input.baselines],
        two_sample=lambda wildcards, input: [f"--two-sample={path}" for path in input.two_sample],
        timings=lambda wildcards, input: [f"--timings={path}" for path in input.timings],
        label=label_of,
        members=lambda wildcards, input: predictions_as_json(wildcards, input.members),
        predictions=lambda wildcards, input: predictions_in(wildcards, input.predictions),
    message:
        "Evaluate {wildcards.target} of {wildcards.experiment}"
    shell:
        "python {input.script:q} --experiment-name {wildcards.experiment}"
        " --experiment {params.experiment:q} --label={params.label:q}"
        " {params.baselines:q} {params.histories:q} --members {params.members:q}"
        " {params.two_sample:q} {params.timings:q}"
        " --metrics {output.metrics:q} --tables {output.tables:q} {params.predictions:q} &> {log:q}"
