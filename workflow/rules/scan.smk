ruleorder: take_chosen > train


rule train_point:
    "Train one point of a scan."
    input:
        dataset=dataset_of,
        script=script_of("train_point"),
        code=code_of_point,
    output:
        model=SCAN_MODEL,
        history=SCAN_HISTORY,
        record=SCAN_RECORD,
    log:
        "<logs>/train_point/{experiment}-{point}.log",
    benchmark:
        "<benchmarks>/train_point/{experiment}-{point}.jsonl"
    wildcard_constraints:
        experiment=one_of(SCANNED),
        point="point_[0-9a-f]+",
    conda:
        "../../envs/footprint.yaml"
    # As for every training: weights depend on the number of threads.
    threads: 1
    resources:
        gpu=1,
        mem_mb=4000,
        runtime=480,
    params:
        experiment=point_as_json,
        values=lambda wildcards: json.dumps(KNOWN_POINTS[wildcards.experiment][wildcards.point]),
        proposed=[],
        seed=lambda wildcards: experiment_of(wildcards).seeds[0],
    message:
        "Train {wildcards.point} of the scan of {wildcards.experiment} (progress: {log})"
    shell:
        "python {input.script:q} --dataset {input.dataset:q} --experiment {params.experiment:q}"
        " --values {params.values:q} {params.proposed:q} --seed {params.seed} --threads {threads}"
        " --model {output.model:q} --history {output.history:q} --record {output.record:q}"
        " &> {log:q}"


use rule train_point as train_proposal with:
    input:
        dataset=dataset_of,
        proposals=proposals_of_point,
        script=script_of("train_point"),
        code=code_of_point,
    log:
        "<logs>/train_proposal/{experiment}-{point}.log",
    benchmark:
        "<benchmarks>/train_proposal/{experiment}-{point}.jsonl"
    wildcard_constraints:
        experiment=one_of(SCANNED),
        point="round_[0-9]+_point_[0-9]+",
    params:
        experiment=lambda wildcards: experiment_of(wildcards).model_dump_json(
            exclude_unset=True, **OF_TRAINING
        ),
        values=lambda wildcards, input: input.proposals,
        proposed=lambda wildcards: [f"--proposed={wildcards.point}"],
        seed=lambda wildcards: experiment_of(wildcards).seeds[0],


rule propose:
    "Propose the points of a round of a scan from the results of the earlier ones."
    input:
        records=records_before,
        script=script_of("propose"),
        code=code_of("scans/propose", "scans/results", "config/scans"),
    output:
        proposals=PROPOSALS,
    log:
        "<logs>/propose/{experiment}-{round}.log",
    benchmark:
        "<benchmarks>/propose/{experiment}-{round}.jsonl"
    wildcard_constraints:
        experiment=one_of(SCANNED),
        round="[0-9]+",
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    params:
        scan=scan_as_json,
        points=points_of_round,
        seed=seed_of_proposals,
    message:
        "Propose round {wildcards.round} of the scan of {wildcards.experiment}"
    shell:
        "python {input.script:q} --scan {params.scan:q} {params.points:q} --seed {params.seed}"
        " --output {output.proposals:q} {input.records:q} &> {log:q}"


rule choose:
    "Choose the point of a scan that has the lowest validation loss, and list all points."
    input:
        records=records_of_points,
        script=script_of("choose"),
        code=code_of(
            "scans/results",
            "scans/chosen",
            "scans/tables",
            "config/scans",
            "evaluation/columns",
            "evaluation/marks",
            "evaluation/tables",
        ),
    output:
        chosen=CHOSEN,
        tables=directory(SCAN_TABLES),
    log:
        "<logs>/choose/{experiment}.log",
    benchmark:
        "<benchmarks>/choose/{experiment}.jsonl"
    wildcard_constraints:
        experiment=one_of(SCANNED),
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    params:
        scan=scan_as_json,
    message:
        "Choose among the points of {wildcards.experiment}"
    shell:
        "python {input.script:q} --experiment-name {wildcards.experiment}"
        " --scan {params.scan:q} --chosen {output.chosen:q} --tables {output.tables:q}"
        " {input.records:q} &> {log:q}"


rule take_chosen:
    "Make the network that a scan chose that of the experiment's first seed."
    input:
        chosen=scan_of_training(CHOSEN),
        models=files_of_points(SCAN_MODEL),
        histories=files_of_points(SCAN_HISTORY),
        records=files_of_points(SCAN_RECORD),
        script=script_of("take_chosen"),
        code=code_of("scans/chosen", "scans/results"),
    output:
        model=f"{TRAINING}/model.keras",
        history=f"{TRAINING}/history.csv",
        record=f"{TRAINING}/training.json",
    log:
        "<logs>/take_chosen/{training}.log",
    benchmark:
        "<benchmarks>/take_chosen/{training}.jsonl"
    wildcard_constraints:
        training=one_of(f"{name}/{e.seeds[0]}" for name, e in SCANNED.items()),
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=200,
        runtime=10,
    params:
        scan=lambda wildcards, input: os.path.dirname(input.chosen),
    message:
        "Take the chosen point as {wildcards.training}"
    shell:
        "python {input.script:q} --chosen {input.chosen:q} --scan {params.scan:q}"
        " --model {output.model:q} --history {output.history:q} --record {output.record:q}"
        " &> {log:q}"


rule draw_scan:
    "Draw the figures of a scan from the table of its points."
    input:
        tables=SCAN_TABLES,
        script=script_of("draw_scan"),
        code=code_of(
            "figures/scans",
            "figures/names",
            "figures/style",
            "figures/table_files",
            "evaluation/marks",
            "evaluation/rounding",
            "evaluation/quantities",
        ),
    output:
        figures=directory(SCAN_FIGURES),
    log:
        "<logs>/draw_scan/{experiment}.log",
    benchmark:
        "<benchmarks>/draw_scan/{experiment}.jsonl"
    wildcard_constraints:
        experiment=one_of(SCANNED),
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=20,
    message:
        "Draw the scan of {wildcards.experiment}"
    shell:
        "python {input.script:q} --tables {input.tables:q} --output {output.figures:q} &> {log:q}"
