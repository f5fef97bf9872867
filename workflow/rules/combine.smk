rule combine:
    "Take the mean of what the members of an ensemble predict."
    input:
        predictions=predictions_of_members,
        script=script_of("combine"),
        code=code_of("evaluation", "files/predictions", "files/hdf5"),
    output:
        predictions=directory(PREDICTIONS),
    log:
        "<logs>/combine/{experiment}.log",
    benchmark:
        "<benchmarks>/combine/{experiment}.jsonl"
    wildcard_constraints:
        experiment=one_of(STUDY.ensembles),
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        ensemble=as_json(ensemble_of),
        predictions=lambda wildcards, input: json.dumps(
            {Path(folder).name: folders_of_seeds(folder) for folder in input.predictions}
        ),
        output=lambda wildcards, output: folders_of_seeds(output.predictions)[0],
        files=lambda wildcards: [f"--file={name}" for name in combined_files(wildcards)],
    message:
        "Combine the predictions of ensemble {wildcards.experiment}"
    shell:
        "python {input.script:q} --name {wildcards.experiment} --ensemble {params.ensemble:q}"
        " --predictions {params.predictions:q} {params.files:q}"
        " --output {params.output:q} &> {log:q}"
