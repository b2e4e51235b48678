import { diagnostic } from '../../../messages/index.ts';
import { automaticNames } from '../../documents/dockerfile.ts';
import { type DockerfileRule, inFile } from '../../rule.ts';

/** Words that only say which CPU it is: an empty operating system or variant is what most want. */
const MATTERS = new Set(['TARGETARCH', 'TARGETPLATFORM', 'BUILDARCH', 'BUILDPLATFORM']);

/** `$TARGETARCH` in a RUN of a stage without `ARG TARGETARCH`: the shell finds nothing there. */
export const targetArgumentUndeclared: DockerfileRule = function* (view) {
  for (const { steps } of view.stages) {
    const told = new Set<string>();
    for (const { script, inScope } of steps) {
      for (const { name, fallback, from, to } of script?.reads ?? []) {
        if (!MATTERS.has(name) || !automaticNames.includes(name) || inScope.includes(name) || told.has(name)) continue;
        told.add(name);
        const at = inFile(view.file, script!.span(from, to));
        yield { diagnostic: diagnostic('dockerfile/target-argument-undeclared', { name, fallback }, at) };
      }
    }
  }
};
