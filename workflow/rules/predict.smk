rule predict:
    "Apply a trained network to the test split."
    input:
        model=MODEL,
        dataset=dataset_of,
        chosen=chosen_of,
        snapshots=snapshots_of,
        script=script_of("predict"),
        code=code_of(
            *("models", "training", "seeds", "compiled", "files"),
            *("config/keras_layers", "config/augment_checks", "config/formulas"),
            *("scans/chosen", "scans/results"),
        ),
    output:
        predictions=directory(PREDICTIONS),
    log:
        "<logs>/predict/{experiment}-{seed}.log",
    benchmark:
        "<benchmarks>/predict/{experiment}-{seed}.jsonl"
    wildcard_constraints:
        experiment=one_of(STUDY.experiments),
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=4000,
        runtime=60,
    params:
        experiment=rules.train.params.experiment,
        snapshots=lambda wildcards, input: [f"--snapshots={path}" for path in input.snapshots],
        chosen=chosen_option,
        validation=lambda wildcards: ["--validation"] if corrects(wildcards.experiment) else [],
    message:
        "Predict with {wildcards.experiment}, seed {wildcards.seed}"
    shell:
        "python {input.script:q} --model {input.model:q} --dataset {input.dataset:q}"
        " --name {wildcards.experiment} --experiment {params.experiment:q}"
        " --seed {wildcards.seed} --threads {threads} {params.chosen:q} {params.snapshots:q} {params.validation:q}"
        " --output {output.predictions:q} &> {log:q}"
