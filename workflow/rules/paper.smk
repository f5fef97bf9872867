rule paper:
    "Write the folder for a paper: figures at a column's width, tables and numbers in LaTeX."
    input:
        metrics=rules.summarise.input.metrics,
        records=rules.summarise.input.records,
        tables=[tables for _, tables, _, _ in REPORTED],
        script=script_of("paper"),
        code=code_of(
            *("export/latex", "export/paper", "evaluation"),
            *("figures", "figures/generated", "figures/datasets", "figures/samples"),
            *("figures/inside", "figures/scans"),
            *("files/hdf5", "files/inside", "files/predictions", "files/samples"),
        ),
    output:
        paper=directory(PAPER),
    log:
        "<logs>/paper.log",
    benchmark:
        "<benchmarks>/paper.jsonl"
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        tables=reported_tables,
        records=rules.summarise.params.records,
    message:
        "Write the folder for a paper: {output.paper}"
    shell:
        "python {input.script:q} --tables {params.tables:q} --output {output.paper:q}"
        " {params.records:q} {input.metrics:q} &> {log:q}"
