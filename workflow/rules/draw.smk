rule draw:
    "Draw the figures of an experiment from its tables."
    input:
        tables=TABLES,
        script=script_of("draw"),
        code=code_of(
            *("figures", "figures/generated"),
            "evaluation/marks",
            "evaluation/rounding",
            "evaluation/quantities",
            "evaluation/bins",
            "evaluation/bootstrap",
        ),
    output:
        figures=directory(FIGURES),
    log:
        "<logs>/draw/{experiment}-{target}.log",
    benchmark:
        "<benchmarks>/draw/{experiment}-{target}.jsonl"
    wildcard_constraints:
        experiment=one_of(JUDGED),
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=20,
    message:
        "Draw the figures of {wildcards.target} of {wildcards.experiment}"
    shell:
        "python {input.script:q} --tables {input.tables:q} --output {output.figures:q} &> {log:q}"
