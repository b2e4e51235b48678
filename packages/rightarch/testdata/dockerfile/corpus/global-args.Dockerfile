ARG REGISTRY=docker.io/library
ARG TAG=3.20
FROM ${REGISTRY}/alpine:${TAG} AS one
ARG TAG
RUN echo ${TAG}
FROM one
ARG A=1 B="two words" C
ENV A=$A B=${B} C=${C:-none}
