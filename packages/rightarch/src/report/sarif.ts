import { createHash } from 'node:crypto';
import { type Diagnostic, formatPlatform, type Location } from '../core/index.ts';
import type { CheckResult } from '../lint/index.ts';
import { inWords, type Language, printable } from '../messages/index.ts';
import type { ImageProof } from '../proof/index.ts';
import { sortDiagnostics } from './diagnostics.ts';

/** SARIF's own word for how bad a finding is (SARIF 2.1.0, 3.27.10). */
const LEVELS = { error: 'error', warning: 'warning', note: 'note' } as const;

export interface SarifOptions {
  readonly language: Language;
  readonly version: string;
  /** False for what nobody wants to read in a list of alerts: notes, unless they were asked for. */
  readonly wanted: (diagnostic: Diagnostic) => boolean;
}

/** What a log speaks of: an image, or the sources of a repository. */
interface Subject {
  /** An image as it was asked for; empty for sources, whose findings stand in files of their own. */
  readonly image: string;
  readonly findings: readonly Diagnostic[];
  /** What somebody answers for stays in the log, as a suppressed result (SARIF 2.1.0, 3.27.23). */
  readonly answered: readonly { readonly diagnostic: Diagnostic; readonly kind: string; readonly reason: string }[];
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * Proofs as a SARIF 2.1.0 log for code scanning. A finding stands at the line of the repository that it came from where
 * that is known, else at the image under its name; its fingerprint stays the same when the image is built again.
 */
export function sarifLog(proofs: readonly ImageProof[], options: SarifOptions): Record<string, unknown> {
  const subjects = proofs.map((proof): Subject => {
    const { image, digest, ignored = [] } = proof;
    const answered = ignored.map(({ diagnostic, reason }) => ({ diagnostic, reason, kind: 'external' }));
    return { image, findings: findingsOf(proof), answered, properties: { image, digest } };
  });
  return logOf('rightarch/verify/', subjects, options);
}

/** What `check` found, the same way: each at its line. */
export function sarifOfCheck(
  { diagnostics, undecided, suppressed }: CheckResult,
  options: SarifOptions,
): Record<string, unknown> {
  const findings = sortDiagnostics([...diagnostics, ...undecided]);
  const answered = suppressed.map((one) => ({ ...one, kind: one.by === 'comment' ? 'inSource' : 'external' }));
  return logOf('rightarch/check/', [{ image: '', findings, answered, properties: {} }], options);
}

function logOf(id: string, subjects: readonly Subject[], options: SarifOptions): Record<string, unknown> {
  const rules: Record<string, unknown>[] = [];
  const indexes = new Map<string, number>();
  const seen = new Map<string, number>();
  const results = subjects.flatMap(({ image, findings, answered, properties }) => {
    const by = new Map(answered.map((one) => [one.diagnostic, one]));
    return [...findings, ...by.keys()].filter(options.wanted).map((finding) => {
      let ruleIndex = indexes.get(finding.code);
      if (ruleIndex === undefined) {
        ruleIndex = rules.push(ruleOf(finding, options.language)) - 1;
        indexes.set(finding.code, ruleIndex);
      }
      const identity = identityOf(finding, image);
      const times = seen.get(identity) ?? 0;
      seen.set(identity, times + 1);
      const { message, fix } = inWords(finding, options.language);
      const answer = by.get(finding);
      return {
        ruleId: finding.code,
        ruleIndex,
        level: LEVELS[finding.severity],
        message: { text: fix === '' ? message : `${message}\n${fix}` },
        locations: [locationOf(finding, image)],
        partialFingerprints: { 'rightarch/v1': fingerprint(`${identity} ${times}`) },
        properties,
        ...(answer === undefined
          ? {}
          : { suppressions: [{ kind: answer.kind, justification: printable(answer.reason) }] }),
      };
    });
  });
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'rightarch',
            version: options.version,
            informationUri: 'https://github.com/rightarch/rightarch',
            rules,
          },
        },
        automationDetails: { id },
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  };
}

/** Everything that a proof found, each once: a runtime repeats what is wrong with the image itself. */
function findingsOf(proof: ImageProof): readonly Diagnostic[] {
  const all = [
    ...proof.diagnostics,
    ...proof.platforms.flatMap(({ diagnostics }) => diagnostics),
    ...proof.targets.flatMap(({ diagnostics }) => diagnostics),
  ];
  const each = new Map(all.map((one) => [JSON.stringify([one.code, one.args, one.at]), one]));
  return sortDiagnostics([...each.values()]);
}

function ruleOf(finding: Diagnostic, language: Language): Record<string, unknown> {
  const { code, severity } = finding;
  const { title } = inWords(finding, language);
  return {
    id: code,
    shortDescription: { text: title },
    fullDescription: { text: title },
    help: { text: `rightarch explain ${code}`, markdown: `\`rightarch explain ${code}\`` },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['container', 'architecture'], precision: 'very-high' },
  };
}

/** Where a finding is shown: the line that made it, else the image. Code scanning refuses results without an artifact. */
function locationOf({ at, related }: Diagnostic, image: string): Record<string, unknown> {
  const file = at.in === 'file' ? at : related.map((one) => one.at).find((one) => one.in === 'file');
  const physicalLocation =
    file === undefined
      ? { artifactLocation: { uri: imageUri(image) }, region: { startLine: 1 } }
      : {
          artifactLocation: { uri: pathUri(file.file), uriBaseId: '%SRCROOT%' },
          region: {
            startLine: file.start.line,
            startColumn: file.start.column,
            endLine: file.end.line,
            endColumn: Math.max(file.end.column, file.end.line === file.start.line ? file.start.column : 1),
          },
        };
  const logical = logicalName(at, image);
  return { physicalLocation, logicalLocations: [{ fullyQualifiedName: printable(logical), kind: 'resource' }] };
}

/** `ghcr.io/team/app:1.2//linux/arm64//usr/bin/tini`. */
function logicalName(at: Location, image: string): string {
  if (at.in === 'input') return at.name;
  if (at.in === 'file') return image === '' ? at.file : image;
  const platform = at.platform === undefined ? [] : [formatPlatform(at.platform)];
  return [at.image, ...platform, ...(at.path === undefined ? [] : [at.path.replace(/^\//, '')])].join('//');
}

/** A name as a relative reference: `oci:out` would be an address with the scheme `oci`. */
function imageUri(image: string): string {
  return pathUri(image.replace(/^(oci|archive|docker|registry):/, '').replace(/@sha(256|512):[0-9a-f]+$/, ''));
}

const pathUri = (path: string): string =>
  path
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '.')
    .map((part) => encodeURIComponent(Buffer.from(part).toString('utf8')))
    .join('/') || 'image';

/** What makes a finding the same one in the next build: not its digest, nor the number of its layer. */
function identityOf({ code, at }: Diagnostic, image: string): string {
  const name = image.replace(/@sha(256|512):[0-9a-f]+$/, '').replace(/(?<=\/[^/]*|^[^/:]+):[^/:]+$/, '');
  const platform = at.in === 'image' && at.platform !== undefined ? formatPlatform(at.platform) : '';
  const place = at.in === 'image' ? (at.path ?? '') : at.in === 'file' ? at.file : at.name;
  return [code, name, platform, place].join('\n');
}

const fingerprint = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
