import { cmd, code, list, q } from '../code.ts';
import { native } from './dockerfile-cpu.ts';

const nameOf = (reference: string): string => reference.replace(/@.*$/, '');

/** What a registry did in place of saying what an image is for. */
const silence = {
  absent: {
    en: 'it has no such image, or none for who asked',
    ja: 'イメージがないか、参照する権限がありません',
    ko: '이미지가 없거나 볼 권한이 없습니다',
  },
  busy: {
    en: 'it wants fewer requests (429)',
    ja: 'リクエスト数の制限に達しています (429)',
    ko: '요청 수 제한에 걸렸습니다(429)',
  },
  'no-answer': { en: 'it did not answer', ja: '応答がありません', ko: '응답하지 않았습니다' },
  malformed: {
    en: 'what it answered is no image',
    ja: '応答がイメージとして読めません',
    ko: '응답을 이미지로 읽을 수 없습니다',
  },
} as const;

const otherLibc = (made: 'glibc' | 'musl'): string => (made === 'glibc' ? 'musl' : 'glibc');

/** What the loader of the other libc says, of amd64. */
const loadError = (made: 'glibc' | 'musl'): string =>
  made === 'glibc'
    ? 'Error loading shared library ld-linux-x86-64.so.2'
    : 'libc.musl-x86_64.so.1: cannot open shared object file';

/** What is wrong with the images that a Dockerfile stands on: by what registries say (`check --online`), or by their names. */
export const dockerfileBaseCodes = {
  'dockerfile/base-digest-of-one-platform': code<{
    reference: string;
    platform: string;
    breaks: readonly string[];
    /** The same name with the digest of an index. */
    instead: string | undefined;
    /** The index is of a later image than the one that is pinned. */
    isNewer: boolean;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A base is pinned to the digest of one platform',
      ja: 'ベースイメージが 1 つのプラットフォームのダイジェストに固定されている',
      ko: '베이스 이미지가 한 플랫폼의 다이제스트로 고정됨',
    },
    message: {
      en: ({ platform, breaks }) =>
        `By its registry this digest is the manifest of ${platform} alone, and it is taken for ${breaks.join(', ')} too: the build warns at most (${q('InvalidBaseImagePlatform')}), and what runs there stops with ${q('exec format error')}`,
      ja: ({ platform, breaks }) =>
        `レジストリによると、このダイジェストは ${platform} だけのマニフェストですが、${breaks.join('、')} でも使われます。ビルドは警告 (${q('InvalidBaseImagePlatform')}) を出すだけで、実行すると ${q('exec format error')} で停止します`,
      ko: ({ platform, breaks }) =>
        `레지스트리에 따르면 이 다이제스트는 ${platform}만의 매니페스트인데 ${breaks.join(', ')}에서도 쓰입니다. 빌드는 경고(${q('InvalidBaseImagePlatform')})만 내고, 실행하면 ${q('exec format error')}(으)로 멈춥니다`,
    },
    fix: {
      en: ({ reference, instead, isNewer }) =>
        instead === undefined
          ? `Pin the digest of an index that has each platform: ${cmd(`rightarch inspect ${nameOf(reference)}`)} shows what a tag stands for`
          : `Pin the index: ${q(`FROM ${instead}`)}${isNewer ? '; the tag has moved since, so this is a later image' : ', which holds the same manifest'}`,
      ja: ({ reference, instead, isNewer }) =>
        instead === undefined
          ? `必要なプラットフォームがそろったインデックスのダイジェストで固定してください。タグの内容は ${cmd(`rightarch inspect ${nameOf(reference)}`)} で確認できます`
          : `インデックスのダイジェストで固定してください: ${q(`FROM ${instead}`)}${isNewer ? ' (タグは更新されており、これは新しいイメージです)' : ' (同じマニフェストを含みます)'}`,
      ko: ({ reference, instead, isNewer }) =>
        instead === undefined
          ? `필요한 플랫폼이 모두 있는 인덱스의 다이제스트로 고정하세요. 태그의 내용은 ${cmd(`rightarch inspect ${nameOf(reference)}`)}(으)로 볼 수 있습니다`
          : `인덱스의 다이제스트로 고정하세요: ${q(`FROM ${instead}`)}${isNewer ? '(그 사이 태그가 바뀌어 이것은 더 새로운 이미지입니다)' : '(같은 매니페스트를 담고 있습니다)'}`,
    },
  }),
  'dockerfile/base-unknown': code<{
    host: string;
    why: keyof typeof silence;
    images: readonly string[];
  }>({
    severity: 'note',
    since: '0.1.0',
    title: {
      en: 'A registry does not say what a base is for',
      ja: 'レジストリがベースイメージのプラットフォームを答えない',
      ko: '레지스트리가 베이스 이미지의 플랫폼을 알려 주지 않음',
    },
    message: {
      en: ({ host, why, images }) =>
        `${q(host)} did not say which platforms ${list(images)} ${images.length === 1 ? 'has' : 'have'}: ${silence[why].en}`,
      ja: ({ host, why, images }) =>
        `${list(images)} のプラットフォームを ${q(host)} から確認できません。${silence[why].ja}`,
      ko: ({ host, why, images }) => `${list(images)}의 플랫폼을 ${q(host)}에서 확인할 수 없습니다. ${silence[why].ko}`,
    },
    fix: {
      en: ({ why, images: [first = ''] }) =>
        why === 'busy'
          ? `Log in to the registry, which raises the limit, or ask again later`
          : `See what stands in the way: ${cmd(`rightarch inspect ${first}`)}`,
      ja: ({ why, images: [first = ''] }) =>
        why === 'busy'
          ? `レジストリにログインすると上限が上がります。または、時間をおいて実行してください`
          : `原因を確認してください: ${cmd(`rightarch inspect ${first}`)}`,
      ko: ({ why, images: [first = ''] }) =>
        why === 'busy'
          ? `레지스트리에 로그인하면 한도가 올라갑니다. 또는 나중에 다시 실행하세요`
          : `원인을 확인하세요: ${cmd(`rightarch inspect ${first}`)}`,
    },
  }),
  'dockerfile/libc-of-another-base': code<{
    what: 'go' | 'rust' | 'c' | 'node' | 'python';
    path: string;
    stage: string;
    command: string;
    /** The base of the stage, and that of the image. */
    image: string;
    base: string;
    made: 'glibc' | 'musl';
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'What is copied was linked to the libc of another base',
      ja: 'コピーされるものがベースイメージと別の libc にリンクされている',
      ko: '복사하는 것이 베이스 이미지와 다른 libc에 링크되어 있음',
    },
    message: {
      en: ({ what, path, stage, command, image, base, made }) =>
        `${q(path)} of stage ${q(stage)} holds ${native[what].en} that ${q(command)} linked to ${made}, the libc of ${q(image)}; the image stands on ${q(base)}, which has ${otherLibc(made)}: there ${what === 'node' || what === 'python' ? `they do not load (${q(loadError(made))})` : `it does not start (${q('no such file or directory')}: its loader is missing)`}`,
      ja: ({ what, path, stage, command, image, base, made }) =>
        `ステージ ${q(stage)} の ${q(path)} には、${q(command)} が ${q(image)} の libc である ${made} にリンクした${native[what].ja}があります。イメージのベース ${q(base)} の libc は ${otherLibc(made)} なので、${what === 'node' || what === 'python' ? `読み込めません (${q(loadError(made))})` : `ローダーが見つからず起動できません (${q('no such file or directory')})`}`,
      ko: ({ what, path, stage, command, image, base, made }) =>
        `스테이지 ${q(stage)}의 ${q(path)}에는 ${q(command)}이(가) ${q(image)}의 libc인 ${made}에 링크한 ${native[what].ko}이(가) 있습니다. 이미지의 베이스 ${q(base)}의 libc는 ${otherLibc(made)}이므로 ${what === 'node' || what === 'python' ? `로드되지 않습니다(${q(loadError(made))})` : `로더가 없어 시작되지 않습니다(${q('no such file or directory')})`}`,
    },
    fix: {
      en: ({ stage, image, base, made }) =>
        made === 'glibc'
          ? `Give both one libc: an Alpine variant of ${q(image)} for stage ${q(stage)}, or a base of Debian in place of ${q(base)}`
          : `Give both one libc: a Debian variant of ${q(image)} for stage ${q(stage)}, or a base of Alpine in place of ${q(base)}`,
      ja: ({ stage, image, base, made }) =>
        made === 'glibc'
          ? `libc をそろえてください。ステージ ${q(stage)} に ${q(image)} の Alpine 版を使うか、${q(base)} の代わりに Debian 系のベースイメージを使います`
          : `libc をそろえてください。ステージ ${q(stage)} に ${q(image)} の Debian 版を使うか、${q(base)} の代わりに Alpine 系のベースイメージを使います`,
      ko: ({ stage, image, base, made }) =>
        made === 'glibc'
          ? `libc를 맞추세요. 스테이지 ${q(stage)}에 ${q(image)}의 Alpine 변형을 쓰거나, ${q(base)} 대신 Debian 계열 베이스를 씁니다`
          : `libc를 맞추세요. 스테이지 ${q(stage)}에 ${q(image)}의 Debian 변형을 쓰거나, ${q(base)} 대신 Alpine 계열 베이스를 씁니다`,
    },
  }),
  'dockerfile/neutral-stage-emulated': code<{ stage: string; image: string; platforms: readonly string[] }>({
    severity: 'note',
    since: '0.1.0',
    title: {
      en: 'A stage whose files have no CPU is built once for each platform',
      ja: 'CPU に依存しないファイルだけのステージをプラットフォームごとにビルドしている',
      ko: 'CPU와 무관한 파일만 주는 스테이지를 플랫폼마다 빌드함',
    },
    message: {
      en: ({ stage, platforms }) =>
        `Only files that a web server hands out leave stage ${q(stage)}, and it is built once for each of ${platforms.join(', ')}, emulated wherever that is not the CPU of the builder`,
      ja: ({ stage, platforms }) =>
        `ステージ ${q(stage)} からコピーされるのは Web サーバーが配信するファイルだけですが、${platforms.join('、')} ごとにビルドされ、ビルドするマシンの CPU と異なる場合はエミュレーションになります`,
      ko: ({ stage, platforms }) =>
        `스테이지 ${q(stage)}에서 복사되는 것은 웹 서버가 내보내는 파일뿐인데, ${platforms.join(', ')}마다 빌드되고 빌드하는 머신의 CPU와 다르면 에뮬레이션이 됩니다`,
    },
    fix: {
      en: ({ image }) => `Build it once, on the CPU of the builder: ${q(`FROM --platform=$BUILDPLATFORM ${image}`)}`,
      ja: ({ image }) =>
        `ビルドするマシンの CPU で 1 回だけビルドしてください: ${q(`FROM --platform=$BUILDPLATFORM ${image}`)}`,
      ko: ({ image }) => `빌드하는 머신의 CPU로 한 번만 빌드하세요: ${q(`FROM --platform=$BUILDPLATFORM ${image}`)}`,
    },
  }),
} as const;
