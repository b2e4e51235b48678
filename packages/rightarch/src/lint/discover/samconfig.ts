import { readToml, type TomlValue } from '../documents/toml.ts';
import { type Found, placesIn } from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { nameAt } from './names.ts';
import { placeOfText } from './toml-places.ts';

/**
 * The repositories that `sam deploy` pushes to: `image_repository`, or `image_repositories = ["Function=REPOSITORY"]`.
 * The tag is made by SAM itself (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-deploy.html, read 2026-11-28).
 */
export function discoverSamConfig({ path, text }: SourceFile): Partial<Found> {
  const read = readToml(text);
  if ('problem' in read) return {};
  const place = placesIn(path, text);
  const names = read.tables.flatMap(({ values }) =>
    ['image_repository', 'image_repositories'].flatMap((key) => {
      const found = values.get(key);
      return textsOf(found?.value).flatMap((written) =>
        nameAt(written.replace(/^[\w.-]+=/, ''), placeOfText(text, written, found!.offset, place), {
          tag: undefined,
          how: 'pushed',
          runtime: 'lambda',
        }),
      );
    }),
  );
  return { names };
}

const textsOf = (value: TomlValue | undefined): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string');
