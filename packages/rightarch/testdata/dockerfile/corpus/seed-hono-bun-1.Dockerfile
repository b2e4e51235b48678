# Dockerfile에서 명시적 플랫폼 지정
FROM --platform=$BUILDPLATFORM oven/bun:1.3-alpine AS base

# 빌드 인자 전달
ARG TARGETPLATFORM
ARG BUILDPLATFORM

RUN echo "Building on $BUILDPLATFORM for $TARGETPLATFORM"
