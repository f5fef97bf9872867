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
PREDICTIONS = "<results>/predictions/{experiment}/{seed}"
BASELINES = "<results>/predictions/baselines/{dataset}/{target}"
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
COMPARED_TABLES = "<results>/tables/comparisons/{dataset}/{target}"
COMPARED_FIGURES = "<results>/figures/comparisons/{dataset}/{target}"
INSIDE_TABLES = "<results>/tables/inside/{experiment}"
INSIDE_FIGURES = "<results>/figures/inside/{experiment}/{target}"
SUMMARY = "<results>/summary.md"
SUMMARY_PAGE = "<results>/summary.html"
STUDY_FILE = "<results>/study.json"
REPORT = "<results>/report.html"
