rule compare:
    "Set all networks of one target beside each other: every experiment, and the baselines."
    input:
        metrics=compared_metrics,
        predictions=compared_predictions,
        histories=compared_histories,
        baselines=compared_baselines,
        script=script_of("compare"),
        code=code_of("evaluation", "files/predictions", "files/hdf5"),
    output:
        tables=directory(COMPARED_TABLES),
    log:
        "<logs>/compare/{dataset}-{target}.log",
    benchmark:
        "<benchmarks>/compare/{dataset}-{target}.jsonl"
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        experiments=lambda wildcards: json.dumps(
            {
                name: for_judging(experiment)
                for name, experiment in compared_experiments(wildcards).items()
            }
        ),
        predictions=lambda wildcards, input: predictions_as_json(wildcards, input.predictions),
        histories=lambda wildcards, input: json.dumps(
            {
                name: [f"{folder}/history.csv" for folder in folders]
                for name, folders in by_experiment(map(os.path.dirname, input.histories)).items()
            }
        ),
        baselines=lambda wildcards, input: json.dumps(
            {Path(folder).parent.name: folder for folder in input.baselines}
        ),
        label=lambda wildcards: STUDY.datasets[wildcards.dataset].targets[wildcards.target].label
        or "",
    message:
        "Compare the networks of {wildcards.target} on {wildcards.dataset}"
    shell:
        "python {input.script:q} --experiments {params.experiments:q}"
        " --predictions {params.predictions:q} --baselines {params.baselines:q}"
        " --histories {params.histories:q}"
        " --label={params.label:q} --tables {output.tables:q} {input.metrics:q} &> {log:q}"


use rule draw as draw_comparison with:
    input:
        tables=COMPARED_TABLES,
        script=script_of("draw"),
        code=rules.draw.input.code,
    output:
        figures=directory(COMPARED_FIGURES),
    log:
        "<logs>/draw_comparison/{dataset}-{target}.log",
    benchmark:
        "<benchmarks>/draw_comparison/{dataset}-{target}.jsonl"
    message:
        "Draw the networks of {wildcards.target} on {wildcards.dataset}"
