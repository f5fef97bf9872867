use rule build as build_data with:
    input:
        events=recorded_events,
        like=DATASET,
        script=script_of("build"),
        code=rules.build.input.code,
    output:
        dataset=DATA_DATASET,
    log:
        "<logs>/build_data/{dataset}-{sample}.log",
    benchmark:
        "<benchmarks>/build_data/{dataset}-{sample}.jsonl"
    params:
        dataset=lambda wildcards: STUDY.recorded(
            wildcards.dataset, wildcards.sample
        ).model_dump_json(),
        like=lambda wildcards, input: [f"--like={input.like}"],
    message:
        "Build recorded events {wildcards.sample} like data set {wildcards.dataset}"


rule predict_data:
    "Apply a trained network to recorded events, whose truth nobody knows."
    input:
        model=of_first_seed(MODEL),
        dataset=dataset_of,
        data=recorded_of,
        chosen=chosen_of,
        script=script_of("predict_data"),
        code=rules.predict.input.code,
    output:
        predictions=directory(DATA_PREDICTIONS),
    log:
        "<logs>/predict_data/{experiment}-{seed}.log",
    benchmark:
        "<benchmarks>/predict_data/{experiment}-{seed}.jsonl"
    wildcard_constraints:
        experiment=one_of(WITH_DATA),
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
    message:
        "Predict recorded events with {wildcards.experiment}, seed {wildcards.seed}"
    shell:
        "python {input.script:q} --model {input.model:q} --dataset {input.dataset:q}"
        " --data {input.data:q} --name {wildcards.experiment}"
        " --experiment {params.experiment:q} --seed {wildcards.seed} --threads {threads}"
        " {params.chosen:q} --output {output.predictions:q} &> {log:q}"


rule compare_data:
    "Compare recorded with simulated events: what a network says of them, and what it sees."
    input:
        simulation=PREDICTIONS,
        data=of_first_seed(DATA_PREDICTIONS),
        simulated=dataset_of,
        recorded=recorded_of,
        script=script_of("compare_data"),
        code=code_of(
            "evaluation", "files/predictions", "files/datasets", "files/weighting", "files/hdf5"
        ),
    output:
        tables=directory(DATA_TABLES),
    log:
        "<logs>/compare_data/{experiment}-{target}.log",
    benchmark:
        "<benchmarks>/compare_data/{experiment}-{target}.jsonl"
    wildcard_constraints:
        experiment=one_of(WITH_DATA),
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        settings=lambda wildcards: experiment_of(wildcards).evaluation.data.model_dump_json(),
        inputs=inputs_of,
        label=label_of,
        simulation=lambda wildcards, input: predictions_in(wildcards, input.simulation)[0],
    message:
        "Compare recorded with simulated events, {wildcards.target} of {wildcards.experiment}"
    shell:
        "python {input.script:q} --simulation {params.simulation:q}"
        " --data {input.data:q}/{wildcards.target}.h5 --simulated-dataset {input.simulated:q}"
        " --recorded-dataset {input.recorded:q} --experiment-name {wildcards.experiment}"
        " --settings {params.settings:q} --inputs {params.inputs:q} --label={params.label:q}"
        " --tables {output.tables:q} &> {log:q}"


use rule draw as draw_data with:
    input:
        tables=DATA_TABLES,
        script=script_of("draw"),
        code=rules.draw.input.code,
    output:
        figures=directory(DATA_FIGURES),
    log:
        "<logs>/draw_data/{experiment}-{target}.log",
    benchmark:
        "<benchmarks>/draw_data/{experiment}-{target}.jsonl"
    wildcard_constraints:
        experiment=one_of(WITH_DATA),
    message:
        "Draw recorded on simulated events, {wildcards.target} of {wildcards.experiment}"
