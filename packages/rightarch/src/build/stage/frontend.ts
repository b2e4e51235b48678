import { parseReference } from '../../core/index.ts';
import { type Dockerfile, detectSyntax, type Span } from '../../dockerfile/index.ts';

/** What another frontend than the one that is understood here would read differently, and where the file asks for it. */
export interface OtherFrontend {
  readonly instruction: string;
  readonly what: string;
  readonly span: Span | undefined;
}

/** Automatic variables of BuildKit, which a bare `ARG` before the first FROM blanked until frontend 1.11. */
const AUTOMATIC = /^(BUILD|TARGET)(PLATFORM|OS|OSVERSION|ARCH|VARIANT)$/;

/**
 * The frontend that builds a file is what `--build-arg BUILDKIT_SYNTAX` says, else `# syntax=`. Understood here is
 * docker/dockerfile as it is today. Another one may make anything of the file, and an old release of it lacks what
 * came later: heredocs and `--link` with 1.4 (docs.docker.com/build/buildkit/dockerfile-release-notes), and the values
 * of automatic variables behind a bare global ARG with 1.11 (moby/buildkit b9a4a6eed).
 */
export function otherFrontend(
  dockerfile: Dockerfile,
  args: Readonly<Record<string, string>>,
): OtherFrontend | undefined {
  const given = Object.hasOwn(args, 'BUILDKIT_SYNTAX') ? args['BUILDKIT_SYNTAX'] : undefined;
  const syntax = given === undefined ? detectSyntax(dockerfile.text) : { reference: given, span: undefined };
  if (syntax === undefined || syntax.reference === '') return undefined;
  const by = given === undefined ? '# syntax' : '--build-arg BUILDKIT_SYNTAX';
  const whole: OtherFrontend = { instruction: by, what: syntax.reference, span: syntax.span };
  const parsed = parseReference(syntax.reference);
  if (!parsed.ok) return whole;
  const { registry, repository, tag } = parsed.value;
  if (registry !== 'docker.io' || !/^docker\/dockerfile(-upstream)?$/.test(repository)) return whole;
  const minor = /^1\.(\d+)(?:[.-]|$)/.exec(tag ?? '')?.[1];
  if (minor === undefined) return undefined;
  const newer = beyond(dockerfile, Number(minor));
  return newer === undefined ? undefined : { ...newer, what: `${newer.what} (${syntax.reference})` };
}

/** The first instruction that this release of the frontend does not know, or takes in another way. */
function beyond(dockerfile: Dockerfile, minor: number): OtherFrontend | undefined {
  let isGlobal = true;
  for (const instruction of dockerfile.instructions) {
    const { keyword, heredocs, flags, span } = instruction;
    if (keyword === 'FROM') isGlobal = false;
    if (minor < 11 && isGlobal && keyword === 'ARG') {
      const bare = instruction.args.find(({ name, value }) => value === undefined && AUTOMATIC.test(name.text));
      if (bare !== undefined) return { instruction: 'ARG', what: bare.name.text, span: bare.name.span };
    }
    if (minor >= 4) continue;
    const [heredoc] = heredocs;
    if (heredoc !== undefined) return { instruction: keyword, what: `<<${heredoc.name}`, span };
    const link = flags.find(({ name }) => name === 'link');
    if (link !== undefined) return { instruction: keyword, what: '--link', span: link.span };
  }
  return undefined;
}
