import type { Related } from '../../core/index.ts';
import { open } from '../codes/proof-libraries.ts';
import { openSetting } from '../codes/proof-open.ts';
import { why } from '../codes/proof-start.ts';
import { josa } from '../josa.ts';
import type { Language, Text } from '../language.ts';
import { purposeWords } from './why.ts';

/** `json` is what programs read: it never changes and has no language. */
type Row<Args> = Text<Args> & { readonly json?: (args: Args) => string };

const row = <Args = void>(texts: Row<Args>): Row<Args> => texts;

const purpose = (rule: string, language: Language): string =>
  Object.hasOwn(purposeWords, rule) ? purposeWords[rule as keyof typeof purposeWords][language] : rule;

/**
 * What a proof says in sentences beside its findings: what was looked at, and what would decide. Data of a file or the
 * words of a kernel are no remarks: they stay strings, and are the same in every language.
 */
const remarks = {
  'layers-read': row<{ read: number; of: number; earlier: number }>({
    en: ({ read, of, earlier }) =>
      `manifest, config and ${read} of ${of} layers read${earlier > 0 ? ` (${earlier} unpacked in an earlier run)` : ''}; digests, sizes and diff_ids compared`,
    ja: ({ read, of, earlier }) =>
      `マニフェスト、config、レイヤー ${read}/${of} を読み取り${earlier > 0 ? ` (うち ${earlier} は以前の実行で展開済み)` : ''}、ダイジェスト、サイズ、diff_id を照合`,
    ko: ({ read, of, earlier }) =>
      `매니페스트, config, 레이어 ${of}개 중 ${read}개를 읽고${earlier > 0 ? `(그중 ${earlier}개는 이전 실행에서 풀었음)` : ''} 다이제스트, 크기, diff_id를 대조`,
  }),
  'programs-match': row<{ match: number; programs: number; onPurpose: readonly (readonly [string, number])[] }>({
    json: ({ match, programs, onPurpose }) =>
      [
        `${match} of ${programs} programs match`,
        ...onPurpose.map(([rule, count]) => `${count} on purpose (${rule})`),
      ].join(', '),
    en: ({ match, programs, onPurpose }) =>
      [
        `${match} of ${programs} programs match`,
        ...onPurpose.map(([rule, count]) => `${count} on purpose (${purpose(rule, 'en')})`),
      ].join(', '),
    ja: ({ match, programs, onPurpose }) =>
      [
        `プログラム ${programs} 個中 ${match} 個が一致`,
        ...onPurpose.map(([rule, count]) => `意図して置かれたもの ${count} 個 (${purpose(rule, 'ja')})`),
      ].join('、'),
    ko: ({ match, programs, onPurpose }) =>
      [
        `프로그램 ${programs}개 중 ${match}개 일치`,
        ...onPurpose.map(([rule, count]) => `의도적으로 둔 것 ${count}개(${purpose(rule, 'ko')})`),
      ].join(', '),
  }),
  'modules-load': row<{ loaded: number; all: number; twins: number }>({
    en: ({ loaded, all, twins }) =>
      `${loaded} of ${all} native modules load${twins > 0 ? `, ${twins} for another libc or ABI beside them` : ''}`,
    ja: ({ loaded, all, twins }) =>
      `ネイティブモジュール ${all} 個中 ${loaded} 個を読み込み可能${twins > 0 ? `、ほかに別の libc や ABI 用が ${twins} 個` : ''}`,
    ko: ({ loaded, all, twins }) =>
      `네이티브 모듈 ${all}개 중 ${loaded}개를 불러올 수 있음${twins > 0 ? `, 그 밖에 다른 libc나 ABI용 ${twins}개` : ''}`,
  }),
  'commands-load': row<{ loaded: number; all: number }>({
    en: ({ loaded, all }) => `${loaded} of ${all} other dynamically linked commands find their loader and libraries`,
    ja: ({ loaded, all }) => `動的リンクのほかのコマンド ${all} 個中 ${loaded} 個でローダーとライブラリが揃う`,
    ko: ({ loaded, all }) => `동적으로 링크된 다른 명령 ${all}개 중 ${loaded}개가 로더와 라이브러리를 찾음`,
  }),
  'process-libraries': row({
    en: () => 'libraries of the process',
    ja: () => 'プロセスが読み込み済みのライブラリだけを使用',
    ko: () => '프로세스가 이미 불러온 라이브러리만 사용',
  }),
  'distributions-read': row<{ count: number }>({
    en: ({ count }) => `${count} distributions, their requirements on this platform, wheels and extension modules`,
    ja: ({ count }) => `Python パッケージ ${count} 個と、このプラットフォームでの依存関係、wheel、拡張モジュールを確認`,
    ko: ({ count }) => `Python 패키지 ${count}개와 이 플랫폼에서의 의존성, wheel, 확장 모듈을 확인`,
  }),
  'many-requirements': row<{ most: number }>({
    en: ({ most }) => `more than ${most} requirements`,
    ja: ({ most }) => `依存関係の宣言が ${most} 件を超える`,
    ko: ({ most }) => `의존성 선언이 ${most}개를 넘음`,
  }),
  'no-member': row({
    en: () => 'no member installed',
    ja: () => 'このプラットフォーム用のパッケージがない',
    ko: () => '이 플랫폼용 패키지가 없음',
  }),
  'run-by-shell': row({
    en: () => 'no #!, run by the shell',
    ja: () => '#! がなく、シェルが実行',
    ko: () => '#!가 없어 셸이 실행',
  }),
  'overlay-hides': row({
    en: () => 'overlay hides it, other unpackers do not',
    ja: () => 'overlay では隠れ、ほかの展開方式では隠れない',
    ko: () => 'overlay에서는 가려지고 다른 방식에서는 가려지지 않음',
  }),
  whole: row<{ path: string }>({
    en: ({ path }) => `whether ${path} is whole`,
    ja: ({ path }) => `${path} が完全かどうか`,
    ko: ({ path }) => `${path}이(가) 온전한지`,
  }),
  required: row<{ name: string }>({
    en: ({ name }) => `whether ${name} is required`,
    ja: ({ name }) => `${name} が必須かどうか`,
    ko: ({ name }) => `${name}이(가) 필수인지`,
  }),
  executed: row<{ path: string }>({
    en: ({ path }) => `whether ${path} is executed`,
    ja: ({ path }) => `${path} が実行されるかどうか`,
    ko: ({ path }) => `${path}이(가) 실행되는지`,
  }),
  loaded: row<{ member: string }>({
    en: ({ member }) => `whether ${member} is loaded`,
    ja: ({ member }) => `${member} が読み込まれるかどうか`,
    ko: ({ member }) => `${member}을(를) 불러오는지`,
  }),
  contents: row<{ path: string }>({
    en: ({ path }) => `what is in ${path}`,
    ja: ({ path }) => `${path} の中身`,
    ko: ({ path }) => `${path}의 내용`,
  }),
  imported: row<{ path: string }>({
    json: ({ path }) => `imported ${path}`,
    en: ({ path }) => `whether ${path} is imported`,
    ja: ({ path }) => `${path} が import されるかどうか`,
    ko: ({ path }) => `${path}이(가) import되는지`,
  }),
  'whole-layers': row({
    json: () => 'verify without --quick',
    en: () => 'what else is in the layers that were only looked at (`--quick`)',
    ja: () => '一部だけを確認したレイヤーの残り (`--quick`)',
    ko: () => '일부만 살펴본 레이어의 나머지(`--quick`)',
  }),
  'own-platform': row({
    json: () => 'os and architecture',
    en: () => 'which os and architecture the image is for',
    ja: () => 'どの os と architecture 用のイメージか',
    ko: () => '어떤 os와 architecture용 이미지인지',
  }),
  unpacker: row({
    json: () => 'unpacker',
    en: () => 'which unpacker the runtime has (overlay, or another)',
    ja: () => 'ランタイムのレイヤー展開方式 (overlay かどうか)',
    ko: () => '런타임이 레이어를 푸는 방식(overlay인지)',
  }),
  argv: row({
    json: () => 'argv',
    en: () => 'the command that the runtime starts',
    ja: () => 'ランタイムが起動するコマンド',
    ko: () => '런타임이 시작하는 명령',
  }),
  layers: row({
    json: () => 'layers',
    en: () => 'what is in the layers that were not read',
    ja: () => '読み取っていないレイヤーの内容',
    ko: () => '읽지 않은 레이어의 내용',
  }),
  /** A setting of the target that is decided elsewhere. */
  'start-open': row<{ field: string; name: string | undefined; text: string }>({
    json: ({ field, name, text }) => [field, name, text].filter(Boolean).join(' '),
    en: (args) => openSetting.en(args),
    ja: (args) => openSetting.ja(args),
    ko: (args) => openSetting.ko(args),
  }),
  /** The word of a finding that says what is not known of a start, and the file. */
  start: row<{ word: string; path: string }>({
    json: ({ word, path }) => `${word} ${path}`,
    en: ({ word, path }) => `${path}: ${why.en(word)}`,
    ja: ({ word, path }) => `${path}: ${why.ja(word)}`,
    ko: ({ word, path }) => `${path}: ${why.ko(word)}`,
  }),
  /** The same of a native module. */
  module: row<{ word: string; path: string }>({
    json: ({ word, path }) => `${word} ${path}`,
    en: ({ word, path }) => `${path}: ${open.en(word)}`,
    ja: ({ word, path }) => `${path}: ${open.ja(word)}`,
    ko: ({ word, path }) => `${path}: ${open.ko(word)}`,
  }),
  /** A word alone, where the file is named beside it. */
  word: row<{ word: string }>({
    json: ({ word }) => word,
    en: ({ word }) => open.en(word),
    ja: ({ word }) => open.ja(word),
    ko: ({ word }) => open.ko(word),
  }),
  /** Where a file of a layer came from. The place stands behind it: `Dockerfile:7:1`. */
  'origin-line': row<{ instruction: string; by: 'provenance' | 'history' }>({
    en: ({ instruction, by }) =>
      `written by \`${instruction}\`${by === 'history' ? ', going by the history of the image' : ''}`,
    ja: ({ instruction, by }) =>
      `\`${instruction}\` で追加されたファイル${by === 'history' ? ' (イメージの履歴による)' : ''}`,
    ko: ({ instruction, by }) => `\`${instruction}\` 명령으로 추가됨${by === 'history' ? '(이미지 이력 기준)' : ''}`,
  }),
  'origin-base': row<{ instruction: string }>({
    en: ({ instruction }) => `part of the base image: \`${instruction}\``,
    ja: ({ instruction }) => `ベースイメージに含まれるもの: \`${instruction}\``,
    ko: ({ instruction }) => `베이스 이미지에 들어 있음: \`${instruction}\``,
  }),
  'origin-stage': row<{ stage: string; from: string }>({
    en: ({ stage, from }) => `copied from stage \`${stage}\`: \`${from}\``,
    ja: ({ stage, from }) => `ステージ \`${stage}\` からコピー: \`${from}\``,
    ko: ({ stage, from }) => `\`${stage}\` 스테이지에서 복사: \`${from}\``,
  }),
  'origin-before': row<{ instruction: string; sure: boolean }>({
    en: ({ instruction, sure }) => `which ${sure ? 'has' : 'may have'} it from \`${instruction}\``,
    ja: ({ instruction, sure }) =>
      sure ? `\`${instruction}\` でそのステージに入ったもの` : `\`${instruction}\` でそのステージに入った可能性がある`,
    ko: ({ instruction, sure }) =>
      sure
        ? `\`${instruction}\` 명령으로 그 스테이지에 추가됨`
        : `\`${instruction}\` 명령으로 그 스테이지에 추가됐을 수 있음`,
  }),
  /** What stands at the other end of a finding: a platform that something is declared to be. */
  'is-for': row<{ what: string; platforms: readonly string[]; how: 'declared' | 'default' }>({
    en: ({ what, platforms, how }) =>
      `${what} is ${platforms.join(', ')}${how === 'default' ? ', because nothing is declared' : ''}`,
    ja: ({ what, platforms, how }) =>
      `${what} は ${platforms.join('、')} です${how === 'default' ? ' (指定がないときの既定)' : ''}`,
    ko: ({ what, platforms, how }) =>
      `${what}은(는) ${platforms.join(', ')}입니다${how === 'default' ? '(지정하지 않을 때의 기본값)' : ''}`,
  }),
  /** Where an image of the sources runs, and how its CPU is known. */
  'wants-member': row<{ owner: string }>({
    en: ({ owner }) => `${owner} has lost its own as well`,
    ja: ({ owner }) => `${owner} のものもありません`,
    ko: ({ owner }) => `${owner}의 것도 없습니다`,
  }),
  'runs-there': row<{
    runtime: string;
    platforms: readonly string[];
    how: 'declared' | 'default' | 'only' | 'node' | 'open';
  }>({
    en: ({ runtime, platforms, how }) =>
      `${runtime} runs ${platforms.join(', ')}${{ declared: ', as declared', default: ' where nothing is declared', only: ', and nothing else', node: '', open: '' }[how]}`,
    ja: ({ runtime, platforms, how }) =>
      `${runtime} は ${platforms.join('、')} で動きます${{ declared: ' (ここで指定)', default: ' (指定がないときの既定)', only: ' (ほかの CPU はありません)', node: '', open: '' }[how]}`,
    ko: ({ runtime, platforms, how }) =>
      `${runtime}은(는) ${platforms.join(', ')}에서 실행됩니다${{ declared: '(여기서 지정)', default: '(지정하지 않을 때의 기본값)', only: '(다른 CPU는 없음)', node: '', open: '' }[how]}`,
  }),
};

type ArgsOf<Id extends keyof typeof remarks> = (typeof remarks)[Id] extends Row<infer Args> ? Args : never;

/** A sentence as data: which, and with what. */
export type Remark = {
  readonly [Id in keyof typeof remarks]: { readonly remark: Id; readonly args: ArgsOf<Id> };
}[keyof typeof remarks];

/** Makes a remark; what its sentence needs is its type. */
export function remark<Id extends keyof typeof remarks>(
  id: Id,
  ...[args]: ArgsOf<Id> extends void ? [] : [ArgsOf<Id>]
): Remark {
  return { remark: id, args } as Remark;
}

/** The words of a remark for a reader; data stays as it is. */
export function remarkText(said: Remark | Related['note'] | string, language: Language): string {
  if (typeof said === 'string') return said;
  const text = (remarks[said.remark as Remark['remark']] as Row<unknown>)[language](said.args);
  return language === 'ko' ? josa(text) : text;
}

/** The words of a remark for programs. */
export function remarkJson(said: Remark | string): string {
  if (typeof said === 'string') return said;
  const { json, en } = remarks[said.remark] as Row<unknown>;
  return (json ?? en)(said.args);
}
