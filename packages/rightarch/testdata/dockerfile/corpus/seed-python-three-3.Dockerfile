ARG TARGETPLATFORM
FROM --platform=$TARGETPLATFORM public.ecr.aws/lambda/python:3.13
