def source_of(wildcards):
    """The file that a part is read from."""
    found = (s for s in SOURCES[wildcards.sample] if s.part == wildcards.part)
    return next(found)


def local_source(wildcards):
    """The file as an input that Snakemake watches; addresses are left to uproot."""
    path = source_of(wildcards).path
    return [] if "://" in path else path


def ingested_part(wildcards):
    """The sample's configuration as this part sees it: further files change nothing."""
    sample = STUDY.samples[wildcards.sample]
    return sample.model_copy(update={"files": [source_of(wildcards).path]})


rule ingest:
    "Read one file of a sample."
    input:
        source=local_source,
        code=code_of("ingest", "seeds"),
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
    shell:
        "python {SCRIPTS}/ingest.py --sample-name {wildcards.sample} --sample {params.sample:q}"
        " --file {params.file:q} --key {params.key:q} --seed {params.seed}"
        " --output {output.events:q} &> {log:q}"
