FROM alpine AS tools-amd64
ADD https://example.com/tool-amd64 /tool
FROM alpine AS tools-arm64
ADD https://example.com/tool-arm64 /tool
FROM tools-${TARGETARCH:-amd64} AS tools
FROM debian:12-slim
COPY --from=tools /tool /usr/local/bin/tool
