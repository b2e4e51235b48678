import { isObject, nodeCpu, type Platform, satisfies } from '../../core/index.ts';
import type { Call } from '../run/commands/command.ts';
import type { Kernel } from '../run/kernel.ts';
import { lookUp } from '../run/programs.ts';
import { refuse } from '../run/refusal.ts';
import { FileProblem } from '../stage-files.ts';
import type { Machine } from './graph.ts';

/** The npm and node that a RUN would start, as the image has them, and what they would say of the machine. */
export async function machineOf(call: Call, npmFile: string, platform: Platform): Promise<Machine> {
  const { kernel } = call;
  const cpu = nodeCpu(platform);
  if (cpu === undefined || platform.os !== 'linux')
    return refuse('npm/version-unknown', { tool: 'node', path: platform.architecture });
  const npm = await npmVersion(kernel, npmFile);
  const node = lookUp(kernel, 'node', { path: call.env['PATH'], cwd: call.cwd });
  if (typeof node === 'number') return refuse('npm/version-unknown', { tool: 'node', path: 'PATH' });
  return { os: 'linux', cpu, libc: await libcOf(kernel), node: await nodeVersion(call, node.file), npm };
}

/** From `…/npm/bin/npm-cli.js` to `…/npm/package.json`. */
async function npmVersion(kernel: Kernel, file: string): Promise<string> {
  const unknown = (): never => refuse('npm/version-unknown', { tool: 'npm', path: file });
  const text = await textOf(kernel, file.replace(/\/bin\/npm-cli\.js$/, '/package.json'));
  try {
    const found: unknown = JSON.parse(text ?? '');
    const version = isObject(found) && found['name'] === 'npm' ? found['version'] : undefined;
    if (typeof version !== 'string') return unknown();
    // npm 6 installs by other fields of the lockfile; what npm 13 will do is not known.
    return satisfies(version, '>=7.0.0 <13.0.0-0', { includePrerelease: true }) === true
      ? version
      : refuse('run/tool-not-yet', { tool: `npm ${version}` });
  } catch (problem) {
    if (problem instanceof SyntaxError) return unknown();
    throw problem;
  }
}

/** The header that is installed with the binary, else the address of its sources that every release binary holds. */
async function nodeVersion(call: Call, file: string): Promise<string> {
  const header = await textOf(call.kernel, file.replace(/\/bin\/node$/, '/include/node/node_version.h'));
  const part = (name: string): string | undefined =>
    new RegExp(`^#define NODE_${name}_VERSION (\\d+)`, 'm').exec(header ?? '')?.[1];
  const numbers = [part('MAJOR'), part('MINOR'), part('PATCH')];
  const stated = numbers.includes(undefined) ? undefined : `v${numbers.join('.')}`;
  const declared = call.env['NODE_VERSION'];
  if (stated !== undefined && (declared === undefined || `v${declared.replace(/^v/, '')}` === stated)) return stated;
  const found = await releaseIn(call.kernel, file);
  return found ?? refuse('npm/version-unknown', { tool: 'node', path: file });
}

const RELEASE = /https:\/\/nodejs\.org\/download\/release\/(v\d+\.\d+\.\d+)\//;

async function releaseIn(kernel: Kernel, file: string): Promise<string | undefined> {
  const content = await kernel.files.contentOf(file);
  let tail = '';
  for await (const chunk of content.open()) {
    const text = tail + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    const match = RELEASE.exec(text);
    if (match !== null) return match[1];
    tail = text.slice(-128);
  }
  return undefined;
}

/** npm-install-checks, current-env.js: /usr/bin/ldd says it; else the loader that is there. */
async function libcOf(kernel: Kernel): Promise<Machine['libc']> {
  const ldd = await textOf(kernel, '/usr/bin/ldd');
  if (ldd?.includes('musl')) return 'musl';
  if (ldd?.includes('GNU C Library')) return 'glibc';
  const found = new Set<'glibc' | 'musl'>();
  for (const directory of ['/lib', '/lib64', '/usr/lib', '/usr/lib64']) {
    const at = kernel.files.tree.resolve(directory);
    for (const name of at.found ? (at.node.children?.keys() ?? []) : []) {
      if (/^ld-linux.*\.so\.\d+$/.test(name)) found.add('glibc');
      if (/^ld-musl-.*\.so\.1$/.test(name)) found.add('musl');
    }
  }
  return found.size === 1 ? [...found][0] : undefined;
}

/** A small text of the image; undefined where it is not there. */
export async function textOf(kernel: Kernel, path: string): Promise<string | undefined> {
  try {
    return Buffer.from(await kernel.files.readFile(path, { limit: 64 * 1024 * 1024 })).toString('utf8');
  } catch (problem) {
    if (problem instanceof FileProblem && problem.errno !== 'EFBIG') return undefined;
    throw problem;
  }
}
