# Access TARGETARCH (automatically set by BuildKit)
ARG TARGETARCH
FROM public.ecr.aws/lambda/python:3.13-${TARGETARCH}

# Access TARGETPLATFORM (automatically set by BuildKit)
ARG TARGETPLATFORM
FROM --platform=$TARGETPLATFORM python:3.13-slim
