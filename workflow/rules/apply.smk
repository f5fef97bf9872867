rule apply_network:
    "Apply an exported network to one new file, aligned with its entries."
    input:
        network=exported_network,
        source=applied_file,
        script=script_of("apply_network"),
        code=code_of(
            *("application", "ingest", "dataset", "jets", "compiled", "layouts", "seeds"),
            *("export/description", "config/formulas", "config/derived"),
            *("config/footprint_features", "config/jet_arrays", "config/jet_features"),
            *("config/npz", "config/npz_conventions", "config/npz_jets", "config/npz_members"),
            *("config/jet_files", "config/nanoaod", "config/toptagging"),
            *("config/images", "config/image_names", "config/image_sets"),
            *("config/parameter_sets", "files/events", "files/domain", "files/hdf5"),
        ),
    output:
        predictions=APPLIED,
    log:
        "<logs>/apply_network/{application}/{part}.{format}.log",
    benchmark:
        "<benchmarks>/apply_network/{application}/{part}.{format}.jsonl"
    wildcard_constraints:
        application=one_of(STUDY.apply),
        format="root|h5",
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        file=lambda wildcards: applied_source(wildcards).path,
        key=lambda wildcards: applied_source(wildcards).key,
        reading=reading_option,
        selection=lambda wildcards: (
            [] if STUDY.apply[wildcards.application].selection else ["--no-selection"]
        ),
    message:
        "Apply {wildcards.application} to {params.file}"
    shell:
        "python {input.script:q} --network {input.network:q} --name {wildcards.application}"
        " --file {params.file:q} --key {params.key:q} {params.reading:q} {params.selection:q}"
        " --threads {threads} --output {output.predictions:q} &> {log:q}"


rule apply:
    "All files that apply names."
    input:
        of_applications(),
