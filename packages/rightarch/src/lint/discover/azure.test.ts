import { expect, test } from 'vitest';
import { amd64, arm64, found, runtimesOf } from '../test-found.ts';

const app = (image: string, type = 'App/containerApps@2025-01-01') => ({
  'main.bicep': `param tag string\n\nresource api 'Microsoft.${type}' = {\n  name: 'api'\n  properties: {\n    template: { containers: [ { name: 'api', image: ${image} } ] }\n  }\n}\n\nresource log 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {\n  name: 'image: x'\n}\n`,
});
const template = (type: string) => ({
  'infra/azuredeploy.json': `{\n  "resources": [\n    { "type": "Microsoft.${type}", "properties": { "containers": [ { "image": "r.io/api:1" } ] } }\n  ]\n}\n`,
});

test('what Azure runs containers with has one CPU', () => {
  expect(runtimesOf(app("'r.io/api:1'"))).toEqual(['azure-container-apps api only amd64 main.bicep:3']);
  expect(runtimesOf(app("'r.io/api:1'", 'App/jobs@2025-01-01'))).toEqual([
    'azure-container-apps api only amd64 main.bicep:3',
  ]);
  expect(runtimesOf(template('ContainerInstance/containerGroups'))).toEqual([
    'azure-aci - only amd64 infra/azuredeploy.json:3',
  ]);
  expect(found({ ...arm64, ...app("'r.io/api:${tag}'") })).toEqual(['no-such-cpu build.sh:1']);
  expect(found({ ...arm64, ...template('App/containerApps') })).toEqual(['no-such-cpu build.sh:1']);
  expect(found({ ...amd64, ...app('image') })).toEqual([]);
});

test('a file that az is given', () => {
  const yaml = (type: string, properties: string) => ({
    'app.yaml': `name: api\n${type}\nproperties: ${properties}\n`,
  });
  const app =
    '{ environmentId: /subscriptions/x/Microsoft.App/managedEnvironments/e, template: { containers: [{ image: r.io/api:1 }] } }';
  const group = '{ osType: Linux, containers: [{ name: api, properties: { image: r.io/api:1 } }] }';
  expect(runtimesOf(yaml('type: Microsoft.App/containerApps', app))).toEqual([
    'azure-container-apps api only amd64 app.yaml:2',
  ]);
  expect(runtimesOf(yaml('location: eastus', app))).toEqual(['azure-container-apps api only amd64 app.yaml:3']);
  const container = 'type: Microsoft.ContainerInstance/containerGroups';
  expect(runtimesOf(yaml(container, group))).toEqual(['azure-aci api only amd64 app.yaml:2']);
  expect(runtimesOf(yaml(container, group.replace('Linux', 'Windows')))).toEqual([]);
  expect(runtimesOf(yaml('type: Microsoft.App/managedEnvironments', '{}'))).toEqual([]);
  expect(found({ ...arm64, ...yaml(container, group) })).toEqual(['no-such-cpu build.sh:1']);
  expect(found({ ...arm64, ...yaml(container, group.replace('r.io/api', 'mcr.microsoft.com/hello')) })).toEqual([]);
});

test.each([
  ['one that stands elsewhere', app("'r.io/api:1'", "App/containerApps@2025-01-01' existing = { } //")],
  ['a resource that runs nothing', app("'r.io/api:1'", 'App/managedEnvironments@2025-01-01')],
  ['somebody else’s image', app("'mcr.microsoft.com/k8se/quickstart:latest'")],
])('%s: silent', (_name, files) => expect(found({ ...arm64, ...files })).toEqual([]));
