rule baselines:
    "Fit the simple methods of a target, and an oracle where there is one."
    input:
        dataset=DATASET,
        script=script_of("baselines"),
        code=code_of(
            "evaluation/baselines",
            "evaluation/fits",
            "evaluation/fitting",
            "evaluation/cuts",
            "evaluation/features",
            "config/formulas",
            "files",
        ),
    output:
        predictions=directory(BASELINES),
    log:
        "<logs>/baselines/{dataset}-{target}.log",
    benchmark:
        "<benchmarks>/baselines/{dataset}-{target}.jsonl"
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=120,
    params:
        baselines=baselines_as_json,
    message:
        "Fit the baselines of {wildcards.target} on data set {wildcards.dataset}"
    shell:
        "python {input.script:q} --dataset {input.dataset:q} --target {wildcards.target}"
        " --baselines {params.baselines:q} --output {output.predictions:q}"
        " --threads {threads} &> {log:q}"
