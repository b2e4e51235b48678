FROM --platform=$BUILDPLATFORM rust:1.83 AS build
ARG TARGETARCH
RUN case "$TARGETARCH" in \
      amd64) echo x86_64-unknown-linux-musl > /target ;; \
      arm64) echo aarch64-unknown-linux-musl > /target ;; \
      *) echo "unsupported: $TARGETARCH" >&2; exit 1 ;; \
    esac && rustup target add "$(cat /target)"
COPY . .
RUN cargo build --release --target "$(cat /target)"
FROM scratch
COPY --from=build /target/release/app /app
CMD ["/app"]
