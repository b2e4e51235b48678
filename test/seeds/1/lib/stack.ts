import * as cdk from 'aws-cdk-lib';
import * as aws_lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

export class CdkMultiStageImageLambdaGhaStack extends cdk.Stack {
  constructor(scope: Construct, id: string, props?: cdk.StackProps) {
    super(scope, id, props);
    new aws_lambda.DockerImageFunction(this, 'Func1', {
      code: aws_lambda.DockerImageCode.fromImageAsset('src', {
        cmd: ['main.func1'],
        file: 'Dockerfile',
      }),
      timeout: cdk.Duration.minutes(1),
      tracing: aws_lambda.Tracing.ACTIVE,
    });
  }
}
