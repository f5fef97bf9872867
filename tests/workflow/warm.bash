# Read by each Bash that Snakemake starts for a job of a test; see warm.py.
python() {
    if [[ ${1:-} -ef "$WARM_SCRIPTS/${1##*/}" ]]; then
        "$WARM_PYTHON" -IS "$WARM_ASK" "$@"
    else
        command python "$@"
    fi
}
