rule hepdata:
    "Write a submission to HEPData: every table behind the figures, with errors and units."
    input:
        tables=[tables for _, tables, _, _ in REPORTED],
        script=script_of("hepdata"),
        code=code_of(
            "export/hepdata",
            "export/hepdata_datasets",
            "export/hepdata_experiments",
            "export/hepdata_layout",
            "export/hepdata_samples",
            "export/hepdata_tables",
            "figures/table_files",
            "evaluation/columns",
            "evaluation/marks",
            "evaluation/quantities",
        ),
    output:
        hepdata=directory(HEPDATA),
    log:
        "<logs>/hepdata.log",
    benchmark:
        "<benchmarks>/hepdata.jsonl"
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        tables=reported_tables,
        study=STUDY.study,
    message:
        "Write a submission to HEPData: {output.hepdata}"
    shell:
        "python {input.script:q} --study {params.study:q} --tables {params.tables:q}"
        " --output {output.hepdata:q} &> {log:q}"
