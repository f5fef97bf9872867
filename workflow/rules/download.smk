rule download:
    "Fetch a published file and check that it is the right one."
    input:
        # The checksum decides what the file is: a change in the program fetches nothing again,
        # so it is no reason to run, and code= is left out on purpose.
        script=ancient(script_of("download")),
    output:
        # Kept when an address changes: the program looks first whether it is the right file.
        # With FOOTPRINT_CACHE, which is the program's alone, it is a link: what Snakemake removes
        # after a failure is then never what another study relies on.
        file=update(DOWNLOADED),
    log:
        "<logs>/download/{published}.log",
    benchmark:
        "<benchmarks>/download/{published}.jsonl"
    wildcard_constraints:
        published=one_of(map(re.escape, PUBLISHED)),
    # Compute nodes often have no way out.
    localrule: True
    conda:
        "../../envs/footprint.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=720,
    params:
        remote=as_json(remote_file),
    message:
        "Fetch {output.file}"
    shell:
        "python {input.script:q} --remote {params.remote:q} --output {output.file:q} &> {log:q}"
