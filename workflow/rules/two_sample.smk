rule two_sample:
    "Train a small network to tell generated events from real ones: no better than chance is best."
    input:
        predictions=samples_of,
        script=script_of("two_sample"),
        code=code_of(
            *("models", "training", "seeds", "compiled", "config/keras_layers"),
            *("evaluation/observables", "evaluation/moments"),
            *(
                "files/samples",
                "files/predictions",
                "files/datasets",
                "files/weighting",
                "files/hdf5",
            ),
        ),
    output:
        predictions=TWO_SAMPLE,
    log:
        "<logs>/two_sample/{experiment}-{seed}.log",
    benchmark:
        "<benchmarks>/two_sample/{experiment}-{seed}.jsonl"
    wildcard_constraints:
        experiment=one_of(GENERATORS),
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=4000,
        runtime=60,
    params:
        experiment=lambda wildcards: json.dumps(for_judging(experiment_of(wildcards))),
        samples=lambda wildcards, input: f"{input.predictions}/"
        f"{experiment_of(wildcards).variables}.h5",
    message:
        "Tell events of {wildcards.experiment}, seed {wildcards.seed}, from real ones"
    shell:
        "python {input.script:q} --samples {params.samples:q} --name {wildcards.experiment}"
        " --experiment {params.experiment:q} --seed {wildcards.seed} --threads {threads}"
        " --output {output.predictions:q} &> {log:q}"
