import { expect, test } from 'vitest';
import { Dockerfile, found } from '../test-found.ts';

const LAMBDA =
  'resource "aws_lambda_function" "f" {\n  package_type = "Image"\n  image_uri = "r.io/api:1"\n  architectures = ["arm64"]\n}\n';
const image = (build: string) => ({
  Dockerfile,
  'main.tf': `resource "docker_image" "api" {\n  name = "r.io/api:1"\n  build {\n${build}  }\n}\n${LAMBDA}`,
});

test('what the provider of Docker builds', () => {
  expect(found(image('    context = "."\n    platform = "linux/amd64"\n'))).toEqual(['cpu-differs main.tf:5']);
  expect(found(image('    context = "${path.module}"\n    platform = "linux/arm64"\n'))).toEqual([]);
  expect(found(image('    context = "."\n'))).toEqual(['builder-decides main.tf:1']);
  expect(found(image('    context = "."\n    platform = var.platform\n'))).toEqual([]);
  // An image that is pulled.
  expect(found({ Dockerfile, 'main.tf': 'resource "docker_image" "db" {\n  name = "postgres:17"\n}\n' })).toEqual([]);
});
