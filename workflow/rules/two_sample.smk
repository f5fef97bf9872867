rule two_sample:
    "Train a small network to tell generated events from real ones: no better than chance is best."
    input:
        # In one folder with those of other seeds, which train nothing here again: what the samples
        # of this seed follow from is watched in their place.
        predictions=ancient(PREDICTIONS),
        model=MODEL,
        dataset=dataset_of,
        code_of_samples=[rules.predict.input.script, *rules.predict.input.code],
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
        own=own_file_of_two_sample,
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
        evaluation=for_telling_apart,
        samples=lambda wildcards, input: f"{input.predictions}/{wildcards.seed}/"
        f"{experiment_of(wildcards).variables}.h5",
    message:
        "Tell events of {wildcards.experiment}, seed {wildcards.seed}, from real ones"
    shell:
        "python {input.script:q} --samples {params.samples:q} --name {wildcards.experiment}"
        " --evaluation {params.evaluation:q} --seed {wildcards.seed} --threads {threads}"
        " --output {output.predictions:q} &> {log:q}"
