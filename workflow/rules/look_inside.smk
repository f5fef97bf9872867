rule look_inside:
    "Look inside the network of an experiment's first seed: what its answers rest on."
    input:
        model=of_first_seed(MODEL),
        # In one folder with those of other seeds, which change nothing here.
        predictions=ancient(PREDICTIONS),
        chosen=chosen_of,
        dataset=dataset_of,
        script=script_of("look_inside"),
        code=code_of(
            *("inside", "models", "training", "seeds", "config/keras_layers", "config/inside"),
            *("config/formulas", "survey/datasets", "survey/sums", "files", "compiled"),
            *("config/augment_checks", "scans/chosen", "scans/results"),
        ),
    output:
        tables=directory(INSIDE_TABLES),
    log:
        "<logs>/look_inside/{experiment}.log",
    benchmark:
        "<benchmarks>/look_inside/{experiment}.jsonl"
    wildcard_constraints:
        experiment=one_of(LOOKED_INTO),
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=4000,
        runtime=60,
    params:
        experiment=for_looking,
        chosen=chosen_option,
        predictions=lambda wildcards, input: folders_of_seeds(input.predictions)[0],
    message:
        "Look inside {wildcards.experiment}"
    shell:
        "python {input.script:q} --model {input.model:q} --dataset {input.dataset:q}"
        " --predictions {params.predictions:q} --name {wildcards.experiment}"
        " --experiment {params.experiment:q} --threads {threads} {params.chosen:q}"
        " --output {output.tables:q} &> {log:q}"


rule draw_inside:
    "Draw what a look inside a network found of one target."
    input:
        tables=INSIDE_TABLES,
        script=script_of("draw_inside"),
        code=code_of(
            "figures/inside",
            "figures/pictures",
            "figures/names",
            "figures/style",
            "evaluation/marks",
            "evaluation/rounding",
            "evaluation/quantities",
            "files/inside",
            "files/hdf5",
        ),
    output:
        figures=directory(INSIDE_FIGURES),
    log:
        "<logs>/draw_inside/{experiment}-{target}.log",
    benchmark:
        "<benchmarks>/draw_inside/{experiment}-{target}.jsonl"
    wildcard_constraints:
        experiment=one_of(LOOKED_INTO),
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=20,
    params:
        inside=lambda wildcards, input: f"{input.tables}/{wildcards.target}.h5",
    message:
        "Draw the inside of {wildcards.experiment}, {wildcards.target}"
    shell:
        "python {input.script:q} --inside {params.inside:q} --output {output.figures:q} &> {log:q}"
