rule time_simulation:
    "Time the simulation of a sample's events, for comparison with generators."
    input:
        script=script_of("time_simulation"),
        stations=station_file,
        code=rules.simulate.input.code,
    output:
        timing=TIMING,
    log:
        "<logs>/time_simulation/{sample}.log",
    benchmark:
        "<benchmarks>/time_simulation/{sample}.jsonl"
    wildcard_constraints:
        sample=one_of(SIMULATED),
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=20,
    params:
        sample=lambda wildcards: SIMULATED[wildcards.sample]
        .model_copy(update={"events": 1, "events_per_job": 1})
        .model_dump_json(),
        seed=STUDY.seed,
    message:
        "Time the simulation of sample {wildcards.sample}"
    shell:
        "python {input.script:q} --name {wildcards.sample} --sample {params.sample:q}"
        " --seed {params.seed} --output {output.timing:q} &> {log:q}"
