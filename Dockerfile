# The bot. Its server needs no PyTorch: what is made of the model is made here, and PyTorch stays behind. Targets:
# `bot` (the default, the last); `bot-torch`, for a model of your own; `bot-postgresql`, which can back up PostgreSQL.
# Base images are named by their exact version; add your registry's digest (`@sha256:...`) to hold them to the byte.
ARG PYTHON_IMAGE=python:3.11.14-slim-trixie

FROM ${PYTHON_IMAGE} AS made
# The index of PyTorch's builds for the CPU. Others bring gigabytes of libraries for GPUs.
ARG TORCH_INDEX_URL=https://download.pytorch.org/whl/cpu
WORKDIR /build
RUN python -m venv /opt/venv
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --index-url ${TORCH_INDEX_URL} torch==2.13.0
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY bot bot
COPY embeddings embeddings
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --constraint constraints.txt .
COPY data /opt/doctors-note/data
# Importing the bundled library into a folder that is thrown away makes all that is made of the model.
RUN DOCTORS_NOTE_DATA_DIR=/build/var DOCTORS_NOTE_RULES_DIR=/opt/doctors-note/data /opt/venv/bin/doctors-note import markdown /opt/doctors-note/data/articles
RUN mv /build/var/models /opt/doctors-note/models

FROM made AS without-torch
RUN /opt/venv/bin/pip uninstall --yes --quiet torch transformers sentence-transformers peft accelerate sympy networkx mpmath onnx onnxscript onnx-ir ml_dtypes hf-xet

FROM ${PYTHON_IMAGE} AS base
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin doctors-note && install -d -o 10001 -g 10001 -m 700 /data
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    DOCTORS_NOTE_DATA_DIR=/data \
    DOCTORS_NOTE_RULES_DIR=/opt/doctors-note/data \
    DOCTORS_NOTE_READY_MODELS_DIR=/opt/doctors-note/models \
    DOCTORS_NOTE_HOST=0.0.0.0 \
    DOCTORS_NOTE_PORT=8000
WORKDIR /opt/doctors-note
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['DOCTORS_NOTE_PORT'] + '/health/ready', timeout=4)"]
USER 10001:10001
CMD ["doctors-note", "serve"]

FROM base AS bot-torch
COPY --from=made /opt/venv /opt/venv
COPY --from=made /opt/doctors-note /opt/doctors-note

FROM base AS bot-postgresql
USER 0:0
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/*
USER 10001:10001
COPY --from=without-torch /opt/venv /opt/venv
COPY --from=without-torch /opt/doctors-note /opt/doctors-note

FROM base AS bot
COPY --from=without-torch /opt/venv /opt/venv
COPY --from=without-torch /opt/doctors-note /opt/doctors-note
