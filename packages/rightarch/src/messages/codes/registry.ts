import { code, list, q } from '../code.ts';

type Credentials = 'sent' | 'none';

const login = (host: string) => `docker login ${host === 'docker.io' ? '' : host}`.trim();

/** A registry on this machine rarely speaks TLS. */
const scheme = (host: string) => (/^(localhost|127\.|\[::1\])/.test(host) ? 'http' : 'https');

const subjectEn: Readonly<Record<string, string>> = {
  tag: 'tag',
  manifest: 'manifest',
  blob: 'blob',
  upload: 'upload of',
  tags: 'tag list of',
  referrers: 'referrers of',
  token: 'token for',
};
const subjectJa: Readonly<Record<string, string>> = {
  tag: 'タグ',
  manifest: 'マニフェスト',
  blob: 'blob',
  upload: 'アップロード',
  tags: 'タグ一覧',
  referrers: 'referrers',
  token: 'トークン',
};
const subjectKo: Readonly<Record<string, string>> = {
  tag: '태그',
  manifest: '매니페스트',
  blob: 'blob',
  upload: '업로드',
  tags: '태그 목록',
  referrers: 'referrers',
  token: '토큰',
};

export const registryCodes = {
  'registry/unreachable': code<{ host: string; fault: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A registry cannot be reached',
      ja: 'レジストリに接続できない',
      ko: '레지스트리에 연결할 수 없음',
    },
    message: {
      en: ({ host, fault }) =>
        `${q(host)} ${
          {
            name: 'has no address: the name does not resolve',
            refused: 'takes no connection',
            timeout: 'does not answer in time',
            certificate: 'shows a certificate that is not trusted here',
            tls: 'does not speak TLS',
            protocol: 'does not answer in HTTP',
          }[fault] ?? 'cuts the connection, every time it was tried'
        }`,
      ja: ({ host, fault }) =>
        `${q(host)} ${
          {
            name: 'の名前を解決できません',
            refused: 'が接続を受け付けません',
            timeout: 'が時間内に応答しません',
            certificate: 'の証明書を信頼できません',
            tls: 'は TLS に対応していません',
            protocol: 'の応答が HTTP ではありません',
          }[fault] ?? 'が接続を切断します。再試行しても同じでした'
        }`,
      ko: ({ host, fault }) =>
        `${q(host)} ${
          {
            name: '호스트의 이름을 해석할 수 없습니다',
            refused: '호스트가 연결을 받지 않습니다',
            timeout: '호스트가 제시간에 응답하지 않습니다',
            certificate: '호스트의 인증서를 신뢰할 수 없습니다',
            tls: '호스트가 TLS를 지원하지 않습니다',
            protocol: '호스트의 응답이 HTTP가 아닙니다',
          }[fault] ?? '호스트가 연결을 끊습니다. 재시도해도 마찬가지였습니다'
        }`,
    },
    fix: {
      en: ({ host, fault }) =>
        fault === 'certificate'
          ? 'Pass the certificate of your CA with `NODE_EXTRA_CA_CERTS=ca.pem`'
          : fault === 'tls'
            ? `If this registry is meant to speak plain HTTP, add \`--allow-http ${host}\``
            : fault === 'name'
              ? 'Check the spelling of the host, and DNS or VPN'
              : `Check that \`curl -I ${scheme(host)}://${host}/v2/\` answers from here; behind a proxy set HTTPS_PROXY`,
      ja: ({ host, fault }) =>
        fault === 'certificate'
          ? '`NODE_EXTRA_CA_CERTS=ca.pem` で CA 証明書を指定してください'
          : fault === 'tls'
            ? `平文 HTTP のレジストリであれば \`--allow-http ${host}\` を付けてください`
            : fault === 'name'
              ? 'ホスト名のつづりと、DNS や VPN の設定を確認してください'
              : `この環境から \`curl -I ${scheme(host)}://${host}/v2/\` に応答があるか確認してください。プロキシ経由なら HTTPS_PROXY を設定します`,
      ko: ({ host, fault }) =>
        fault === 'certificate'
          ? '`NODE_EXTRA_CA_CERTS=ca.pem`으로 CA 인증서를 지정하세요'
          : fault === 'tls'
            ? `평문 HTTP 레지스트리라면 \`--allow-http ${host}\`를 붙이세요`
            : fault === 'name'
              ? '호스트 이름의 철자와 DNS, VPN 설정을 확인하세요'
              : `이 환경에서 \`curl -I ${scheme(host)}://${host}/v2/\`가 응답하는지 확인하세요. 프록시를 쓴다면 HTTPS_PROXY를 설정하세요`,
    },
  }),
  'registry/unauthorized': code<{ host: string; image: string; credentials: Credentials }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A registry does not accept the credentials',
      ja: 'レジストリの認証が通らない',
      ko: '레지스트리 인증이 통과되지 않음',
    },
    message: {
      en: ({ host, image, credentials }) =>
        credentials === 'sent'
          ? `${q(host)} does not accept the credentials that were sent for ${q(image)}`
          : `${q(host)} asks for credentials for ${q(image)}, and none were found for this host`,
      ja: ({ host, image, credentials }) =>
        credentials === 'sent'
          ? `${q(host)} が、${q(image)} 用に送った認証情報を受け付けません`
          : `${q(host)} は ${q(image)} に認証を求めていますが、このホストの認証情報が見つかりません`,
      ko: ({ host, image, credentials }) =>
        credentials === 'sent'
          ? `${q(host)}에서 ${q(image)}용으로 보낸 인증 정보를 거부했습니다`
          : `${q(host)}에서 ${q(image)}에 인증을 요구하지만 이 호스트의 인증 정보를 찾지 못했습니다`,
    },
    fix: {
      en: ({ host, credentials }) =>
        credentials === 'sent'
          ? `Log in again, because tokens expire: \`${login(host)}\``
          : `Log in: \`${login(host)}\`; if you did, check the spelling of the image`,
      ja: ({ host, credentials }) =>
        credentials === 'sent'
          ? `トークンの期限切れが考えられます。ログインし直してください: \`${login(host)}\``
          : `ログインしてください: \`${login(host)}\`。ログイン済みなら、イメージ名のつづりを確認してください`,
      ko: ({ host, credentials }) =>
        credentials === 'sent'
          ? `토큰이 만료되었을 수 있으니 다시 로그인하세요: \`${login(host)}\``
          : `로그인하세요: \`${login(host)}\`. 이미 로그인했다면 이미지 이름의 철자를 확인하세요`,
    },
  }),
  'registry/forbidden': code<{ host: string; image: string; credentials: Credentials }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A registry does not allow this',
      ja: 'レジストリの権限がない',
      ko: '레지스트리 권한 없음',
    },
    message: {
      en: ({ host, image, credentials }) =>
        credentials === 'sent'
          ? `${q(host)} accepts the credentials that were sent, but they do not allow this with ${q(image)}`
          : `${q(host)} does not allow this with ${q(image)} to a request without credentials`,
      ja: ({ host, image, credentials }) =>
        credentials === 'sent'
          ? `${q(host)} に送った認証情報には、${q(image)} に対するこの操作の権限がありません`
          : `${q(host)} は、認証情報なしでは ${q(image)} に対するこの操作を許可していません`,
      ko: ({ host, image, credentials }) =>
        credentials === 'sent'
          ? `${q(host)}에 보낸 인증 정보에는 ${q(image)}에 대한 이 작업 권한이 없습니다`
          : `${q(host)}에서는 인증 정보 없이 ${q(image)}에 이 작업을 할 수 없습니다`,
    },
    fix: {
      en: ({ host, credentials }) =>
        credentials === 'sent'
          ? 'Give this account read access to pull, or write access to push, in the settings of the repository'
          : `Log in: \`${login(host)}\``,
      ja: ({ host, credentials }) =>
        credentials === 'sent'
          ? 'リポジトリの設定で、このアカウントに pull なら読み取り、push なら書き込みの権限を与えてください'
          : `ログインしてください: \`${login(host)}\``,
      ko: ({ host, credentials }) =>
        credentials === 'sent'
          ? '저장소 설정에서 이 계정에 pull은 읽기, push는 쓰기 권한을 주세요'
          : `로그인하세요: \`${login(host)}\``,
    },
  }),
  'registry/not-found': code<{ host: string; kind: string; name: string; credentials: Credentials }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A registry does not have it',
      ja: 'レジストリに存在しない',
      ko: '레지스트리에 없음',
    },
    message: {
      en: ({ host, kind, name, credentials }) =>
        `${q(host)} does not have the ${subjectEn[kind] ?? kind} ${q(name)}${
          credentials === 'sent' ? '' : ', or hides it from requests without credentials'
        }`,
      ja: ({ host, kind, name, credentials }) =>
        `${q(host)} に${subjectJa[kind] ?? kind} ${q(name)} がありません${
          credentials === 'sent' ? '' : '。認証情報なしのリクエストからは見えないだけの可能性もあります'
        }`,
      ko: ({ host, kind, name, credentials }) =>
        `${q(host)}에 ${subjectKo[kind] ?? kind} ${q(name)}이(가) 없습니다${
          credentials === 'sent' ? '' : '. 인증 정보가 없는 요청에는 보이지 않는 것일 수도 있습니다'
        }`,
    },
    fix: {
      en: ({ host, credentials }) =>
        credentials === 'sent'
          ? 'Check the spelling of repository and tag; some registries want the repository created before the first push'
          : `Check the spelling of repository and tag; if it is private, log in: \`${login(host)}\``,
      ja: ({ host, credentials }) =>
        credentials === 'sent'
          ? 'リポジトリ名とタグのつづりを確認してください。最初の push の前にリポジトリの作成が必要なレジストリもあります'
          : `リポジトリ名とタグのつづりを確認してください。非公開ならログインしてください: \`${login(host)}\``,
      ko: ({ host, credentials }) =>
        credentials === 'sent'
          ? '저장소 이름과 태그의 철자를 확인하세요. 처음 push하기 전에 저장소를 만들어야 하는 레지스트리도 있습니다'
          : `저장소 이름과 태그의 철자를 확인하세요. 비공개라면 로그인하세요: \`${login(host)}\``,
    },
  }),
  'registry/rate-limited': code<{ host: string; credentials: Credentials; seconds?: number }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A registry limits the number of requests',
      ja: 'レジストリのリクエスト数の上限に達した',
      ko: '레지스트리 요청 한도 초과',
    },
    message: {
      en: ({ host, seconds }) =>
        `${q(host)} takes no more requests for now${seconds === undefined ? '' : `, and says to come back in ${seconds} s`}`,
      ja: ({ host, seconds }) =>
        `${q(host)} のリクエスト数の上限に達しました${seconds === undefined ? '' : `。${seconds} 秒後に再試行するよう求められています`}`,
      ko: ({ host, seconds }) =>
        `${q(host)}의 요청 한도에 도달했습니다${seconds === undefined ? '' : `. ${seconds}초 뒤에 다시 시도하라고 합니다`}`,
    },
    fix: {
      en: ({ host, credentials }) =>
        credentials === 'sent'
          ? `Wait and run it again, or read from a mirror: \`--mirror ${host}=PLACE\``
          : `Log in for a higher limit (\`${login(host)}\`), or read from a mirror: \`--mirror ${host}=PLACE\``,
      ja: ({ host, credentials }) =>
        credentials === 'sent'
          ? `しばらく待って再実行するか、ミラーを使ってください: \`--mirror ${host}=PLACE\``
          : `ログインすると上限が上がります (\`${login(host)}\`)。ミラーも使えます: \`--mirror ${host}=PLACE\``,
      ko: ({ host, credentials }) =>
        credentials === 'sent'
          ? `잠시 뒤 다시 실행하거나 미러를 쓰세요: \`--mirror ${host}=PLACE\``
          : `로그인하면 한도가 올라갑니다(\`${login(host)}\`). 미러를 써도 됩니다: \`--mirror ${host}=PLACE\``,
    },
  }),
  'registry/unavailable': code<{ host: string; status: number; attempts: number }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A registry reports a fault of its own',
      ja: 'レジストリ側の障害',
      ko: '레지스트리 쪽 장애',
    },
    message: {
      en: ({ host, status, attempts }) =>
        `${q(host)} answers with status ${status}${attempts > 1 ? `, after ${attempts} tries` : ''}`,
      ja: ({ host, status, attempts }) =>
        `${q(host)} がステータス ${status} を返します${attempts > 1 ? ` (${attempts} 回試行)` : ''}`,
      ko: ({ host, status, attempts }) =>
        `${q(host)}에서 상태 ${status}을(를) 반환합니다${attempts > 1 ? `(${attempts}회 시도)` : ''}`,
    },
    fix: {
      en: ({ host }) => `Run it again later; see the status page or the log of ${q(host)}`,
      ja: ({ host }) => `時間をおいて再実行し、${q(host)} のステータスページかログを確認してください`,
      ko: ({ host }) => `나중에 다시 실행하고 ${q(host)}의 상태 페이지나 로그를 확인하세요`,
    },
  }),
  'registry/refused': code<{ host: string; status: number; kind: string; name: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A registry refuses a request',
      ja: 'レジストリがリクエストを拒否した',
      ko: '레지스트리가 요청을 거부함',
    },
    message: {
      en: ({ host, status, kind, name }) =>
        `${q(host)} refuses the ${subjectEn[kind] ?? kind} ${q(name)} with status ${status}`,
      ja: ({ host, status, kind, name }) =>
        `${q(host)} が${subjectJa[kind] ?? kind} ${q(name)} をステータス ${status} で拒否しました`,
      ko: ({ host, status, kind, name }) =>
        `${q(host)}에서 ${subjectKo[kind] ?? kind} ${q(name)}을(를) 상태 ${status}(으)로 거부했습니다`,
    },
    fix: {
      en: ({ status }) =>
        status === 413
          ? 'Raise the body limit of the proxy in front of the registry (`client_max_body_size` in nginx)'
          : 'Read what the registry says above: immutable tags, quotas and policies cause such refusals',
      ja: ({ status }) =>
        status === 413
          ? 'レジストリの前段にあるプロキシの本文サイズの上限を上げてください (nginx なら `client_max_body_size`)'
          : '上のレジストリのメッセージを確認してください。タグの上書き禁止、容量制限、ポリシーなどが原因になります',
      ko: ({ status }) =>
        status === 413
          ? '레지스트리 앞 프록시의 본문 크기 제한을 늘리세요(nginx는 `client_max_body_size`)'
          : '위에 있는 레지스트리의 메시지를 확인하세요. 태그 덮어쓰기 금지, 용량 제한, 정책 등이 원인일 수 있습니다',
    },
  }),
  'registry/not-a-registry': code<{ host: string; status: number }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A web page answers where a registry should',
      ja: 'レジストリではなく Web ページが応答した',
      ko: '레지스트리 대신 웹 페이지가 응답함',
    },
    message: {
      en: ({ host, status }) =>
        `${q(host)} answers with a web page (status ${status}) where a registry answers with JSON`,
      ja: ({ host, status }) =>
        `${q(host)} が JSON ではなく Web ページを返しました (ステータス ${status})。レジストリの応答ではありません`,
      ko: ({ host, status }) =>
        `${q(host)}에서 JSON이 아니라 웹 페이지를 반환했습니다(상태 ${status}). 레지스트리의 응답이 아닙니다`,
    },
    fix: {
      en: ({ host }) =>
        `Check the host and port, and whether a proxy or a login page is in between: \`curl -i ${scheme(host)}://${host}/v2/\``,
      ja: ({ host }) =>
        `ホストとポート、途中のプロキシやログイン画面を確認してください: \`curl -i ${scheme(host)}://${host}/v2/\``,
      ko: ({ host }) =>
        `호스트와 포트, 중간의 프록시나 로그인 페이지를 확인하세요: \`curl -i ${scheme(host)}://${host}/v2/\``,
    },
  }),
  'registry/malformed-answer': code<{ host: string; part: string; problem: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'An answer of a registry cannot be understood',
      ja: 'レジストリの応答を解釈できない',
      ko: '레지스트리의 응답을 해석할 수 없음',
    },
    message: {
      en: ({ host, part, problem }) =>
        `The ${q(part)} in the answer of ${q(host)} ${
          {
            missing: 'is missing',
            json: 'is not JSON',
            form: 'does not have the form that the specification gives it',
            realm: 'names no address for tokens',
            scheme: 'asks for a way to log in that is neither Bearer nor Basic',
            range: 'is not the range that was asked for',
            endless: 'is a list of pages that does not end',
          }[problem] ?? `contradicts the body: ${q(problem)}`
        }`,
      ja: ({ host, part, problem }) =>
        `${q(host)} の応答の ${q(part)} ${
          {
            missing: 'がありません',
            json: 'が JSON ではありません',
            form: 'が仕様の形式に従っていません',
            realm: 'にトークンの取得先がありません',
            scheme: 'が Bearer でも Basic でもない認証方式を求めています',
            range: 'が要求した範囲と違います',
            endless: 'のページ一覧が終わりません',
          }[problem] ?? `が本文と矛盾しています: ${q(problem)}`
        }`,
      ko: ({ host, part, problem }) =>
        `${q(host)} 응답의 ${q(part)}${
          {
            missing: '이(가) 없습니다',
            json: '이(가) JSON이 아닙니다',
            form: '이(가) 사양의 형식을 따르지 않습니다',
            realm: '에 토큰을 받을 주소가 없습니다',
            scheme: '이(가) Bearer도 Basic도 아닌 인증 방식을 요구합니다',
            range: '이(가) 요청한 범위와 다릅니다',
            endless: '의 페이지 목록이 끝나지 않습니다',
          }[problem] ?? `이(가) 본문과 모순됩니다: ${q(problem)}`
        }`,
    },
    fix: {
      en: ({ host }) => `Check that ${q(host)} is a registry, and that no proxy in between changes its answers`,
      ja: ({ host }) =>
        `${q(host)} がレジストリであること、途中のプロキシが応答を書き換えていないことを確認してください`,
      ko: ({ host }) => `${q(host)}이(가) 레지스트리인지, 중간의 프록시가 응답을 바꾸지 않는지 확인하세요`,
    },
  }),
  'registry/wrong-digest': code<{ host: string; name: string; found: string; bytes: number }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A registry sent other bytes than it was asked for',
      ja: 'レジストリが別の内容を返した',
      ko: '레지스트리가 다른 내용을 보냄',
    },
    message: {
      en: ({ host, name, found, bytes }) =>
        `What ${q(host)} sent as ${q(name)} is ${q(found)} (${bytes} bytes): a damaged store, a cache that mixes up answers, or a forgery`,
      ja: ({ host, name, found, bytes }) =>
        `${q(host)} が ${q(name)} として返した内容のダイジェストは ${q(found)} です (${bytes} バイト)。ストレージの破損、キャッシュの取り違え、改ざんのいずれかです`,
      ko: ({ host, name, found, bytes }) =>
        `${q(host)}에서 ${q(name)}(으)로 보낸 내용의 다이제스트는 ${q(found)}입니다(${bytes}바이트). 스토리지 손상, 캐시 혼선, 변조 중 하나입니다`,
    },
    fix: {
      en: ({ host }) => `Do not use it; push the image again, or read from another place than ${q(host)}`,
      ja: ({ host }) => `このイメージは使わず、push し直すか、${q(host)} 以外から取得してください`,
      ko: ({ host }) => `이 이미지를 쓰지 말고, 다시 push하거나 ${q(host)}이(가) 아닌 곳에서 받으세요`,
    },
  }),
  'registry/stored-otherwise': code<{ host: string; name: string; expected: string; found: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A registry stored something else than was sent',
      ja: 'レジストリが送信内容と違うものを保存した',
      ko: '레지스트리가 보낸 것과 다른 내용을 저장함',
    },
    message: {
      en: ({ host, name, expected, found }) =>
        `${q(host)} says that ${q(name)} is now ${q(found)}, but ${q(expected)} was sent`,
      ja: ({ host, name, expected, found }) =>
        `${q(expected)} を送りましたが、${q(host)} では ${q(name)} が ${q(found)} になっています`,
      ko: ({ host, name, expected, found }) =>
        `${q(expected)}을(를) 보냈지만 ${q(host)}에서는 ${q(name)}이(가) ${q(found)}입니다`,
    },
    fix: {
      en: () => 'Run it again; if it stays so, somebody else pushes this tag, or the registry converts manifests',
      ja: () =>
        '再実行してください。変わらない場合は、他の誰かが同じタグに push しているか、レジストリがマニフェストを変換しています',
      ko: () =>
        '다시 실행하세요. 그래도 같다면 다른 누군가가 같은 태그에 push하고 있거나 레지스트리가 매니페스트를 변환하고 있습니다',
    },
  }),
  'registry/cut-short': code<{ host: string; name: string; expected?: number; received?: number }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A download ended too early',
      ja: 'ダウンロードが途中で途切れた',
      ko: '다운로드가 도중에 끊김',
    },
    message: {
      en: ({ host, name, expected, received }) =>
        `${q(host)} stops sending ${q(name)} ${
          expected === undefined ? 'before the end' : `before its ${expected} bytes are complete`
        }${received === undefined ? '' : `; ${received} arrived, resumed as often as is reasonable`}`,
      ja: ({ host, name, expected, received }) =>
        `${q(host)} からの ${q(name)} の受信が${expected === undefined ? '' : ` ${expected} バイトに達する前に`}途切れます${
          received === undefined ? '' : `。再開を繰り返しても ${received} バイトまででした`
        }`,
      ko: ({ host, name, expected, received }) =>
        `${q(host)}에서 받는 ${q(name)}이(가) ${expected === undefined ? '' : `${expected}바이트가 되기 전에 `}끊깁니다${
          received === undefined ? '' : `. 여러 번 이어받아도 ${received}바이트까지였습니다`
        }`,
    },
    fix: {
      en: () => 'Run it again; if it always stops at the same byte, the stored layer is damaged: push the image again',
      ja: () =>
        '再実行してください。毎回同じ位置で止まる場合は保存されたレイヤーが壊れているので、push し直してください',
      ko: () => '다시 실행하세요. 항상 같은 위치에서 멈추면 저장된 레이어가 손상된 것이니 이미지를 다시 push하세요',
    },
  }),
  'registry/too-large': code<{ host: string; name: string; limit: number }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A registry sends more data than is allowed',
      ja: 'レジストリが過大なデータを返した',
      ko: '레지스트리가 너무 많은 데이터를 보냄',
    },
    message: {
      en: ({ host, name, limit }) => `${q(host)} sends more than ${limit} bytes for ${q(name)}; the rest was not read`,
      ja: ({ host, name, limit }) =>
        `${q(host)} が ${q(name)} に対して ${limit} バイトを超えるデータを返しています。残りは読み込んでいません`,
      ko: ({ host, name, limit }) =>
        `${q(host)}에서 ${q(name)}에 대해 ${limit}바이트가 넘는 데이터를 보냅니다. 나머지는 읽지 않았습니다`,
    },
    fix: {
      en: ({ host }) => `Check that ${q(host)} is the registry you mean; a sound one never does this`,
      ja: ({ host }) => `${q(host)} が意図したレジストリか確認してください。正常なレジストリでは起こりません`,
      ko: ({ host }) =>
        `${q(host)}이(가) 의도한 레지스트리인지 확인하세요. 정상적인 레지스트리에서는 일어나지 않습니다`,
    },
  }),
  'registry/redirect-loop': code<{ host: string; limit: number }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A registry does not stop redirecting',
      ja: 'リダイレクトが終わらない',
      ko: '리디렉션이 끝나지 않음',
    },
    message: {
      en: ({ host, limit }) => `${q(host)} still redirects after ${limit} redirects`,
      ja: ({ host, limit }) => `${limit} 回リダイレクトをたどっても、${q(host)} がまだリダイレクトを返します`,
      ko: ({ host, limit }) => `리디렉션을 ${limit}번 따라가도 ${q(host)}에서 또 리디렉션합니다`,
    },
    fix: {
      en: ({ host }) => `Look at where it leads: \`curl -sIL ${scheme(host)}://${host}/v2/\``,
      ja: ({ host }) => `リダイレクト先を確認してください: \`curl -sIL ${scheme(host)}://${host}/v2/\``,
      ko: ({ host }) => `어디로 이어지는지 확인하세요: \`curl -sIL ${scheme(host)}://${host}/v2/\``,
    },
  }),
  'registry/redirect-refused': code<{ host: string; to: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A registry points to a place that is not safe to follow',
      ja: '安全でない接続先へ誘導された',
      ko: '안전하지 않은 곳으로 리디렉션됨',
    },
    message: {
      en: ({ host, to }) => `${q(host)} points to ${q(to)}, which is not HTTPS and was not allowed by name`,
      ja: ({ host, to }) => `${q(host)} が ${q(to)} を指していますが、HTTPS ではなく、許可もされていません`,
      ko: ({ host, to }) => `${q(host)}이(가) ${q(to)}을(를) 가리키지만 HTTPS가 아니고 허용되지도 않았습니다`,
    },
    fix: {
      en: () =>
        'If that host is yours and plain HTTP is meant, add `--allow-http HOST`; else correct the external URL in the settings of the registry',
      ja: () =>
        '自分のホストで平文 HTTP が意図どおりなら `--allow-http HOST` を付け、そうでなければレジストリの外部 URL 設定を直してください',
      ko: () =>
        '직접 운영하는 호스트이고 평문 HTTP가 의도한 것이라면 `--allow-http HOST`를 붙이고, 아니라면 레지스트리의 외부 URL 설정을 고치세요',
    },
  }),
  'registry/token-endpoint-refused': code<{ host: string; realm: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A registry asks for credentials over plain HTTP',
      ja: '平文 HTTP で認証情報を求められた',
      ko: '평문 HTTP로 인증 정보를 요구함',
    },
    message: {
      en: ({ host, realm }) =>
        `${q(host)} points to ${q(realm)} for a token; that is not HTTPS, so no credentials are sent there`,
      ja: ({ host, realm }) =>
        `${q(host)} がトークンの取得先に ${q(realm)} を指定しました。HTTPS ではないため、認証情報は送りません`,
      ko: ({ host, realm }) =>
        `${q(host)}에서 토큰을 ${q(realm)}에서 받으라고 합니다. HTTPS가 아니므로 인증 정보를 보내지 않습니다`,
    },
    fix: {
      en: () => 'Set an https address as the token realm of the registry',
      ja: () => 'レジストリの token realm に https のアドレスを設定してください',
      ko: () => '레지스트리의 token realm을 https 주소로 설정하세요',
    },
  }),
  'registry/source-differs': code<{ name: string; found: string; expected: number; received: number }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A blob changed on its way to the registry',
      ja: '送信する blob の内容がダイジェストと違う',
      ko: '보낼 blob의 내용이 다이제스트와 다름',
    },
    message: {
      en: ({ name, found, expected, received }) =>
        `The bytes to upload as ${q(name)} are ${q(found)} (${received} bytes, ${expected} expected); nothing was stored`,
      ja: ({ name, found, expected, received }) =>
        `${q(name)} として送る内容のダイジェストが ${q(found)} です (${expected} バイトのはずが ${received} バイト)。何も保存していません`,
      ko: ({ name, found, expected, received }) =>
        `${q(name)}(으)로 보낼 내용이 ${q(found)}입니다(${expected}바이트여야 하는데 ${received}바이트). 아무것도 저장하지 않았습니다`,
    },
    fix: {
      en: () => 'Build or copy the image again: the layout or archive it comes from is damaged or still being written',
      ja: () => 'コピー元のレイアウトかアーカイブが壊れているか書き込み中です。ビルドかコピーをやり直してください',
      ko: () => '원본 레이아웃이나 아카이브가 손상되었거나 아직 쓰는 중입니다. 빌드나 복사를 다시 하세요',
    },
  }),
  'registry/interrupted': code<Record<never, never>>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'The transfer was interrupted', ja: '転送が中断された', ko: '전송이 중단됨' },
    message: {
      en: () => 'The transfer was interrupted; no tag was moved by it',
      ja: () => '転送が中断されました。この転送によるタグの変更はありません',
      ko: () => '전송이 중단되었습니다. 이 전송으로 바뀐 태그는 없습니다',
    },
    fix: {
      en: () => 'Run it again: what is there already is not sent twice',
      ja: () => '再実行してください。転送済みのものは再送しません',
      ko: () => '다시 실행하세요. 이미 보낸 것은 다시 보내지 않습니다',
    },
  }),
  'registry/mirror-malformed': code<{ text: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The setting of a mirror cannot be read',
      ja: 'ミラーの指定を読み取れない',
      ko: '미러 지정을 해석할 수 없음',
    },
    message: {
      en: ({ text }) => `${q(text)} does not name a registry and its mirror`,
      ja: ({ text }) => `${q(text)} はレジストリとミラーの指定になっていません`,
      ko: ({ text }) => `${q(text)}은(는) 레지스트리와 미러를 지정한 것이 아닙니다`,
    },
    fix: {
      en: () =>
        'Write `docker.io=oci:DIR` or `docker.io=https://HOST[:PORT][/PREFIX]`; credentials come from `docker login`, never from the URL',
      ja: () =>
        '`docker.io=oci:DIR` か `docker.io=https://HOST[:PORT][/PREFIX]` と書いてください。認証情報は URL に書かず `docker login` を使います',
      ko: () =>
        '`docker.io=oci:DIR` 또는 `docker.io=https://HOST[:PORT][/PREFIX]`로 쓰세요. 인증 정보는 URL에 쓰지 말고 `docker login`을 쓰세요',
    },
  }),
  'registry/credentials-unreadable': code<{ file: string; why: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'Stored credentials cannot be read',
      ja: '保存された認証情報を読み取れない',
      ko: '저장된 인증 정보를 읽을 수 없음',
    },
    message: {
      en: ({ file, why }) =>
        `${q(file)} ${
          {
            json: 'is not JSON',
            size: 'is too large for a file of credentials',
            auth: 'has an `auth` that is not base64 of `user:password`',
          }[why] ?? 'cannot be opened'
        }; requests go out without what it holds`,
      ja: ({ file, why }) =>
        `${q(file)} ${
          {
            json: 'が JSON ではありません',
            size: 'が認証情報のファイルとしては大きすぎます',
            auth: 'の `auth` が `user:password` の base64 ではありません',
          }[why] ?? 'を開けません'
        }。この内容は使わずにリクエストを送ります`,
      ko: ({ file, why }) =>
        `${q(file)}${
          {
            json: '이(가) JSON이 아닙니다',
            size: '이(가) 인증 정보 파일치고 너무 큽니다',
            auth: '의 `auth`가 `user:password`의 base64가 아닙니다',
          }[why] ?? '을(를) 열 수 없습니다'
        }. 이 내용을 쓰지 않고 요청을 보냅니다`,
    },
    fix: {
      en: ({ why }) =>
        why === 'read' ? 'Give yourself read access to the file' : 'Log in again with `docker login HOST`',
      ja: ({ why }) =>
        why === 'read' ? 'ファイルの読み取り権限を確認してください' : '`docker login HOST` でログインし直してください',
      ko: ({ why }) => (why === 'read' ? '파일 읽기 권한을 확인하세요' : '`docker login HOST`로 다시 로그인하세요'),
    },
  }),
  'registry/credential-helper': code<{ helper: string; why: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'A credential helper does not work',
      ja: 'credential helper が動作しない',
      ko: 'credential helper가 동작하지 않음',
    },
    message: {
      en: ({ helper, why }) =>
        `${q(helper)}, named in the Docker configuration, ${
          {
            name: 'is not a name that a program can have',
            missing: 'cannot be started',
            timeout: 'does not answer in time',
            status: 'reports an error',
            json: 'does not answer with a user and a secret',
            size: 'prints too much',
          }[why] ?? 'does not work'
        }; requests go out without it`,
      ja: ({ helper, why }) =>
        `Docker の設定にある ${q(helper)} ${
          {
            name: 'はプログラム名として使えません',
            missing: 'を起動できません',
            timeout: 'が時間内に応答しません',
            status: 'がエラーを返しました',
            json: 'の応答にユーザー名とシークレットがありません',
            size: 'の出力が多すぎます',
          }[why] ?? 'が動作しません'
        }。これを使わずにリクエストを送ります`,
      ko: ({ helper, why }) =>
        `Docker 설정에 있는 ${q(helper)}${
          {
            name: '은(는) 프로그램 이름으로 쓸 수 없습니다',
            missing: '을(를) 시작할 수 없습니다',
            timeout: '이(가) 제시간에 응답하지 않습니다',
            status: '이(가) 오류를 보고했습니다',
            json: '의 응답에 사용자 이름과 시크릿이 없습니다',
            size: '의 출력이 너무 많습니다',
          }[why] ?? '이(가) 동작하지 않습니다'
        }. 이것을 쓰지 않고 요청을 보냅니다`,
    },
    fix: {
      en: ({ helper }) => `Try \`${helper} list\`; if you no longer use it, remove it from \`~/.docker/config.json\``,
      ja: ({ helper }) =>
        `\`${helper} list\` を試してください。もう使わないなら \`~/.docker/config.json\` から削除してください`,
      ko: ({ helper }) =>
        `\`${helper} list\`를 실행해 보세요. 더 이상 쓰지 않는다면 \`~/.docker/config.json\`에서 지우세요`,
    },
  }),
  'registry/platform-lost': code<{ reference: string; lost: readonly string[]; kept: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A tag would lose a platform',
      ja: 'タグからプラットフォームが失われる',
      ko: '태그에서 플랫폼이 사라짐',
    },
    message: {
      en: ({ reference, lost, kept }) =>
        `${q(reference)} has ${list(lost)} today and would have only ${list(kept)}: whoever runs it there could no longer pull it`,
      ja: ({ reference, lost, kept }) =>
        `${q(reference)} には今 ${list(lost)} がありますが、push すると ${list(kept)} だけになります。失われるプラットフォームの利用者は pull できなくなります`,
      ko: ({ reference, lost, kept }) =>
        `${q(reference)}에는 지금 ${list(lost)}이(가) 있지만 push하면 ${list(kept)}만 남습니다. 사라지는 플랫폼의 사용자는 더 이상 pull할 수 없습니다`,
    },
    fix: {
      en: ({ lost }) =>
        `Build ${list(lost)} too, or say that it is meant: \`${lost.map((p) => `--drop ${p}`).join(' ')}\``,
      ja: ({ lost }) =>
        `${list(lost)} もビルドするか、意図どおりなら \`${lost.map((p) => `--drop ${p}`).join(' ')}\` を付けてください`,
      ko: ({ lost }) =>
        `${list(lost)}도 빌드하거나, 의도한 것이라면 \`${lost.map((p) => `--drop ${p}`).join(' ')}\`를 붙이세요`,
    },
  }),
  'registry/tag-kind-changed': code<{ reference: string; from: 'manifest' | 'index'; to: 'manifest' | 'index' }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'A tag changes its kind',
      ja: 'タグの種類が変わる',
      ko: '태그의 종류가 바뀜',
    },
    message: {
      en: ({ reference, to }) =>
        to === 'index'
          ? `${q(reference)} was a single image and becomes a multi-platform index: AWS Lambda, for one, does not take an index`
          : `${q(reference)} was a multi-platform index and becomes a single image`,
      ja: ({ reference, to }) =>
        to === 'index'
          ? `${q(reference)} は単一イメージからマルチプラットフォームのインデックスに変わります。AWS Lambda のようにインデックスを受け付けないランタイムがあります`
          : `${q(reference)} はマルチプラットフォームのインデックスから単一イメージに変わります`,
      ko: ({ reference, to }) =>
        to === 'index'
          ? `${q(reference)}이(가) 단일 이미지에서 멀티 플랫폼 인덱스로 바뀝니다. AWS Lambda처럼 인덱스를 받지 않는 런타임이 있습니다`
          : `${q(reference)}이(가) 멀티 플랫폼 인덱스에서 단일 이미지로 바뀝니다`,
    },
    fix: {
      en: () => 'Use another tag where something depends on the old kind; otherwise there is nothing to do',
      ja: () => '以前の種類に依存するものがあれば別のタグを使ってください。なければ対応は不要です',
      ko: () => '이전 종류에 의존하는 것이 있다면 다른 태그를 쓰세요. 없다면 조치가 필요 없습니다',
    },
  }),
} as const;
