import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What cdk-assets asks AWS, answered on loopback: who one is, and a repository of ECR that a real registry holds. */
export interface AwsHere {
  /** What the AWS SDK of a program needs to ask here. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * STS and ECR as the AWS SDK asks them (AWS JSON 1.1, and the Query API). Whether a tag is there is asked of the registry
 * itself, with the login that `GetAuthorizationToken` gives.
 */
export async function startAws(registry: { readonly host: string; readonly login: string }): Promise<AwsHere> {
  const authorization = `Basic ${Buffer.from(registry.login).toString('base64')}`;
  const accept = 'application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json';
  const answers: Readonly<Record<string, (asked: Asked) => Promise<readonly [status: number, body: object]>>> = {
    DescribeRepositories: async ({ repositoryNames: [name] = [] }) => [
      200,
      { repositories: [{ repositoryName: name, repositoryUri: `${registry.host}/${name}` }] },
    ],
    DescribeImages: async ({ repositoryName, imageIds: [image] = [] }) => {
      const at = `http://${registry.host}/v2/${repositoryName}/manifests/${image?.imageTag}`;
      const { status } = await fetch(at, { headers: { authorization, accept } });
      if (status === 200) return [200, { imageDetails: [{}] }];
      return [400, { __type: 'ImageNotFoundException', message: String(status) }];
    },
    GetAuthorizationToken: async () => {
      const authorizationToken = Buffer.from(registry.login).toString('base64');
      return [200, { authorizationData: [{ authorizationToken, proxyEndpoint: `http://${registry.host}` }] }];
    },
  };
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += String(part);
    const operation = String(request.headers['x-amz-target'] ?? '').split('.')[1];
    if (operation === undefined) {
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
          '<Arn>arn:aws:iam::111111111111:user/me</Arn><UserId>me</UserId><Account>111111111111</Account>' +
          '</GetCallerIdentityResult></GetCallerIdentityResponse>',
      );
      return;
    }
    const [status, body] = (await answers[operation]?.(JSON.parse(text) as Asked)) ?? [400, { __type: operation }];
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    env: {
      AWS_ENDPOINT_URL: address,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

interface Asked {
  readonly repositoryNames?: readonly string[];
  readonly repositoryName?: string;
  readonly imageIds?: readonly { readonly imageTag: string }[];
}
