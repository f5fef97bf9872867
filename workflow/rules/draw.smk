rule draw:
    "Draw the figures of an experiment from its tables."
    input:
        tables=TABLES,
        code=code_of("figures"),
    output:
        figures=report(
            directory(FIGURES),
            patterns=["{name}.png"],
            caption="../report/figure.rst",
            category="Figures",
            subcategory="{experiment}",
            labels={"experiment": "{experiment}", "figure": "{name}"},
        ),
    log:
        "<logs>/draw/{experiment}.log",
    benchmark:
        "<benchmarks>/draw/{experiment}.jsonl"
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=20,
    shell:
        "python {SCRIPTS}/draw.py --tables {input.tables:q} --output {output.figures:q} &> {log:q}"
