# Build stage - uses TARGET platform
FROM --platform=$TARGETPLATFORM python:3.13-slim AS builder
RUN uv sync  # Installs/compiles packages for TARGET architecture

# Runtime stage - uses TARGET platform
FROM --platform=$TARGETPLATFORM python:3.13-slim
COPY --from=builder /app .  # Python code + compiled extensions for TARGET
