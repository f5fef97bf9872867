use rule simulate as simulate_variation with:
    input:
        script=script_of("simulate"),
        stations=lambda wildcards: stations_of(varied_sample(wildcards)),
        code=rules.simulate.input.code,
    output:
        events=VARIED_EVENTS,
    log:
        "<logs>/simulate_variation/{point}/{sample}/{part}.log",
    benchmark:
        "<benchmarks>/simulate_variation/{point}/{sample}/{part}.jsonl"
    params:
        sample=as_json(varied_part),
        seed=STUDY.seed,
        first=lambda wildcards: VARIED_RANGES[wildcards.part][0],
        events=lambda wildcards: VARIED_RANGES[wildcards.part][1],
        series="variations",
    message:
        "Simulate events {wildcards.part} of sample {wildcards.sample}, {wildcards.point}"


use rule build as build_variation with:
    input:
        events=varied_events,
        like=DATASET,
        script=script_of("build"),
        code=rules.build.input.code,
    output:
        dataset=VARIED_DATASET,
    log:
        "<logs>/build_variation/{point}/{dataset}.log",
    benchmark:
        "<benchmarks>/build_variation/{point}/{dataset}.jsonl"
    params:
        dataset=rules.build.params.dataset,
        like=lambda wildcards, input: [f"--like={input.like}"]
        + (["--only-test"] if own_events(wildcards.dataset) else [])
        + [f"--change={changes_of_events(wildcards)}"],
    message:
        "Build data set {wildcards.dataset}, {wildcards.point}"


rule predict_variations:
    "Apply a trained network to the data sets of all variations."
    input:
        model=MODEL,
        chosen=chosen_of,
        datasets=varied_datasets,
        script=script_of("predict"),
        code=rules.predict.input.code,
    output:
        predictions=directory(VARIED_PREDICTIONS),
    log:
        "<logs>/predict_variations/{experiment}-{seed}.log",
    benchmark:
        "<benchmarks>/predict_variations/{experiment}-{seed}.jsonl"
    wildcard_constraints:
        experiment=one_of(STUDY.experiments),
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=4000,
        runtime=60,
    params:
        experiment=rules.train.params.experiment,
        chosen=chosen_option,
        datasets=lambda wildcards, input: [f"--dataset={path}" for path in input.datasets],
        outputs=outputs_of_points,
    message:
        "Predict the variations with {wildcards.experiment}, seed {wildcards.seed}"
    shell:
        "python {input.script:q} --model {input.model:q} {params.datasets:q} {params.outputs:q}"
        " --name {wildcards.experiment} --experiment {params.experiment:q}"
        " --seed {wildcards.seed} --threads {threads} {params.chosen:q} &> {log:q}"


use rule combine as combine_variations with:
    input:
        predictions=varied_predictions_of_members,
        script=script_of("combine"),
        code=rules.combine.input.code,
    output:
        predictions=directory(VARIED_PREDICTIONS),
    log:
        "<logs>/combine_variations/{experiment}-{seed}.log",
    benchmark:
        "<benchmarks>/combine_variations/{experiment}-{seed}.jsonl"
    wildcard_constraints:
        experiment=one_of(STUDY.ensembles),
        seed=str(SEED_OF_ENSEMBLES),
    params:
        ensemble=rules.combine.params.ensemble,
        predictions=lambda wildcards, input: json.dumps(by_experiment(input.predictions)),
        output=lambda wildcards, output: output.predictions,
        files=lambda wildcards: [f"--file={name}" for name in varied_files_of_targets(wildcards)],
    message:
        "Combine the predictions of ensemble {wildcards.experiment}, varied"


rule baselines_variations:
    "Fit the simple methods once, and apply them to the data sets of all variations."
    input:
        dataset=DATASET,
        tests=varied_datasets,
        script=script_of("baselines"),
        code=rules.baselines.input.code,
    output:
        predictions=directory(VARIED_BASELINES),
    log:
        "<logs>/baselines_variations/{dataset}-{target}.log",
    benchmark:
        "<benchmarks>/baselines_variations/{dataset}-{target}.jsonl"
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=120,
    params:
        baselines=baselines_as_json,
        tests=lambda wildcards, input: [f"--test={path}" for path in input.tests],
        outputs=outputs_of_points,
    message:
        "Apply the baselines of {wildcards.target} to the variations of {wildcards.dataset}"
    shell:
        "python {input.script:q} --dataset {input.dataset:q} {params.tests:q} {params.outputs:q}"
        " --target {wildcards.target} --baselines {params.baselines:q}"
        " --threads {threads} &> {log:q}"


rule evaluate_variations:
    "Judge trained networks and their baselines on samples simulated in another way."
    input:
        predictions=varied_predictions,
        baselines=VARIED_BASELINES,
        script=script_of("evaluate_variations"),
        code=code_of(
            "evaluation",
            "files/predictions",
            "files/snapshots",
            "files/hdf5",
            "config/variations",
            "config/parameter_sets",
        ),
    output:
        tables=directory(VARIED_TABLES),
    log:
        "<logs>/evaluate_variations/{dataset}-{target}.log",
    benchmark:
        "<benchmarks>/evaluate_variations/{dataset}-{target}.jsonl"
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        settings=lambda wildcards: json.dumps(settings_of_curves(wildcards)),
        shifts=lambda wildcards: json.dumps(shifts_of_sets(wildcards)),
        experiments=lambda wildcards: json.dumps(
            {
                name: for_judging(experiment)
                for name, experiment in varied_experiments(wildcards).items()
            }
        ),
        predictions=lambda wildcards, input: json.dumps(by_experiment(input.predictions)),
        label=lambda wildcards: STUDY.datasets[wildcards.dataset].targets[wildcards.target].label
        or "",
    message:
        "Evaluate the variations of {wildcards.target} on {wildcards.dataset}"
    shell:
        "python {input.script:q} --target {wildcards.target} --settings {params.settings:q}"
        " --shifts {params.shifts:q}"
        " --experiments {params.experiments:q} --predictions {params.predictions:q}"
        " --baselines {input.baselines:q} --label={params.label:q} --tables {output.tables:q} &> {log:q}"


use rule draw as draw_variations with:
    input:
        tables=VARIED_TABLES,
        script=script_of("draw"),
        code=rules.draw.input.code,
    output:
        figures=directory(VARIED_FIGURES),
    log:
        "<logs>/draw_variations/{dataset}-{target}.log",
    benchmark:
        "<benchmarks>/draw_variations/{dataset}-{target}.jsonl"
    message:
        "Draw the variations of {wildcards.target} on {wildcards.dataset}"
