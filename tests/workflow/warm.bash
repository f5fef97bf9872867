# Read by each Bash that Snakemake starts for a job of a test; see warm.py.
python() {
    local script=${1:-}
    if [[ $script -ef "$WARM_SCRIPTS/${script##*/}" ]]; then
        "$WARM_PYTHON" -IS "$WARM_ASK" "$@"
    else
        command python "$@"
    fi
}
