# begone in a container: docker build -t begone . && docker run -p 8000:8000 --read-only --tmpfs /tmp begone
# Another Python, or the same one by digest: docker build --build-arg PYTHON=...
ARG PYTHON=python:3.13.9-slim-bookworm

# Stage 1: the virtual environment, the code compiled. pip and its cache stay behind here.
FROM ${PYTHON} AS build
COPY requirements/run.txt /build/run.txt
RUN python -m venv --without-pip /opt/begone/venv \
    && python -m pip --python /opt/begone/venv/bin/python install --quiet --no-cache-dir --disable-pip-version-check \
        --require-hashes --no-deps --only-binary :all: -r /build/run.txt
# Where nothing can be written later, each start would compile what it imports.
COPY app /opt/begone/app
RUN python -m compileall -q --invalidation-mode unchecked-hash /opt/begone/app

# Stage 2: what runs.
FROM ${PYTHON}
LABEL org.opencontainers.image.title="begone" \
      org.opencontainers.image.description="Tells a web page's content from its pleas" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/begone/venv /opt/begone/venv
COPY LICENSE /opt/begone/LICENSE
COPY models /opt/begone/models
COPY --from=build /opt/begone/app /opt/begone/app
WORKDIR /opt/begone
# One labelling thread per process; scale with containers. Nothing is written, so a read-only root is fine.
ENV PATH=/opt/begone/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OMP_NUM_THREADS=1 \
    BEGONE_HOST=0.0.0.0 \
    BEGONE_PORT=8000
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['BEGONE_PORT'] + '/healthz', timeout=2)"]
CMD ["python", "-m", "app"]
