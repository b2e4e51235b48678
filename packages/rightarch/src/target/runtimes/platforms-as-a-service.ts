import { confirmed, linux, partial } from '../fact.ts';
import type { Target } from '../types.ts';

const CLOUD_RUN = 'https://cloud.google.com/run/docs/reference/container-contract';
const ACA =
  'https://learn.microsoft.com/en-us/training/modules/implement-azure-container-apps/4-container-apps-containers';
const ACI = 'https://github.com/MicrosoftDocs/azure-compute-docs/pull/478';
const APP_SERVICE = 'https://github.com/Azure/app-service-linux-docs/issues/110';
const FLY = 'https://github.com/superfly/flyctl/blob/master/internal/build/imgsrc/dockerfile_builder.go';
const FLY_MANIFEST = 'https://github.com/superfly/flyctl/blob/master/internal/oci/image.go';
const HEROKU = 'https://github.com/heroku/heroku-buildpack-python/issues/1575';
const HEROKU_TYPES = 'https://aligach.net/diary/2024/0630/heroku-container-release-issues';
const HEROKU_ATTESTED = 'https://github.com/gperdomor/oss/issues/728';
const RENDER = 'https://render.com/docs/deploy-an-image';
const RENDER_SKILL = 'https://github.com/render-oss/skills/blob/main/skills/render-docker/SKILL.md';
const RAILWAY = 'https://github.com/railwayapp/docs/blob/main/content/guides/private-container-registry.md';
const DO = 'https://github.com/digitalocean/godo';

const nothingKnown = {
  index: 'unknown',
  attestations: 'unknown',
  oci: 'unknown',
  zstd: 'unknown',
  selection: 'unknown',
} as const;

export const cloudRun: Target = {
  id: 'cloud-run',
  title: 'Google Cloud Run',
  aliases: ['cloudrun', 'google-cloud-run'],
  platforms: confirmed(linux('amd64'), CLOUD_RUN, '64-bit Linux x86_64; the API has no field for a CPU'),
  fallback: confirmed('amd64', CLOUD_RUN),
  index: confirmed('amd64-entry-required', CLOUD_RUN),
  attestations: confirmed(
    'accepted',
    'https://github.com/docker/buildx/issues/1533',
    'from Artifact Registry, since February 2023',
  ),
  oci: confirmed('accepted', CLOUD_RUN),
  zstd: confirmed('accepted', CLOUD_RUN),
  selection: 'exact',
  declaredBy: {},
  mismatch: {
    index: confirmed(
      "Container manifest type '{mediaType}' must support amd64/linux.",
      'https://github.com/GoogleCloudPlatform/jit-groups/issues/693',
    ),
    single: confirmed(
      'terminated: Application failed to start: failed to load {path}: exec format error',
      'https://github.com/pulumi/templates/pull/490',
      'whether a single arm64 manifest is caught at deploy or at start: both were reported',
    ),
    stage: 'deploy',
  },
  lacks: confirmed(['ia32'], CLOUD_RUN, 'executables must be 64-bit'),
  port: { fallback: confirmed(8080, CLOUD_RUN), variable: confirmed('PORT', CLOUD_RUN) },
};

export const azureContainerApps: Target = {
  id: 'azure-container-apps',
  title: 'Azure Container Apps',
  aliases: ['aca', 'container-apps'],
  platforms: confirmed(linux('amd64'), ACA),
  fallback: confirmed('amd64', ACA),
  index: partial(
    'amd64-entry-required',
    'https://bartwullems.blogspot.com/2026/04/fixing-selected-tag-uses-invalid.html',
  ),
  attestations: partial(
    'accepted',
    'https://bartwullems.blogspot.com/2026/04/fixing-selected-tag-uses-invalid.html',
    "the portal may answer: Selected tag uses an invalid operating system ''.",
  ),
  oci: partial('accepted', 'https://bartwullems.blogspot.com/2026/04/fixing-selected-tag-uses-invalid.html'),
  zstd: 'unknown',
  selection: 'exact',
  declaredBy: {},
  mismatch: {
    index: confirmed(
      'image OS/Arc must be linux/amd64 but found {found}',
      'https://github.com/microsoft/vscode-azurecontainerapps/issues/80',
    ),
    single: confirmed(
      'image OS/Arc must be linux/amd64 but found {found}',
      'https://github.com/microsoft/vscode-azurecontainerapps/issues/80',
    ),
    stage: 'deploy',
  },
};

export const azureAci: Target = {
  ...nothingKnown,
  id: 'azure-aci',
  title: 'Azure Container Instances',
  aliases: ['aci', 'azure-container-instances'],
  platforms: confirmed(linux('amd64'), ACI),
  fallback: confirmed('amd64', ACI),
  declaredBy: {},
  mismatch: {
    index: 'unknown',
    single: partial(
      'exec user process caused "exec format error"',
      'https://github.com/MicrosoftDocs/azure-docs/issues/39726',
    ),
    stage: 'start',
  },
  maxImageBytes: confirmed(
    16_106_127_360,
    'https://learn.microsoft.com/en-us/azure/container-instances/container-instances-faq',
    '15 GB',
  ),
};

export const azureAppService: Target = {
  ...nothingKnown,
  id: 'azure-app-service',
  title: 'Azure App Service (Linux)',
  aliases: ['app-service', 'azure-web-app'],
  platforms: partial(linux('amd64'), APP_SERVICE, 'no official statement was found'),
  fallback: partial('amd64', APP_SERVICE),
  declaredBy: {},
  mismatch: {
    index: 'unknown',
    single: partial('standard_init_linux.go:228: exec user process caused: exec format error', APP_SERVICE),
    stage: 'start',
  },
};

export const fly: Target = {
  id: 'fly',
  title: 'Fly.io Machines',
  aliases: ['fly.io', 'flyio'],
  platforms: confirmed(linux('amd64'), FLY),
  fallback: confirmed('amd64', FLY),
  index: partial(
    'amd64-entry-required',
    FLY_MANIFEST,
    'read from flyctl, which prefers linux/amd64 and otherwise takes any Linux entry',
  ),
  attestations: 'unknown',
  oci: partial('accepted', FLY_MANIFEST),
  zstd: 'unknown',
  selection: 'exact',
  declaredBy: {},
  mismatch: { index: 'unknown', single: 'unknown', stage: 'deploy' },
  maxImageBytes: confirmed(
    8_589_934_592,
    'https://github.com/superfly/docs/blob/main/getting-started/troubleshooting.html.md',
    'uncompressed',
  ),
};

export const heroku: Target = {
  id: 'heroku',
  title: 'Heroku (Cedar)',
  aliases: [],
  platforms: confirmed(linux('amd64'), HEROKU),
  fallback: confirmed('amd64', HEROKU),
  index: confirmed('rejected', HEROKU_TYPES, 'the registry takes only a Docker manifest, schema 2'),
  attestations: confirmed('rejected', HEROKU_ATTESTED),
  oci: confirmed('rejected', HEROKU_TYPES),
  zstd: 'unknown',
  selection: 'exact',
  declaredBy: {},
  mismatch: {
    index: confirmed('405 Method Not Allowed', HEROKU_ATTESTED, 'on push'),
    single: confirmed('exec format error', 'https://github.com/rjoonas/heroku-docker-nginx-example/issues/7'),
    stage: 'start',
  },
  port: { variable: confirmed('PORT', HEROKU_TYPES) },
};

export const render: Target = {
  ...nothingKnown,
  id: 'render',
  title: 'Render',
  aliases: ['render.com'],
  platforms: confirmed(linux('amd64'), RENDER_SKILL),
  fallback: confirmed('amd64', RENDER_SKILL),
  declaredBy: {},
  mismatch: { index: 'unknown', single: partial('exec format error', RENDER_SKILL), stage: 'start' },
  port: { variable: partial('PORT', RENDER) },
};

export const railway: Target = {
  ...nothingKnown,
  id: 'railway',
  title: 'Railway',
  aliases: ['railway.app'],
  platforms: confirmed(linux('amd64'), RAILWAY),
  fallback: confirmed('amd64', RAILWAY),
  declaredBy: {},
  mismatch: { index: 'unknown', single: 'unknown', stage: 'start' },
  port: { variable: confirmed('PORT', RAILWAY) },
};

export const digitaloceanAppPlatform: Target = {
  ...nothingKnown,
  id: 'digitalocean-app-platform',
  title: 'DigitalOcean App Platform',
  aliases: ['do-app-platform', 'digitalocean'],
  platforms: partial(linux('amd64'), DO, 'one third-party page, and no field for a CPU in the API'),
  fallback: partial('amd64', DO),
  declaredBy: {},
  mismatch: { index: 'unknown', single: partial('exec format error', DO), stage: 'start' },
};
