rule train:
    "Train one network of an experiment with one seed."
    input:
        dataset=dataset_of,
        chosen=chosen_of,
        script=script_of("train"),
        code=code_of_network,
    output:
        model=MODEL,
        history=HISTORY,
        record=RECORD,
    log:
        "<logs>/train/{experiment}-{seed}.log",
    benchmark:
        "<benchmarks>/train/{experiment}-{seed}.jsonl"
    wildcard_constraints:
        experiment=one_of(name for name in STUDY.experiments if name not in with_snapshots()),
    conda:
        "../../envs/footprint.yaml"
    # One thread, because weights depend on their number and shall not on --cores.
    threads: 1
    resources:
        gpu=1,
        mem_mb=4000,
        runtime=480,
    params:
        experiment=lambda wildcards: experiment_of(wildcards).model_dump_json(
            exclude={"evaluation", "seeds", "scan"}
        ),
        chosen=chosen_option,
        snapshots=[],
    message:
        "Train {wildcards.experiment}, seed {wildcards.seed} (progress: {log})"
    shell:
        "python {input.script:q} --dataset {input.dataset:q} --experiment {params.experiment:q}"
        " --seed {wildcards.seed} --threads {threads} {params.chosen:q}"
        " --model {output.model:q} --history {output.history:q} --record {output.record:q}"
        " {params.snapshots:q} &> {log:q}"


use rule train as train_with_snapshots with:
    output:
        model=MODEL,
        history=HISTORY,
        record=RECORD,
        snapshots=SNAPSHOTS,
    wildcard_constraints:
        experiment=one_of(with_snapshots()),
    params:
        experiment=rules.train.params.experiment,
        chosen=[],
        snapshots=lambda wildcards, output: [f"--snapshots={output.snapshots}"],
