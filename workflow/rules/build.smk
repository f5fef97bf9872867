def events_of_dataset(wildcards):
    """All parts of all samples of a data set."""
    samples = STUDY.datasets[wildcards.dataset].samples
    return [EVENTS.format(sample=s, part=part) for s in samples for part in parts_of(s)]


rule build:
    "Select, split, shuffle and normalise events into a data set."
    input:
        events=events_of_dataset,
        code=code_of("dataset", "seeds"),
    output:
        dataset=DATASET,
    log:
        "<logs>/build/{dataset}.log",
    benchmark:
        "<benchmarks>/build/{dataset}.jsonl"
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=120,
    params:
        dataset=as_json(lambda wildcards: STUDY.datasets[wildcards.dataset]),
    shell:
        "python {SCRIPTS}/build.py --name {wildcards.dataset} --dataset {params.dataset:q}"
        " --output {output.dataset:q} {input.events:q} &> {log:q}"
