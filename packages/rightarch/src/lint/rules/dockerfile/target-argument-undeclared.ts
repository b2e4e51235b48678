import type { Span } from '../../../dockerfile/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { automaticNames, type StepView } from '../../documents/dockerfile.ts';
import { type DockerfileRule, inFile } from '../../rule.ts';

/** Words that only say which CPU it is: an empty operating system or variant is what most want. */
const MATTERS = new Set(['TARGETARCH', 'TARGETPLATFORM', 'BUILDARCH', 'BUILDPLATFORM']);

interface Read {
  readonly name: string;
  readonly fallback: string | undefined;
  readonly span: () => Span;
}

/**
 * `$TARGETARCH` in a stage without `ARG TARGETARCH`: the shell of a RUN finds nothing there, and neither does BuildKit in
 * the words of a COPY.
 */
export const targetArgumentUndeclared: DockerfileRule = function* (view) {
  for (const { steps } of view.stages) {
    const told = new Set<string>();
    for (const step of steps) {
      for (const { name, fallback, span } of readsOf(step)) {
        if (!MATTERS.has(name) || !automaticNames.includes(name) || step.inScope.includes(name) || told.has(name))
          continue;
        told.add(name);
        yield {
          diagnostic: diagnostic(
            'dockerfile/target-argument-undeclared',
            { name, fallback },
            inFile(view.file, span()),
          ),
        };
      }
    }
  }
};

function readsOf({ script, unset, written }: StepView): readonly Read[] {
  const inShell = (script?.reads ?? []).map(({ name, fallback, from, to }) => ({
    name,
    fallback,
    span: () => script!.span(from, to),
  }));
  const inWords = unset.map(({ name, span }) => ({
    name,
    fallback: new RegExp(`\\$\\{${name}:?-([^}]*)\\}`).exec(written.original)?.[1],
    span: () => span,
  }));
  return [...inShell, ...inWords];
}
