#!/bin/bash
set -euo pipefail
docker build -f mastra/Dockerfile -t my-image:latest .
docker push asia-northeast1-docker.pkg.dev/majiang-ai-beta/majiang-ai-repo/my-image:latest
gcloud run deploy my-service \
  --image asia-northeast1-docker.pkg.dev/majiang-ai-beta/majiang-ai-repo/my-image:latest \
  --region asia-northeast1
