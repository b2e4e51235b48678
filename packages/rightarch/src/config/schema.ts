import { z } from 'zod';
import { languages } from '../messages/index.ts';
import { targetIds } from '../target/index.ts';

/** The shape of `rightarch.yaml`. Descriptions go into the published JSON Schema, which editors show while typing. */
const text = z.string().min(1);
const day = z.string().regex(/^\d{4}-\d\d-\d\d$/);
const textOrList = z.union([text, z.array(text)]);
const record = z.record(z.string(), z.string());

const secret = z.union([text, z.strictObject({ id: text, file: text.optional(), env: text.optional() })]);

const imageKeys = {
  context: text.optional().describe('Directory that is built, relative to this file. Default: where this file is'),
  dockerfile: text.optional().describe('Relative to the context, as in compose. Default: Dockerfile'),
  target: text
    .optional()
    .describe('Stage of the Dockerfile that is built, as in compose. A runtime goes under `targets`'),
  args: record.optional().describe('Build arguments'),
  secrets: z.array(secret).optional().describe('As for docker: `id=npm,src=.npmrc`, or an object'),
  ssh: z.array(text).optional().describe('As for docker: `default`, or `id=path`'),
  contexts: record.optional().describe('Named build contexts: a directory, `oci:DIR` or `docker-image://NAME`'),
  labels: record.optional(),
  repository: textOrList.optional().describe('Where it is pushed: one repository or several, without a tag'),
  tags: textOrList.optional().describe('Tags of the whole image, with variables: `{version}`, `{sha}`, `{env}-{time}`'),
  'child-tags': textOrList.optional().describe('Tags of each single platform, with `{arch}` or `{platform}`'),
  platforms: textOrList.optional().describe('A promise to whoever pulls it, added to what the targets need'),
  'optional-platforms': textOrList.optional().describe('Built too, but may be missing without holding the release'),
  foreign: z
    .array(z.strictObject({ path: text, reason: text }))
    .optional()
    .describe('Files for another CPU that are there on purpose'),
  'scripts-not-needed': z
    .array(z.strictObject({ package: text, reason: text }))
    .optional()
    .describe('Packages whose install script is known not to be needed'),
};

const assume = z
  .strictObject({
    architecture: textOrList.optional(),
    index: z.enum(['accepted', 'rejected', 'amd64-entry-required']).optional(),
    attestations: z.enum(['accepted']).optional().describe('An index with provenance and SBOM manifests'),
    oci: z.enum(['accepted']).optional().describe("OCI media types beside Docker's"),
    zstd: z.enum(['accepted']).optional().describe('Layers compressed with zstd'),
    size: z.enum(['accepted']).optional().describe('An image above the known limit'),
    reason: text,
  })
  .describe('Overrules what is known about the runtime; shown in every report');

const targetKeys = {
  image: text.optional().describe('Name under `images`; may be left out where there is one image'),
  runtime: text.describe(`One of: ${targetIds.join(', ')}`),
  architecture: textOrList.optional().describe('CPU or CPUs: amd64, arm64, X86_64, graviton, …'),
  instance: text.optional().describe('Machine whose name tells the CPU: m7g.large, Standard_D2ps_v6, cax11'),
  command: z.array(z.string()).optional().describe("What the runtime starts instead of the image's CMD"),
  entrypoint: z.array(z.string()).optional().describe("What the runtime starts instead of the image's ENTRYPOINT"),
  env: z.record(z.string(), z.string()).optional().describe("Variables that the runtime sets over the image's"),
  user: text.optional().describe("Whom the runtime starts it as instead of the image's USER: 1000:1000"),
  workdir: text.optional().describe("Where the runtime starts it instead of the image's WORKDIR"),
  'read-only': z.boolean().optional().describe('The runtime mounts the root file system read-only'),
  definition: text
    .optional()
    .describe(
      'File that says how it is started, relative to this one: ECS task definition, pod, template of Lambda or Cloud Run, compose file, Terraform',
    ),
  cluster: text.optional(),
  service: text.optional(),
  function: text.optional(),
  deployment: text.optional(),
  container: text.optional().describe('Container of the definition that runs the image'),
  namespace: text.optional(),
  project: text.optional(),
  region: text.optional(),
  profile: text.optional(),
  host: text.optional().describe('ssh://user@host'),
  compose: text.optional().describe('Compose file on or for the host'),
  release: z.enum(['digest', 'tag', 'handoff']).optional().describe('Who owns the image field of the running thing'),
  assume: assume.optional(),
};

const image = z.strictObject(imageKeys);
const target = z.strictObject(targetKeys);
const targetOverride = z.strictObject({ ...targetKeys, runtime: targetKeys.runtime.optional() });

const environment = z
  .object({
    profile: text.optional(),
    confirm: z.boolean().optional().describe('Ask before the first write'),
    targets: z.record(z.string(), targetOverride).optional().describe('Keys of targets that differ here'),
  })
  .catchall(z.string())
  .describe('Variables that every string can use as {name}; an account id needs quotes');

/** A name of docker's, or an address, of which no part is a flag for another program: buildctl knows these schemes (moby/buildkit, client and client/connhelper, 2026-11-29). */
const builderName = text.regex(
  /^(?:(?:unix|tcp|npipe|ssh|docker-container|podman-container|nerdctl-container|kube-pod):\/\/(?!-|[^\s/]*@-)\S+|[A-Za-z0-9{][\w.{}-]*)$/,
);

const count = z.union([z.int().positive(), text]);
const amount = z.union([z.number().positive(), text]).optional();
/** The arguments of buildx's driver `kubernetes` (docker/buildx, driver/kubernetes/factory.go, read 2026-11-30), but `default-load`: what is built comes here. */
const pool = z
  .strictObject({
    namespace: text.optional(),
    replicas: count.optional().describe('Number of pods'),
    nodeselector: text.optional().describe('Labels of nodes, LABEL=VALUE,…; kubernetes.io/arch is added'),
    tolerations: text.optional().describe('key=KEY,value=VALUE;…'),
    image: text.optional().describe('Image of BuildKit'),
    rootless: z.boolean().optional(),
    'requests.cpu': amount,
    'requests.memory': amount,
    'requests.ephemeral-storage': amount,
    'limits.cpu': amount,
    'limits.memory': amount,
    'limits.ephemeral-storage': amount,
    'persistent-volume-claim.requests.storage': amount,
    'buildkit-root-volume-memory': amount,
    annotations: text.optional(),
    labels: text.optional(),
    serviceaccount: text.optional(),
    schedulername: text.optional(),
    loadbalance: z.enum(['sticky', 'random']).optional(),
    'qemu.install': z.boolean().optional(),
    'qemu.image': text.optional(),
    timeout: text.optional().describe('How long its pods may take to start: 120s'),
  })
  .describe("A pool of BuildKit pods, by the arguments of buildx's driver `kubernetes`");

const builder = z.union([
  builderName,
  z.strictObject({
    address: builderName.optional().describe('tcp://HOST:PORT, unix:///PATH, ssh://USER@HOST, kube-pod://POD'),
    kubernetes: pool.nullable().optional(),
    ca: text.optional().describe('Files of TLS, relative to this one'),
    cert: text.optional(),
    key: text.optional(),
    'server-name': text.optional().describe('Name in its certificate, where the address has another'),
  }),
]);

export const projectSchema = z.strictObject({
  $schema: z.string().optional(),
  images: z.record(z.string(), image.nullable()).optional(),
  targets: z.record(z.string(), target).optional(),
  environments: z.record(z.string(), environment.nullable()).optional(),
  defaults: image.optional().describe('What every image has unless it says otherwise'),
  from: textOrList.optional().describe('Where images are already described: compose.yaml, docker-bake.hcl, cdk.out'),
  language: z.enum(languages).optional(),
  ignore: z
    .array(z.strictObject({ code: text, paths: textOrList.optional(), reason: text, until: day.optional() }))
    .optional()
    .describe('Findings that are silenced, each with its reason'),
  builders: z
    .record(z.string(), builder)
    .optional()
    .describe('Who builds a platform: the address of a BuildKit, the name of a builder of `docker buildx`, or pods'),
  mirrors: z
    .record(z.string(), textOrList)
    .optional()
    .describe('For a registry, what stands in for it: oci:DIR or http://127.0.0.1:5000'),
});

export type ProjectShape = z.infer<typeof projectSchema>;
export type ImageShape = z.infer<typeof image>;
export type TargetShape = z.infer<typeof target>;

/** The JSON Schema that is published as `rightarch/schema/rightarch.json`. */
export function projectJsonSchema(): object {
  return {
    ...z.toJSONSchema(projectSchema, { target: 'draft-07', io: 'input' }),
    $id: 'urn:rightarch:schema:rightarch.yaml',
    title: 'rightarch.yaml',
  };
}

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
}

/** Made once, and only where a key is wrong. */
let root: Shape | undefined;

/** The keys that may stand at a place of the document, for a did-you-mean. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  root ??= projectJsonSchema() as Shape;
  let shapes: readonly Shape[] = [root];
  for (const step of path) {
    shapes = shapes.flatMap(alternatives).flatMap((shape) => {
      if (typeof step === 'number') return shape.items === undefined ? [] : [shape.items];
      const own = Object.hasOwn(shape.properties ?? {}, String(step)) ? shape.properties?.[String(step)] : undefined;
      const other = typeof shape.additionalProperties === 'object' ? shape.additionalProperties : undefined;
      const next = own ?? other;
      return next === undefined ? [] : [next];
    });
  }
  return [...new Set(shapes.flatMap(alternatives).flatMap((shape) => Object.keys(shape.properties ?? {})))];
}

function alternatives(shape: Shape): readonly Shape[] {
  return shape.anyOf === undefined ? [shape] : shape.anyOf.flatMap(alternatives);
}
