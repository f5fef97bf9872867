rule draw_sample:
    "Draw the figures of a sample from the tables of its survey."
    input:
        tables=SAMPLE_TABLES,
        script=script_of("draw_sample"),
        code=code_of(
            "figures/samples",
            "figures/bins",
            "figures/names",
            "figures/style",
            "figures/table_files",
            "evaluation/marks",
            "evaluation/rounding",
            "evaluation/quantities",
        ),
    output:
        figures=directory(SAMPLE_FIGURES),
    log:
        "<logs>/draw_sample/{sample}.log",
    benchmark:
        "<benchmarks>/draw_sample/{sample}.jsonl"
    wildcard_constraints:
        sample=one_of(SURVEYED),
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=20,
    message:
        "Draw the figures of sample {wildcards.sample}"
    shell:
        "python {input.script:q} --tables {input.tables:q} --output {output.figures:q} &> {log:q}"
