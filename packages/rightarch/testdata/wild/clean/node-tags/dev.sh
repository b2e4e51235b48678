#!/bin/sh
docker build -t board:dev .
