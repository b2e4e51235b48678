import { readName } from './discover/names.ts';
import type { FoundImage, FoundName, FoundRuntime } from './found.ts';

/**
 * Official images that are run beside an application, and are what the name says: services that people deploy as they are
 * (https://github.com/docker-library/official-images/tree/master/library, read 2026-11-29).
 */
const SERVICES = new Set(
  'adminer cassandra consul couchbase couchdb elasticsearch eclipse-mosquitto haproxy influxdb kibana kong logstash mariadb memcached mongo mongo-express mysql nats neo4j phpmyadmin postgres rabbitmq redis registry solr sonarqube traefik valkey varnish vault wordpress zookeeper'.split(
    ' ',
  ),
);

/** Official images of tools and languages, which run a script that is given to them or serve files as they are. */
const PLAIN = new Set(
  'alpine bash busybox caddy debian docker golang hello-world httpd nginx node openjdk php python ruby tomcat ubuntu'.split(
    ' ',
  ),
);

/** Registries, and places in them, that only the one who sells or supports what lies there pushes to. */
const VENDORS =
  /^(?:nvcr\.io|registry\.k8s\.io|k8s\.gcr\.io|mcr\.microsoft\.com|docker\.elastic\.co|registry\.access\.redhat\.com|container-registry\.oracle\.com|public\.ecr\.aws\/(?:docker|eks-distro|lambda|amazonlinux)|gcr\.io\/(?:distroless|google-containers))\//;

/** What the repository calls its own images. */
export interface OwnNames {
  /** The last part of each name that is pushed, given or declared here, and of each folder that has a Dockerfile. */
  readonly last: ReadonlySet<string>;
  /** Each of them is written out, and there are no fewer than Dockerfiles. */
  readonly whole: boolean;
  /** What a kustomization puts another in the place of. */
  readonly renamed: ReadonlySet<string>;
}

const lastOf = (repository: string): string => repository.slice(repository.lastIndexOf('/') + 1);

/** Of the names that stand in the files, those of its own images. */
export function ownNames(
  names: readonly FoundName[],
  images: readonly FoundImage[],
  files: readonly { readonly path: string; readonly text: string }[],
): OwnNames {
  const folders = images.flatMap(({ dockerfile }) => dockerfile.split('/').slice(-2, -1));
  const own = names.filter(({ how }) => how !== 'pulled').map(({ repository }) => lastOf(repository));
  const renamed = files.flatMap(({ path, text }) =>
    /(^|\/)kustomization\.ya?ml$/i.test(path) ? [...text.matchAll(/\bname:[ \t]*["']?([^\s"',}]+)/g)] : [],
  );
  return {
    last: new Set([...own, ...folders]),
    whole: own.length > 0 && new Set(own).size >= images.length && own.every((one) => !one.includes('?')),
    renamed: new Set(renamed.map(([, name = '']) => name)),
  };
}

/** Whether a runtime runs somebody else's images alone: none of them is one that is built here, by their names. */
export const isForeign = ({ images }: FoundRuntime, own: OwnNames): boolean =>
  images !== undefined && images.length > 0 && images.every((image) => image !== undefined && isOthers(image, own));

function isOthers(image: string, { last, whole, renamed }: OwnNames): boolean {
  const name = readName(image);
  if (name === undefined || name.repository.includes('?') || renamed.has(name.repository)) return false;
  const plain = name.repository.replace(/^(?:docker\.io\/)?(?:library\/)?/, '');
  if (last.has(lastOf(plain))) return false;
  return SERVICES.has(plain) || PLAIN.has(plain) || VENDORS.test(plain) || (whole && plain.includes('/'));
}

/** Whether a runtime runs an image that is named here, or as a folder with a Dockerfile is. */
export function runsOwn(
  { images = [] }: FoundRuntime,
  names: readonly FoundName[],
  built: readonly FoundImage[],
): boolean {
  const { last } = ownNames(names, built, []);
  return images.some((image) => image !== undefined && last.has(lastOf(readName(image)?.repository ?? '?')));
}
