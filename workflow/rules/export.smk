rule export_network:
    "Write a trained network as ONNX, with preprocessing, units and domain inside."
    input:
        model=MODEL,
        dataset=dataset_of,
        chosen=chosen_of,
        script=script_of("export_network"),
        code=code_of_export,
    output:
        network=EXPORTED,
        description=DESCRIPTION,
    log:
        "<logs>/export_network/{experiment}-{seed}{says}.log",
    benchmark:
        "<benchmarks>/export_network/{experiment}-{seed}{says}.jsonl"
    wildcard_constraints:
        experiment=one_of(STUDY.experiments),
        says="|".join(SUFFIXES.values()),
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        experiment=rules.train.params.experiment,
        chosen=chosen_option,
        says=said_by_file,
    message:
        "Export {wildcards.experiment}, seed {wildcards.seed}: {params.says}"
    shell:
        "python {input.script:q} --model {input.model:q} --dataset {input.dataset:q}"
        " --name {wildcards.experiment} --experiment {params.experiment:q}"
        " --seed {wildcards.seed} --says {params.says:q} --threads {threads} {params.chosen:q}"
        " --output {output.network:q} --description {output.description:q} &> {log:q}"


rule export:
    "All networks that export names, or all that can be exported."
    input:
        of_exports(),
    message:
        said_of_exports()
