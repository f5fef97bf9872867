rule survey:
    "Survey a sample: tables of what its showers are and what the detector saw of them."
    input:
        events=surveyed_events,
        script=script_of("survey"),
        code=code_of(
            "survey",
            "simulate",
            "compiled",
            "layouts",
            "evaluation/columns",
            "evaluation/marks",
            "evaluation/tables",
            "files/events",
            "files/hdf5",
        ),
    output:
        tables=directory(SAMPLE_TABLES),
    log:
        "<logs>/survey/{sample}.log",
    benchmark:
        "<benchmarks>/survey/{sample}.jsonl"
    wildcard_constraints:
        sample=one_of(SURVEYED),
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=20,
    message:
        "Survey sample {wildcards.sample}"
    shell:
        "python {input.script:q} --tables {output.tables:q} {input.events:q} &> {log:q}"
