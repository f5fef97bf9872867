rule survey_dataset:
    "Survey a data set: tables of its events by class, before and after weights."
    input:
        dataset=DATASET,
        script=script_of("survey_dataset"),
        code=code_of(
            "survey/datasets",
            "survey/sums",
            "config/formulas",
            "evaluation/bins",
            "evaluation/bootstrap",
            "evaluation/columns",
            "evaluation/marks",
            "evaluation/tables",
            "files/datasets",
            "files/weighting",
            "files/hdf5",
        ),
    output:
        tables=directory(DATASET_TABLES),
    log:
        "<logs>/survey_dataset/{dataset}.log",
    benchmark:
        "<benchmarks>/survey_dataset/{dataset}.jsonl"
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=20,
    message:
        "Survey data set {wildcards.dataset}"
    shell:
        "python {input.script:q} --tables {output.tables:q} {input.dataset:q} &> {log:q}"
