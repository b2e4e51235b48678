import type { Span } from '../../../dockerfile/index.ts';
import type { BaseImage } from '../../stage/bases.ts';
import type { PreparedStage } from '../../stage/prepare.ts';

/** Gives the name that an image has in a store. */
export type Named = (base: BaseImage & { readonly reference: string }) => Promise<string>;

/** A Dockerfile with every base of these stages under the name that `named` gives it. Its lines stay where they are. */
export async function withBases(text: string, stages: readonly PreparedStage[], named: Named): Promise<string> {
  const found: { readonly span: Span; readonly name: string }[] = [];
  const put = async (span: Span, base: BaseImage & { readonly reference: string }) => {
    const name = await named(base);
    // A word over several lines is left as it is.
    if (span.start.line === span.end.line) found.push({ span, name });
  };
  for (const { stage, base, operations } of stages) {
    if (base.kind === 'image') await put(stage.from.image.span, base);
    for (const operation of operations) {
      if (operation.kind !== 'copy' || operation.source?.kind !== 'image') continue;
      const { reference } = operation.source;
      for (const instruction of stage.instructions) {
        const from = 'flags' in instruction ? instruction.flags.find(({ name }) => name === 'from') : undefined;
        if (instruction.span.start.line === operation.line && from?.value.text === reference)
          await put(from.value.span, operation.source);
      }
    }
  }
  const lines = text.split('\n');
  found.sort(
    (one, other) => other.span.start.line - one.span.start.line || other.span.start.column - one.span.start.column,
  );
  for (const { span, name } of found) {
    const line = lines[span.start.line - 1]!;
    lines[span.start.line - 1] = line.slice(0, span.start.column - 1) + name + line.slice(span.end.column - 1);
  }
  return lines.join('\n');
}
