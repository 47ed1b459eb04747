# syntax=docker/dockerfile:1
#
# One node in a container. Its data folder is all it keeps and all it talks through: no port is opened.
#
#     docker build -t jaros .
#     docker run -d --name jaros -v jaros-data:/data jaros
#
# To work on a folder of yours, run as yourself, or what the node writes belongs to user 10001:
#
#     docker run -d --name jaros --user "$(id -u):$(id -g)" -v "$PWD/.jaros-data:/data" jaros
#
# The root file system may be read-only (--read-only); nothing is written outside /data.

FROM rust:1.95-bookworm AS build
WORKDIR /src
# What the binary is made of (the SDKs' templates are in it), and the two members that the workspace names. `rust-toolchain.toml` stays outside: the
# image is the toolchain, and rustup would go looking for components that no build needs.
COPY Cargo.toml Cargo.lock ./
COPY host host
COPY wit wit
COPY guest-sdk guest-sdk
COPY examples-wasm examples-wasm
COPY tests tests
COPY bench bench
# The caches outlive a build, so that a change of ours compiles ours alone; the binary has to leave them.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    cargo build --release --locked --package jaros \
    && install -D target/release/jaros /out/jaros \
    && install -d /out/data

FROM debian:bookworm-slim
# Model providers are reached over TLS: the build image has the roots, so nothing is installed here.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/jaros /usr/local/bin/jaros
COPY --from=build --chown=10001:10001 /out/data /data
# A number, so that a cluster can tell that it is not root.
USER 10001:10001
ENV JAROS_DATA_DIR=/data
WORKDIR /data
VOLUME /data
# A node that is told to stop finishes what is on the record and lets go of its lease.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=15s --retries=3 \
    CMD ["jaros", "status", "--check"]
ENTRYPOINT ["jaros"]
CMD ["serve"]
