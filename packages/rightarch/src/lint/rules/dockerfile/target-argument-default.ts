import { parsePlatform, samePlatform } from '../../../core/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { type DockerfileView, type StageView, wholeText } from '../../documents/dockerfile.ts';
import { breaksOn, type DockerfileRule, inFile, severityOf } from '../../rule.ts';
import { namesOf } from '../../wanted.ts';

const NAMES = ['TARGETARCH', 'TARGETPLATFORM'];

/**
 * `ARG TARGETARCH=amd64`: the default wins over BuildKit's own value (dispatchArg in dockerfile2llb/convert.go), in a
 * stage, and before the first FROM for each stage that takes it over with a bare ARG.
 */
export const targetArgumentDefault: DockerfileRule = function* (view, context) {
  for (const name of NAMES) {
    const above = view.dockerfile.instructions
      .slice(
        0,
        view.dockerfile.instructions.findIndex(({ keyword }) => keyword === 'FROM'),
      )
      .flatMap((one) => (one.keyword === 'ARG' ? one.args : []))
      .findLast((one) => one.name.text === name);
    const told = new Set<unknown>();
    for (const stage of view.stages) {
      const own = stage.steps
        .flatMap(({ written }) => (written.keyword === 'ARG' ? written.args : []))
        .find((one) => one.name.text === name);
      const deciding = own?.value === undefined && own !== undefined ? above : own;
      const value = deciding?.value?.text.replace(/^(['"])(.*)\1$/, '$2');
      if (deciding === undefined || value === undefined || value === '' || value.includes('$')) continue;
      if (told.has(deciding) || !isRead(view, stage, name)) continue;
      const platform = parsePlatform(name === 'TARGETARCH' ? `linux/${value}` : value);
      if (platform === undefined) continue;
      const breaks = breaksOn(context, stage, (one) => samePlatform(one, platform));
      if (breaks.length === 0) continue;
      told.add(deciding);
      const span = { start: deciding.name.span.start, end: deciding.value!.span.end };
      yield {
        diagnostic: diagnostic(
          'dockerfile/target-argument-default',
          { name, value, breaks: namesOf(breaks) },
          inFile(view.file, span),
          { severity: severityOf(breaks) },
        ),
      };
    }
  }
};

/** Nobody minds the value of a variable that nothing reads. */
function isRead(view: DockerfileView, stage: StageView, name: string): boolean {
  const users = view.stages.filter((one) => one === stage || isBuiltOn(view, one, stage));
  const reads = new RegExp(`\\$\\{?${name}\\b`);
  return users.some(({ steps }) =>
    steps.some(({ written }) => written.keyword !== 'ARG' && reads.test(wholeText(written))),
  );
}

function isBuiltOn(view: DockerfileView, stage: StageView, base: StageView): boolean {
  let { node } = stage;
  while (node.base?.kind === 'stage') {
    node = view.graph.stages[node.base.index]!;
    if (node.stage.index === base.node.stage.index) return true;
  }
  return false;
}
