# One image per controller:  docker build --target source-controller --tag <registry>/source-controller:v0.1.0 .
# Pin by digest for a release:  --build-arg NODE_IMAGE=node@sha256:…  --build-arg BASE_IMAGE=…
ARG NODE_IMAGE=node:24-bookworm-slim
ARG BASE_IMAGE=gcr.io/distroless/cc-debian12

FROM ${NODE_IMAGE} AS build
WORKDIR /src
# pnpm in the version that package.json pins. The lockfile alone decides what is downloaded, so this layer lasts until it changes.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
RUN npm install --global --no-audit --no-fund "$(node --print 'require("./package.json").packageManager')" && pnpm fetch
COPY . .
RUN pnpm install --frozen-lockfile --offline && pnpm build

# C and C++ runtime, root certificates, Node. No shell, no package manager.
FROM ${BASE_IMAGE} AS runtime
ARG VERSION=v0.1.0
LABEL org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /usr/local/bin/node /usr/local/bin/node
# One arena: memory that a thread has given back is there for all of them. Most of it is none of malloc's.
ENV NODE_ENV=production MALLOC_ARENA_MAX=1
USER 65534:65534
# Beside what Kubernetes enforces: no child process, no native add-on, no write outside the two volumes (worker threads included, hence no warning about
# them), and no way to a prototype through data.
ENTRYPOINT ["/usr/local/bin/node", "--permission", "--allow-fs-read=*", "--allow-fs-write=/data", "--allow-fs-write=/tmp", "--allow-worker", "--disable-warning=PERM0006", "--disable-proto=throw", "--max-semi-space-size=4", "/app/main.mjs"]

FROM runtime AS source-controller
LABEL org.opencontainers.image.title="source-controller" \
      org.opencontainers.image.description="Turns sources into artifacts: the GitOps Toolkit in TypeScript"
COPY --from=build /src/packages/source-controller/dist/main.js /app/main.mjs
COPY --from=build /src/packages/source-controller/dist/libraries/ /app/libraries/
COPY --from=build /src/packages/source-controller/dist/main.js.*.txt /app/licenses/
# Symbolic links, which artifacts are found by, need the permission to write anywhere: that there is nowhere else to write is left to the read-only root.
ENTRYPOINT ["/usr/local/bin/node", "--permission", "--allow-fs-read=*", "--allow-fs-write=*", "--allow-worker", "--disable-warning=PERM0006", "--disable-proto=throw", "--max-semi-space-size=4", "/app/main.mjs"]

FROM runtime AS kustomize-controller
LABEL org.opencontainers.image.title="kustomize-controller" \
      org.opencontainers.image.description="Applies Kustomizations and keeps them true: the GitOps Toolkit in TypeScript"
COPY --from=build /src/packages/kustomize-controller/dist/main.js /app/main.mjs
COPY --from=build /src/packages/kustomize-controller/dist/libraries/ /app/libraries/
COPY --from=build /src/packages/kustomize-controller/dist/main.js.*.txt /app/licenses/
