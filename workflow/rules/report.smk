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
    "One table of all experiments and baselines."
    input:
        metrics=of_all_targets(METRICS),
        records=of_every_training(RECORD),
        varied=of_all_varied_targets(VARIED_TABLES) if sets_of_variations() else [],
        script=script_of("summarise"),
        code=code_of("evaluation", "files", "config/variations", "config/parameter_sets"),
    output:
        markdown=SUMMARY,
        page=report(
            SUMMARY_PAGE,
            caption="../report/summary.rst",
            category="At a glance",
            labels={"table": "all experiments and baselines"},
        ),
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
        "python {input.script:q} --markdown {output.markdown:q} --html {output.page:q}"
        " {params.records:q} {params.varied:q} {input.metrics:q} &> {log:q}"


rule report:
    "Gather summary, figures, captions and provenance in one self-contained page."
    input:
        study=STUDY_FILE,
        summary=SUMMARY_PAGE,
        figures=expand(SAMPLE_FIGURES, sample=SURVEYED)
        + expand(DATASET_FIGURES, dataset=STUDY.datasets)
        + of_all_targets(FIGURES)
        + of_all_compared_targets(COMPARED_FIGURES)
        + of_all_targets(INSIDE_FIGURES, LOOKED_INTO)
        + of_all_varied_targets(VARIED_FIGURES)
        + of_all_targets(DATA_FIGURES, WITH_DATA)
        + expand(SCAN_FIGURES, experiment=SCANNED)
        + expand(SCAN_PAGE, experiment=SCANNED),
        captions=[
            os.path.relpath(path) for path in sorted((ROOT / "workflow/report").glob("*.rst"))
        ],
    output:
        report=REPORT,
    log:
        "<logs>/report.log",
    benchmark:
        "<benchmarks>/report.jsonl"
    conda:
        "../../envs/footprint.yaml"
    params:
        partial=lambda wildcards, output: f"{Path(output.report).parent}/.report.partial.html",
        snakefile=os.path.relpath(workflow.main_snakefile),
    # The inner call only reads what this workflow has finished, so it needs no lock.
    message:
        "Report: {output.report}"
    shell:
        "python -m snakemake --snakefile {params.snakefile:q} --configfile {input.study:q}"
        " --nolock --report {params.partial:q} {input.summary:q} {input.figures:q} &> {log:q}"
        " && mv {params.partial:q} {output.report:q}"
