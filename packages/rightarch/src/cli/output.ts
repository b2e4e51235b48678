import { atInput, failure } from '../messages/index.ts';
import { allValues, fieldsOf } from './arguments.ts';
import type { Flags } from './specs.ts';

/** Where a build is left, beside the layout in `.rightarch`. */
export type Output =
  | { readonly kind: 'layout'; readonly directory: string; readonly name: string | undefined }
  | { readonly kind: 'archive'; readonly file: string }
  /** Into the local Docker, under this name or those of the image. */
  | { readonly kind: 'docker'; readonly name?: string }
  | { readonly kind: 'registry' };

type DockerOutput = Extract<Output, { readonly kind: 'docker' }>;

/** The `-o` that means the local Docker. */
export const dockerOutput = (flags: Flags): DockerOutput | undefined =>
  parseOutputs(flags).find((output): output is DockerOutput => output.kind === 'docker');

/** Whether what is built is loaded into Docker too. */
export const wantsLoading = (flags: Flags): boolean => flags.load === true || dockerOutput(flags) !== undefined;

/**
 * Reads `-o`: our short forms (`oci:DIR[:NAME]`, `archive:FILE`) and docker's (`type=oci,dest=FILE`, with `tar=false`
 * for a directory; `type=registry`; `type=image,push=true`). What only other engines can make says so.
 */
export function parseOutputs(flags: Flags): readonly Output[] {
  return allValues(flags, 'output').map((text) => {
    const short = /^(oci|archive):(.+)$/.exec(text);
    if (short?.[1] === 'archive') return { kind: 'archive', file: short[2]! };
    if (short?.[1] === 'oci') {
      const drive = /^[A-Za-z]:[\\/]/.test(short[2]!) ? 2 : 0;
      const colon = short[2]!.indexOf(':', drive);
      return colon < 0
        ? { kind: 'layout', directory: short[2]!, name: undefined }
        : { kind: 'layout', directory: short[2]!.slice(0, colon), name: short[2]!.slice(colon + 1) };
    }
    const local = /^docker:(.*)$/.exec(text);
    if (local !== null) return { kind: 'docker', ...(local[1] === '' ? {} : { name: local[1]! }) };
    const pairs = fieldsOf(text);
    const dest = pairs.get('dest');
    switch (pairs.get('type')) {
      case 'oci':
        if (dest === undefined || dest === '-') break;
        return pairs.get('tar') === 'false'
          ? { kind: 'layout', directory: dest, name: pairs.get('name') }
          : { kind: 'archive', file: dest };
      case 'docker':
        if (dest === '-') break;
        if (dest !== undefined) return { kind: 'archive', file: dest };
        return { kind: 'docker', ...(pairs.has('name') ? { name: pairs.get('name')! } : {}) };
      case 'registry':
        return { kind: 'registry' };
      case 'image':
        if (pairs.get('push') === 'true') return { kind: 'registry' };
        break;
    }
    throw failure(
      'cli/bad-value',
      {
        option: '--output',
        value: text,
        accepted: ['oci:DIR', 'archive:FILE', 'docker:', 'type=oci,dest=FILE', 'type=registry'],
      },
      atInput('--output'),
      'request',
    );
  });
}
