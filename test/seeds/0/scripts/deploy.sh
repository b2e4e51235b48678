#!/bin/sh
set -eu
cd backend
docker build --platform linux/amd64 -t dev-acrique-v1-backend .
aws ecs update-service --cluster dev-acrique-v1-cluster --service dev-acrique-v1-backend --force-new-deployment
