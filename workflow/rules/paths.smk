# Every path of the workflow, in the order of the arrows.
pathvars:
    results=f"results/{STUDY.study}",
    logs="<results>/logs",
    benchmarks="<results>/benchmarks",


EVENTS = "<results>/events/{sample}/{part}.h5"
DATASET = "<results>/datasets/{dataset}.h5"
MODEL = "<results>/models/{experiment}/{seed}/model.keras"
HISTORY = "<results>/models/{experiment}/{seed}/history.csv"
RECORD = "<results>/models/{experiment}/{seed}/training.json"
PREDICTION = "<results>/predictions/{experiment}/{seed}.h5"
BASELINES = "<results>/predictions/baselines/{dataset}/{target}"
METRICS = "<results>/metrics/{experiment}.json"
TABLES = "<results>/tables/{experiment}"
FIGURES = "<results>/figures/{experiment}"
SAMPLE_TABLES = "<results>/tables/samples/{sample}"
SAMPLE_FIGURES = "<results>/figures/samples/{sample}"
SUMMARY = "<results>/summary.md"
SUMMARY_PAGE = "<results>/summary.html"
STUDY_FILE = "<results>/study.json"
REPORT = "<results>/report.html"
