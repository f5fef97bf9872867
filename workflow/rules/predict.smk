rule predict:
    "Apply the trained networks of all seeds of an experiment to the test split."
    input:
        models=of_all_seeds(MODEL),
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
        "<logs>/predict/{experiment}.log",
    benchmark:
        "<benchmarks>/predict/{experiment}.jsonl"
    wildcard_constraints:
        experiment=one_of(STUDY.experiments),
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=4000,
        runtime=240,
    params:
        experiment=rules.train.params.experiment,
        models=lambda wildcards, input: [f"--model={path}" for path in input.models],
        seeds=lambda wildcards: [f"--seed={seed}" for seed in experiment_of(wildcards).seeds],
        outputs=lambda wildcards, output: [
            f"--output={folder}" for folder in folders_of_seeds(output.predictions)
        ],
        snapshots=lambda wildcards, input: [f"--snapshots={path}" for path in input.snapshots],
        chosen=chosen_option,
        validation=lambda wildcards: ["--validation"] if corrects(wildcards.experiment) else [],
    message:
        "Predict with {wildcards.experiment}"
    shell:
        "python {input.script:q} {params.models:q} {params.seeds:q} --dataset {input.dataset:q}"
        " --name {wildcards.experiment} --experiment {params.experiment:q} --threads {threads}"
        " {params.chosen:q} {params.snapshots:q} {params.validation:q} {params.outputs:q} &> {log:q}"
