import { atInput, failure } from '../messages/index.ts';
import { allValues, fieldsOf } from './arguments.ts';
import type { Flags } from './specs.ts';

/** Where a build is left, beside the layout in `.rightarch`. */
export type Output =
  | { readonly kind: 'layout'; readonly directory: string; readonly name: string | undefined }
  | { readonly kind: 'archive'; readonly file: string }
  | { readonly kind: 'registry' };

/**
 * Reads `-o`: our short forms (`oci:DIR[:NAME]`, `archive:FILE`) and docker's (`type=oci,dest=FILE`, with `tar=false`
 * for a directory; `type=registry`; `type=image,push=true`). What only other engines can make says so.
 */
export function parseOutputs(flags: Flags, hostPlatform: string): readonly Output[] {
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
    const pairs = fieldsOf(text);
    const dest = pairs.get('dest');
    switch (pairs.get('type')) {
      case 'oci':
        if (dest === undefined || dest === '-') break;
        return pairs.get('tar') === 'false'
          ? { kind: 'layout', directory: dest, name: pairs.get('name') }
          : { kind: 'archive', file: dest };
      case 'registry':
        return { kind: 'registry' };
      case 'image':
        if (pairs.get('push') === 'true') return { kind: 'registry' };
        break;
    }
    if (text.startsWith('docker:') || /^type=docker\b/.test(text)) throw loadNotYet(`--output ${text}`, hostPlatform);
    throw failure(
      'cli/bad-value',
      { option: '--output', value: text, accepted: ['oci:DIR', 'archive:FILE', 'type=oci,dest=FILE', 'type=registry'] },
      atInput('--output'),
      'request',
    );
  });
}

/**
 * Loading into Docker comes with the engines; until then an archive that `docker load` reads: of one platform, since
 * engines without the containerd store (the default until Docker 29) refuse an archive of several.
 */
export function loadNotYet(what: string, hostPlatform: string): Error {
  return failure(
    'cli/not-yet',
    { what, instead: `rightarch build --platform ${hostPlatform} -o archive:app.tar && docker load -i app.tar` },
    atInput(what),
    'request',
  );
}
