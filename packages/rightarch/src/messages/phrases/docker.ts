import type { Text } from '../language.ts';

/** What `rightarch docker` says beside what docker would: a line each, on stderr. */
export const dockerTexts = {
  consumers: {
    en: ({ platforms, consumers }) => `built for ${platforms}: run by ${consumers}`,
    ja: ({ platforms, consumers }) => `${platforms} 向けにビルドします: 実行するのは ${consumers}`,
    ko: ({ platforms, consumers }) => `${platforms}용으로 빌드합니다: 실행하는 쪽은 ${consumers}`,
  } satisfies Text<{ platforms: string; consumers: string }>,
  unknown: {
    en: ({ platform }) => `built for ${platform}, this machine's: nothing here says what runs it`,
    ja: ({ platform }) => `${platform} (このマシン) 向けにビルドします: どこで実行されるかを示すものが見つかりません`,
    ko: ({ platform }) => `이 머신의 ${platform}용으로 빌드합니다: 무엇이 실행하는지 알 수 있는 것이 없습니다`,
  } satisfies Text<{ platform: string }>,
  handedOn: {
    en: ({ what }) => `handed to Docker because of ${what}: nothing of it is proven until it is pushed`,
    ja: ({ what }) => `${what} があるため Docker に渡します。push するまで証明は行いません`,
    ko: ({ what }) => `${what} 때문에 Docker에 전달합니다. push할 때까지 증명하지 않습니다`,
  } satisfies Text<{ what: string }>,
  kept: {
    en: ({ why }) =>
      why === 'daemon'
        ? 'Docker does not answer: the image is kept here, and `docker run` will not see it'
        : 'Docker cannot hold this image: it is kept here, and pushed from here',
    ja: ({ why }) =>
      why === 'daemon'
        ? 'Docker が応答しないため、イメージはここに保管します。`docker run` からは見えません'
        : 'Docker にはこのイメージを入れられないため、ここに保管し、ここから push します',
    ko: ({ why }) =>
      why === 'daemon'
        ? 'Docker가 응답하지 않아 이미지를 여기에 보관합니다. `docker run`에서는 보이지 않습니다'
        : 'Docker에 이 이미지를 넣을 수 없어 여기에 보관하고, 여기에서 push합니다',
  } satisfies Text<{ why: 'daemon' | 'platform' }>,
  built: {
    en: ({ image, platforms, time }) => `built ${image} for ${platforms} in ${time}`,
    ja: ({ image, platforms, time }) => `${image} を ${platforms} 向けにビルドしました (${time})`,
    ko: ({ image, platforms, time }) => `${image} 이미지를 ${platforms}용으로 빌드했습니다(${time})`,
  } satisfies Text<{ image: string; platforms: string; time: string }>,
  otherAsset: {
    en: ({ name }) => `${name} was not built here for what runs it now, and is built anew`,
    ja: ({ name }) => `${name} は今の実行先に合わせてここでビルドされたものではないため、ビルドし直します`,
    ko: ({ name }) => `${name} 이미지는 지금 실행하는 쪽에 맞춰 여기서 빌드한 것이 아니므로 다시 빌드합니다`,
  } satisfies Text<{ name: string }>,
};
