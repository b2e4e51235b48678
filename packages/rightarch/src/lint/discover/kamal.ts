import { parseCpu } from '../../core/index.ts';
import { child, itemsOf, readTrees, scalarText } from '../../definition/index.ts';
import { type Found, placesIn } from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { nameAt } from './names.ts';

/** The file of Kamal, and those of its destinations. */
export const KAMAL = /(^|\/)config\/deploy(?:\.[\w-]+)?\.ya?ml$/;

/**
 * What Kamal builds: `builder.arch`, one or several, which it hands to buildx as `--platform`, and pushes as `image` for the servers
 * that it names, whose CPU no file says (https://kamal-deploy.org/docs/configuration/builders/, read 2026-11-30).
 */
export function discoverKamal({ path, text }: SourceFile): Partial<Found> {
  if (!/^service:/m.test(text) || !/^builder:/m.test(text)) return {};
  const place = placesIn(path, text);
  const [root] = readTrees(text).roots;
  const builder = child(root, 'builder');
  const arch = child(builder, 'arch');
  if (builder === undefined || arch === undefined || child(builder, 'pack') !== undefined) return {};
  const cpus = (arch.kind === 'list' ? itemsOf(arch) : [arch]).map((one) => parseCpu(scalarText(one) ?? ''));
  const isSeen = !cpus.includes(undefined);
  const dockerfile = scalarText(child(builder, 'dockerfile')) ?? 'Dockerfile';
  const image = child(root, 'image');
  return {
    builds: [
      {
        platforms: isSeen ? cpus.flatMap((one) => one ?? []) : [],
        ...(isSeen ? {} : { unseen: true as const }),
        builder: undefined,
        dockerfile,
        context: scalarText(child(builder, 'context')) ?? '.',
        at: place(builder.offset, builder.end),
        platformsAt: place(arch.offset, arch.end),
      },
    ],
    names:
      image === undefined
        ? []
        : nameAt(scalarText(image), place(image.offset, image.end), { how: 'pushed', dockerfile }),
  };
}
