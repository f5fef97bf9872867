rule build:
    "Select, split, shuffle and normalise events into a data set."
    input:
        events=events_of_dataset,
        script=script_of("build"),
        code=code_of(
            "dataset",
            "seeds",
            "files",
            "jets",
            "compiled",
            "config/formulas",
            "config/derived",
            "config/footprint_features",
            "config/jet_arrays",
            "config/jet_features",
            "config/parameter_sets",
        ),
    output:
        dataset=DATASET,
    log:
        "<logs>/build/{dataset}.log",
    benchmark:
        "<benchmarks>/build/{dataset}.jsonl"
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=120,
    params:
        dataset=as_json(built_dataset),
        like=[],
    message:
        "Build data set {wildcards.dataset}"
    shell:
        "python {input.script:q} --name {wildcards.dataset} --dataset {params.dataset:q}"
        " {params.like:q} --output {output.dataset:q} {input.events:q} &> {log:q}"
