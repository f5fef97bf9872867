rule simulate:
    "Simulate one part of a sample."
    input:
        script=script_of("simulate"),
        stations=station_file,
        code=code_of(
            *("simulate", "compiled", "layouts", "seeds", "files/events", "files/hdf5"),
            *("jets/clustering", "jets/kinematics", "jets/substructure", "config/jet_arrays"),
            "config/formulas",
        ),
    output:
        events=EVENTS,
    log:
        "<logs>/simulate/{sample}/{part}.log",
    benchmark:
        "<benchmarks>/simulate/{sample}/{part}.jsonl"
    wildcard_constraints:
        sample=one_of(SIMULATED),
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        sample=as_json(simulated_part),
        seed=STUDY.seed,
        first=lambda wildcards: RANGES[wildcards.sample][wildcards.part][0],
        events=lambda wildcards: RANGES[wildcards.sample][wildcards.part][1],
        series="",
    message:
        "Simulate events {wildcards.part} of sample {wildcards.sample}"
    shell:
        "python {input.script:q} --name {wildcards.sample} --sample {params.sample:q}"
        " --seed {params.seed} --first {params.first} --count {params.events}"
        " --series={params.series:q} --output {output.events:q} &> {log:q}"
