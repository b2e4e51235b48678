FROM alpine
COPY --parents ./apps/*/package.json ./
COPY --exclude=*.md --exclude=**/test . /src/
COPY --chmod=755 --chown=10:20 run.sh /
