rule draw_dataset:
    "Draw the figures of a data set from the tables of its survey."
    input:
        tables=DATASET_TABLES,
        script=script_of("draw_dataset"),
        code=code_of(
            "figures/datasets",
            "figures/bins",
            "figures/names",
            "figures/pictures",
            "figures/style",
            "figures/table_files",
            "evaluation/marks",
            "evaluation/rounding",
            "evaluation/quantities",
        ),
    output:
        figures=directory(DATASET_FIGURES),
    log:
        "<logs>/draw_dataset/{dataset}.log",
    benchmark:
        "<benchmarks>/draw_dataset/{dataset}.jsonl"
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=20,
    message:
        "Draw the figures of data set {wildcards.dataset}"
    shell:
        "python {input.script:q} --tables {input.tables:q} --output {output.figures:q} &> {log:q}"
