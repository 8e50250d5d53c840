# The operator and the small programs that run beside Weaviate and Envoy.
FROM debian:bookworm-slim AS build
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates python3 python3-venv \
 && rm -rf /var/lib/apt/lists/*
# Behind a proxy with a certificate of its own, mount its CA into the build and name the file in these two.
ARG PIP_CERT
ARG SSL_CERT_FILE
RUN python3 -m venv /opt/tools && /opt/tools/bin/pip install --no-cache-dir uv==0.13.9
ENV UV_PROJECT_ENVIRONMENT=/opt/vectortier \
    UV_PYTHON=/usr/bin/python3 \
    UV_PYTHON_DOWNLOADS=never \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1 \
    UV_COMPILE_BYTECODE=1
WORKDIR /source
# The dependencies change seldom and the source often: two layers, and the first is kept.
COPY pyproject.toml uv.lock ./
RUN /opt/tools/bin/uv sync --frozen --no-default-groups --no-install-project
COPY README.md LICENSE ./
COPY operator/vectortier operator/vectortier
RUN /opt/tools/bin/uv sync --frozen --no-default-groups --no-editable

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates python3 \
 && rm -rf /var/lib/apt/lists/* \
 && echo 'vectortier:x:65532:' >> /etc/group \
 && echo 'vectortier:x:65532:65532::/nonexistent:/usr/sbin/nologin' >> /etc/passwd
COPY --from=build /opt/vectortier /opt/vectortier
ENV PATH=/opt/vectortier/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1
USER 65532:65532
ENTRYPOINT ["vectortier"]
