# Go - Fast build (correct approach)
FROM --platform=$BUILDPLATFORM golang:1.21 AS builder
RUN GOARCH=arm64 go build -o app  # Cross-compiles to arm64
FROM --platform=$TARGETPLATFORM alpine
COPY --from=builder /app .  # arm64 binary

# Python - Slower build (but correct)
FROM --platform=$TARGETPLATFORM python:3.13-slim AS builder
RUN uv sync  # Uses emulation to compile C extensions for arm64
FROM --platform=$TARGETPLATFORM python:3.13-slim
COPY --from=builder /app .  # Python + arm64 C extensions
