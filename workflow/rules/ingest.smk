rule ingest:
    "Read one file of a sample."
    input:
        source=local_source,
        script=script_of("ingest"),
        code=code_of(
            *("config/npz", "config/npz_conventions", "config/npz_jets", "config/npz_members"),
            *("config/jet_files", "config/nanoaod", "config/toptagging", "config/jet_arrays"),
            *("config/images", "config/image_names", "config/image_sets"),
            *("config/formulas", "jets/kinematics", "ingest", "layouts", "seeds"),
            *("files/events", "files/hdf5"),
        ),
    output:
        events=EVENTS,
    log:
        "<logs>/ingest/{sample}/{part}.log",
    benchmark:
        "<benchmarks>/ingest/{sample}/{part}.jsonl"
    wildcard_constraints:
        sample=one_of(SOURCES),
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        sample=as_json(ingested_part),
        file=lambda wildcards: source_of(wildcards).path,
        key=lambda wildcards: source_of(wildcards).key,
        seed=STUDY.seed,
    message:
        "Read {params.file} of sample {wildcards.sample}"
    shell:
        "python {input.script:q} --sample-name {wildcards.sample} --sample {params.sample:q}"
        " --file {params.file:q} --key {params.key:q} --seed {params.seed}"
        " --output {output.events:q} &> {log:q}"
