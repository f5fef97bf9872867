rule combine:
    "Take the mean of what the members of an ensemble predict."
    input:
        predictions=of_all_members(PREDICTIONS),
        script=script_of("combine"),
        code=code_of("evaluation", "files/predictions", "files/hdf5"),
    output:
        predictions=directory(PREDICTIONS),
    log:
        "<logs>/combine/{experiment}-{seed}.log",
    benchmark:
        "<benchmarks>/combine/{experiment}-{seed}.jsonl"
    wildcard_constraints:
        experiment=one_of(STUDY.ensembles),
        seed=str(SEED_OF_ENSEMBLES),
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        ensemble=as_json(ensemble_of),
        predictions=lambda wildcards, input: json.dumps(by_experiment(input.predictions)),
        files=lambda wildcards: [f"--file={name}" for name in combined_files(wildcards)],
    message:
        "Combine the predictions of ensemble {wildcards.experiment}"
    shell:
        "python {input.script:q} --name {wildcards.experiment} --ensemble {params.ensemble:q}"
        " --predictions {params.predictions:q} {params.files:q}"
        " --output {output.predictions:q} &> {log:q}"
