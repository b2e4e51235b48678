import { parsePlatform } from '../core/index.ts';
import type { BuildRequest } from './types.ts';

/** A request for these platforms that asks for nothing else. */
export const requestFor = (...platforms: readonly string[]): BuildRequest => ({
  name: 'app',
  context: '/src',
  dockerfile: '/src/Dockerfile',
  args: {},
  labels: {},
  annotations: {},
  secrets: [],
  ssh: [],
  contexts: {},
  platforms: platforms.map((text) => ({ platform: parsePlatform(text)!, because: { kind: 'flag' } })),
  noCache: false,
  pull: false,
  scriptsNotNeeded: [],
});
