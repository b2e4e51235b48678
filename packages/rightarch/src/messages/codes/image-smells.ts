import { code, q } from '../code.ts';

/** What looks wrong about an index from its manifests alone. */
export const imageSmellCodes = {
  'image/entries-same': code<{ platforms: readonly string[]; layers: number; bytes: number }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'Two platforms list the same layers',
      ja: '複数のプラットフォームが同じレイヤーを指している',
      ko: '여러 플랫폼이 같은 레이어를 가리킴',
    },
    message: {
      en: ({ platforms, layers, bytes }) =>
        `${platforms.join(' and ')} list the same ${layers === 1 ? 'layer' : `${layers} layers`} (${bytes} bytes): if there is machine code in them, one of the two cannot run`,
      ja: ({ platforms, layers, bytes }) =>
        `${platforms.join(' と ')} は同じ ${layers} 個のレイヤー (${bytes} バイト) を指しています。機械語が含まれていれば、どちらかは動きません`,
      ko: ({ platforms, layers, bytes }) =>
        `${platforms.join(', ')}이(가) 같은 레이어 ${layers}개(${bytes}바이트)를 가리킵니다. 기계어가 들어 있다면 둘 중 하나는 실행되지 않습니다`,
    },
    fix: {
      en: () => 'Run `rightarch verify` on the image: it reads the layers and tells which platform is wrong',
      ja: () =>
        'このイメージに `rightarch verify` を実行してください。レイヤーを読み、どのプラットフォームが誤りかを示します',
      ko: () => '이 이미지에 `rightarch verify`를 실행하세요. 레이어를 읽고 어느 플랫폼이 잘못되었는지 알려 줍니다',
    },
  }),
  'image/base-shared': code<{ platforms: readonly string[]; bytes: number; digest: string; instruction?: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'Platforms of different CPUs stand on the same base',
      ja: 'CPU の異なるプラットフォームが同じベースの上にある',
      ko: 'CPU가 다른 플랫폼이 같은 베이스를 씀',
    },
    message: {
      en: ({ platforms, bytes, instruction }) =>
        `${platforms.join(' and ')} share a layer of ${bytes} bytes at their base${instruction === undefined ? '' : ` (${q(instruction)})`}: a base image is built for one CPU`,
      ja: ({ platforms, bytes, instruction }) =>
        `${platforms.join(' と ')} が、ベースの ${bytes} バイトのレイヤー${instruction === undefined ? '' : ` (${q(instruction)})`} を共有しています。ベースイメージは CPU ごとに異なるはずです`,
      ko: ({ platforms, bytes, instruction }) =>
        `${platforms.join(', ')}이(가) 베이스의 ${bytes}바이트 레이어${instruction === undefined ? '' : `(${q(instruction)})`}을(를) 공유합니다. 베이스 이미지는 CPU마다 달라야 합니다`,
    },
    fix: {
      en: () =>
        'Look for a `FROM` with a fixed `--platform`, or with the digest of one platform instead of that of the index',
      ja: () =>
        '`--platform` を固定した `FROM` や、インデックスではなく 1 つのプラットフォームのダイジェストを指定した `FROM` がないか確認してください',
      ko: () => '`--platform`을 고정했거나, 인덱스가 아니라 한 플랫폼의 다이제스트를 지정한 `FROM`이 있는지 확인하세요',
    },
  }),
  'image/base-other-cpu': code<{
    platform: string;
    /** Who says which base it is: the instruction of the lowest layer, an annotation, the provenance. */
    by: 'instruction' | 'name' | 'provenance';
    text: string;
  }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'A platform says that its base is for another CPU',
      ja: 'プラットフォームのベースが別の CPU 用とされている',
      ko: '플랫폼의 베이스가 다른 CPU용으로 적혀 있음',
    },
    message: {
      en: ({ platform, by, text }) =>
        by === 'instruction'
          ? `The lowest layer of ${platform} was made by ${q(text)}, which names another CPU`
          : by === 'name'
            ? `${platform} names its base ${q(text)} (\`org.opencontainers.image.base.name\`), which is for another CPU`
            : `The provenance of ${platform} knows base images for other platforms only: ${q(text)}`,
      ja: ({ platform, by, text }) =>
        by === 'instruction'
          ? `${platform} の最下層のレイヤーは ${q(text)} で作られており、別の CPU の名前が入っています`
          : by === 'name'
            ? `${platform} のベースは ${q(text)} (\`org.opencontainers.image.base.name\`) とされており、これは別の CPU 用です`
            : `${platform} の来歴 (provenance) には、別のプラットフォーム用のベースイメージしかありません: ${q(text)}`,
      ko: ({ platform, by, text }) =>
        by === 'instruction'
          ? `${platform}의 가장 아래 레이어를 만든 명령 ${q(text)}에 다른 CPU의 이름이 들어 있습니다`
          : by === 'name'
            ? `${platform}의 베이스는 ${q(text)}(\`org.opencontainers.image.base.name\`)로 적혀 있는데, 다른 CPU용입니다`
            : `${platform}의 출처 증명(provenance)에는 다른 플랫폼용 베이스 이미지만 있습니다: ${q(text)}`,
    },
    fix: {
      en: () =>
        'Look for a `FROM` with a fixed `--platform`, with the digest of one platform or with a name for one CPU (`amd64/debian`); `rightarch verify` reads the layers and decides',
      ja: () =>
        '`--platform` を固定した `FROM`、1 つのプラットフォームのダイジェストや CPU 名入りの名前 (`amd64/debian`) を指定した `FROM` がないか確認してください。`rightarch verify` はレイヤーを読んで判定します',
      ko: () =>
        '`--platform`을 고정했거나, 한 플랫폼의 다이제스트 또는 CPU 이름이 든 이름(`amd64/debian`)을 지정한 `FROM`이 있는지 확인하세요. `rightarch verify`는 레이어를 읽고 판정합니다',
    },
  }),
  'image/sizes-equal': code<{ platforms: readonly string[]; bytes: number }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'Platforms of different CPUs are equal in size to the byte',
      ja: 'CPU の異なるプラットフォームのサイズが 1 バイトも違わない',
      ko: 'CPU가 다른 플랫폼의 크기가 바이트까지 같음',
    },
    message: {
      en: ({ platforms, bytes }) =>
        `Every layer of ${platforms.join(' and ')} has the same size (${bytes} bytes together): machine code of two CPUs hardly ever compresses to the same size, so one may be a rebuild of the other`,
      ja: ({ platforms, bytes }) =>
        `${platforms.join(' と ')} はどのレイヤーも同じサイズです (合計 ${bytes} バイト)。異なる CPU の機械語が圧縮後に同じサイズになることはまずないため、一方はもう一方をビルドし直しただけかもしれません`,
      ko: ({ platforms, bytes }) =>
        `${platforms.join(', ')}의 모든 레이어 크기가 같습니다(합계 ${bytes}바이트). 서로 다른 CPU의 기계어가 압축 후 같은 크기가 되는 일은 거의 없으므로, 한쪽은 다른 쪽을 다시 빌드하기만 한 것일 수 있습니다`,
    },
    fix: {
      en: () => 'Run `rightarch verify` on the image: it reads the layers and tells which platform is wrong',
      ja: () =>
        'このイメージに `rightarch verify` を実行してください。レイヤーを読み、どのプラットフォームが誤りかを示します',
      ko: () => '이 이미지에 `rightarch verify`를 실행하세요. 레이어를 읽고 어느 플랫폼이 잘못되었는지 알려 줍니다',
    },
  }),
} as const;
