import * as cdk from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';

export class BackendStack extends cdk.Stack {
  constructor(scope: Construct, id: string, props: cdk.StackProps & { readonly env_name: string }) {
    super(scope, id, props);
    const taskDefinition = new ecs.FargateTaskDefinition(this, 'Task', {
      cpu: 256,
      memoryLimitMiB: 512,
    });
    taskDefinition.addContainer('backend', {
      image: ecs.ContainerImage.fromRegistry(`${props.env_name}-acrique-v1-backend:latest`),
    });
  }
}
