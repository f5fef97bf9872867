# Every path of the workflow, in the order of the arrows.
pathvars:
    results=f"results/{STUDY.study}",
    logs="<results>/logs",
    benchmarks="<results>/benchmarks",


# Published files serve many studies, so they do not stand under results.
DOWNLOADED = f"{FOLDER}/{{published}}"
EVENTS = "<results>/events/{sample}/{part}.h5"
DATASET = "<results>/datasets/{dataset}.h5"
MODEL = "<results>/models/{experiment}/{seed}/model.keras"
HISTORY = "<results>/models/{experiment}/{seed}/history.csv"
RECORD = "<results>/models/{experiment}/{seed}/training.json"
SNAPSHOTS = "<results>/models/{experiment}/{seed}/snapshots.h5"
# Points of a scan; the chosen one is copied to the training of the first seed.
SCAN = "<results>/models/{experiment}/scan"
SCAN_MODEL = f"{SCAN}/{{point}}/model.keras"
SCAN_HISTORY = f"{SCAN}/{{point}}/history.csv"
SCAN_RECORD = f"{SCAN}/{{point}}/training.json"
PROPOSALS = f"{SCAN}/proposals/{{round}}.json"
CHOSEN = f"{SCAN}/chosen.json"
TRAINING = "<results>/models/{training}"
PREDICTIONS = "<results>/predictions/{experiment}/{seed}"
BASELINES = "<results>/predictions/baselines/{dataset}/{target}"
TWO_SAMPLE = "<results>/two_sample/{experiment}/{seed}.h5"
TIMING = "<results>/timings/{sample}.json"
METRICS = "<results>/metrics/{experiment}/{target}.json"
TABLES = "<results>/tables/{experiment}/{target}"
FIGURES = "<results>/figures/{experiment}/{target}"
SAMPLE_TABLES = "<results>/tables/samples/{sample}"
SAMPLE_FIGURES = "<results>/figures/samples/{sample}"
DATASET_TABLES = "<results>/tables/datasets/{dataset}"
DATASET_FIGURES = "<results>/figures/datasets/{dataset}"
VARIED_EVENTS = "<results>/variations/events/{point}/{sample}/{part}.h5"
VARIED_DATASET = "<results>/variations/datasets/{point}/{dataset}.h5"
VARIED_PREDICTIONS = "<results>/variations/predictions/{experiment}/{seed}"
VARIED_BASELINES = "<results>/variations/predictions/baselines/{dataset}/{target}"
VARIED_TABLES = "<results>/variations/tables/{dataset}/{target}"
VARIED_FIGURES = "<results>/variations/figures/{dataset}/{target}"
SCAN_TABLES = "<results>/tables/scans/{experiment}"
SCAN_FIGURES = "<results>/figures/scans/{experiment}"
COMPARED_TABLES = "<results>/tables/comparisons/{dataset}/{target}"
COMPARED_FIGURES = "<results>/figures/comparisons/{dataset}/{target}"
INSIDE_TABLES = "<results>/tables/inside/{experiment}"
INSIDE_FIGURES = "<results>/figures/inside/{experiment}/{target}"
SUMMARY = "<results>/summary.md"
STUDY_FILE = "<results>/study.json"
REPORT = "<results>/report.html"
