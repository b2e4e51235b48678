import { type HclBlock, readHcl } from '../../definition/index.ts';
import { type Dockerfile, parseDockerfile } from '../../dockerfile/index.ts';
import type { SourceFile } from '../repository.ts';
import { viewWorkflow, type WorkflowView } from './workflow.ts';

/** A file is looked at by several, and parsed once: who asks hands on the file as it was read. */
function once<T>(parse: (file: SourceFile) => T): (file: SourceFile) => T {
  const parsed = new WeakMap<SourceFile, { readonly as: T }>();
  return (file) => {
    const known = parsed.get(file) ?? { as: parse(file) };
    parsed.set(file, known);
    return known.as;
  };
}

export const parsedDockerfile = once<Dockerfile>(({ path, text }) => parseDockerfile(text, { file: path }));
export const parsedWorkflow = once<WorkflowView>(({ path, text }) => viewWorkflow(path, text));
export const parsedTerraform = once<readonly HclBlock[]>(({ text }) => readHcl(text));
