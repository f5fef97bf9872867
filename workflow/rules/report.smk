localrules:
    study,
    summarise,
    report,


rule study:
    "Keep the checked configuration beside what came out of it."
    output:
        study=STUDY_FILE,
    log:
        "<logs>/study.log",
    benchmark:
        "<benchmarks>/study.jsonl"
    conda:
        "../../envs/footprint.yaml"
    params:
        study=lambda wildcards: without_secrets(STUDY.model_dump_json(indent=1)),
        partial=lambda wildcards, output: f"{Path(output.study).parent}/.study.partial.json",
    message:
        "Keep the configuration: {output.study}"
    shell:
        "(printf '%s\\n' {params.study:q} > {params.partial:q}"
        " && mv {params.partial:q} {output.study:q}) 2> {log:q}"


rule summarise:
    "One table of all experiments and baselines, as text."
    input:
        metrics=of_all_targets(METRICS),
        records=of_every_training(RECORD),
        varied=of_all_varied_targets(VARIED_TABLES) if sets_of_variations() else [],
        script=script_of("summarise"),
        code=code_of("evaluation", "files", "config/variations", "config/parameter_sets"),
    output:
        markdown=SUMMARY,
    log:
        "<logs>/summarise.log",
    benchmark:
        "<benchmarks>/summarise.jsonl"
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    params:
        records=lambda wildcards, input: [f"--records={path}" for path in input.records],
        varied=lambda wildcards, input: [f"--varied={folder}" for folder in input.varied],
    message:
        "Summarise all experiments"
    shell:
        "python {input.script:q} --markdown {output.markdown:q}"
        " {params.records:q} {params.varied:q} {input.metrics:q} &> {log:q}"


rule report:
    "Gather summary, figures, captions, cards and provenance in one self-contained page."
    input:
        study=STUDY_FILE,
        summary=SUMMARY,
        metrics=rules.summarise.input.metrics,
        records=rules.summarise.input.records,
        varied=rules.summarise.input.varied,
        datasets=expand(DATASET_TABLES, dataset=STUDY.datasets),
        scans=expand(SCAN_TABLES, experiment=SCANNED),
        figures=[figures for _, _, figures, _ in REPORTED],
        script=script_of("report"),
        templates=templates(),
        code=code_of(
            *("report", "evaluation", "files", "config"),
            "figures/table_files",
            "survey/datasets/__init__",
        ),
    output:
        report=REPORT,
    log:
        "<logs>/report.log",
    benchmark:
        "<benchmarks>/report.jsonl"
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        templates=lambda wildcards, input: os.path.dirname(input.templates[0]),
        figures=reported_figures,
        steps=lambda wildcards: json.dumps(steps_behind("report")),
        inputs=lambda wildcards: json.dumps(files_that_went_in()),
        records=rules.summarise.params.records,
        varied=rules.summarise.params.varied,
        datasets=lambda wildcards, input: [f"--datasets={folder}" for folder in input.datasets],
        scans=lambda wildcards, input: [f"--scans={folder}" for folder in input.scans],
    message:
        "Report: {output.report}"
    shell:
        "python {input.script:q} --study {input.study:q} --templates {params.templates:q}"
        " --figures {params.figures:q} --steps {params.steps:q} --inputs {params.inputs:q}"
        " {params.records:q} {params.varied:q} {params.datasets:q} {params.scans:q}"
        " --html {output.report:q} {input.metrics:q} &> {log:q}"
