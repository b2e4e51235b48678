import type { Language } from '../language.ts';

/**
 * What qualifies a fact about a runtime, and rules by which a CPU is named: the English clause is the key, as the data set
 * writes it and as programs read it. A clause that is not here does not compile there.
 */
const clauses = {
  'the CPU is that of the instance type': ['CPU はインスタンスタイプで決まる', 'CPU는 인스턴스 유형으로 정해짐'],
  'the CPU is that of the machine type': ['CPU はマシンタイプで決まる', 'CPU는 머신 유형으로 정해짐'],
  'the CPU is that of the VM size': ['CPU は VM サイズで決まる', 'CPU는 VM 크기로 정해짐'],
  'the CPU is that of the shape': ['CPU はシェイプで決まる', 'CPU는 셰이프로 정해짐'],
  'the CPU is that of the server type': ['CPU はサーバータイプで決まる', 'CPU는 서버 유형으로 정해짐'],
  'the CPU is that of the container instances': [
    'CPU はコンテナインスタンスで決まる',
    'CPU는 컨테이너 인스턴스로 정해짐',
  ],
  'the CPU is that of InstanceType': ['CPU は InstanceType で決まる', 'CPU는 InstanceType으로 정해짐'],
  'the CPU of the node': ['ノードの CPU', '노드의 CPU'],
  'the scheduler looks at no CPU unless a selector names one': [
    'セレクターで指定しない限り、スケジューラーは CPU を見ない',
    '셀렉터로 지정하지 않으면 스케줄러는 CPU를 보지 않음',
  ],
  'the pages show no automatic taint': [
    '公式ページに自動で付く taint の記載はない',
    '공식 페이지에 자동으로 붙는 taint는 없음',
  ],
  'Arm node pools carry the taint kubernetes.io/arch=arm64:NoSchedule unless it is switched off': [
    'Arm ノードプールには、無効にしない限り taint kubernetes.io/arch=arm64:NoSchedule が付く',
    'Arm 노드 풀에는 끄지 않는 한 taint kubernetes.io/arch=arm64:NoSchedule이 붙음',
  ],
  'the API prints no default; tasks that declare nothing run on X86_64': [
    'API に既定値の記載はない。指定のないタスクは X86_64 で動く',
    'API에 기본값 표기는 없음. 지정하지 않은 태스크는 X86_64에서 실행됨',
  ],
  'primaryContainer has no field for a CPU; ARM64 through taskDefinitionArn is unconfirmed': [
    'primaryContainer に CPU の項目はない。taskDefinitionArn 経由の ARM64 は未確認',
    'primaryContainer에 CPU 항목이 없음. taskDefinitionArn을 통한 ARM64는 확인되지 않음',
  ],
  'on Fargate; on EC2 the compute environment decides': [
    'Fargate の場合。EC2 ではコンピューティング環境で決まる',
    'Fargate의 경우. EC2에서는 컴퓨팅 환경으로 정해짐',
  ],
  'containerd pulls and runs there since platform version 1.4': [
    'プラットフォームバージョン 1.4 以降は containerd が pull と実行を行う',
    '플랫폼 버전 1.4부터 containerd가 pull과 실행을 맡음',
  ],
  'Fargate underneath': ['内部は Fargate', '내부는 Fargate'],
  'Docker on the instance skips them': ['インスタンス上の Docker は読み飛ばす', '인스턴스의 Docker는 건너뜀'],
  'ECS underneath; on EC2 it depends on the version of Docker': [
    '内部は ECS。EC2 では Docker のバージョンによる',
    '내부는 ECS. EC2에서는 Docker 버전에 따라 다름',
  ],
  'fails on Docker 20.10.25; from Docker 23 on by general knowledge': [
    'Docker 20.10.25 では失敗する。Docker 23 以降で使えるというのは一般的な知見',
    'Docker 20.10.25에서는 실패함. Docker 23부터 된다는 것은 일반적으로 알려진 내용',
  ],
  'containerd, or Docker from version 23 on by general knowledge': [
    'containerd または Docker 23 以降 (一般的な知見による)',
    'containerd 또는 Docker 23 이상(일반적으로 알려진 내용)',
  ],
  'the retry count varies': ['再試行回数は場合による', '재시도 횟수는 경우에 따라 다름'],
  'the words around it differ by the version of runc; of a long one the end is cut': [
    '前後の文言は runc のバージョンで異なり、長い場合は末尾が切れる',
    '앞뒤 문구는 runc 버전에 따라 다르고, 길면 끝이 잘림',
  ],
  'RunContainerError; the words around it differ by the version of runc': [
    'RunContainerError。前後の文言は runc のバージョンで異なる',
    'RunContainerError. 앞뒤 문구는 runc 버전에 따라 다름',
  ],
  'every index, also one of a single platform with attestations': [
    'すべてのインデックス。単一プラットフォームでアテステーションだけが付いたものも含む',
    '모든 인덱스. 플랫폼 하나에 attestation만 붙은 것도 포함',
  ],
  'attestations make an index': ['アテステーションを付けるとインデックスになる', 'attestation을 붙이면 인덱스가 됨'],
  'attestations make an OCI index': [
    'アテステーションを付けると OCI インデックスになる',
    'attestation을 붙이면 OCI 인덱스가 됨',
  ],
  'a single manifest': ['単一のマニフェストの場合', '단일 매니페스트인 경우'],
  'not even a single OCI manifest': ['単一の OCI マニフェストも不可', '단일 OCI 매니페스트도 안 됨'],
  'confirmed for an OCI index; a Docker manifest list is unconfirmed': [
    'OCI インデックスでは確認済み。Docker マニフェストリストは未確認',
    'OCI 인덱스는 확인됨. Docker 매니페스트 목록은 확인되지 않음',
  ],
  'a path that leads nowhere ends in "no such file or directory" instead (aws-lambda-ruby-runtime-interface-client#13)':
    [
      '存在しないパスの場合は末尾が "no such file or directory" になる (aws-lambda-ruby-runtime-interface-client#13)',
      '없는 경로라면 끝이 "no such file or directory"가 됨(aws-lambda-ruby-runtime-interface-client#13)',
    ],
  'uncompressed; widely quoted, the page of quotas was not read': [
    '展開後のサイズ。広く引用されている値で、クォータの公式ページは未確認',
    '압축을 푼 크기. 널리 인용되는 값이며 할당량 공식 페이지는 확인하지 않음',
  ],
  "the API has no field for a CPU, and AWS's own Copilot CLI refuses ARM64 for it": [
    'API に CPU の項目はなく、AWS 公式の Copilot CLI も ARM64 を拒否する',
    'API에 CPU 항목이 없고 AWS의 Copilot CLI도 ARM64를 거부함',
  ],
  'closed to new customers since 2026-04-30; AWS points to ECS Express Mode': [
    '2026-04-30 から新規受付を終了。AWS は ECS Express Mode を案内している',
    '2026-04-30부터 신규 고객을 받지 않음. AWS는 ECS Express Mode를 안내함',
  ],
  'arm64 only in production variants, on ml.*g families': [
    'arm64 は本番バリアントの ml.*g ファミリーのみ',
    'arm64는 프로덕션 변형의 ml.*g 제품군에서만',
  ],
  'from Artifact Registry, since February 2023': [
    'Artifact Registry からの場合、2023 年 2 月以降',
    'Artifact Registry에서 받는 경우, 2023년 2월부터',
  ],
  '64-bit Linux x86_64; the API has no field for a CPU': [
    '64 ビット Linux x86_64。API に CPU の項目はない',
    '64비트 Linux x86_64. API에 CPU 항목이 없음',
  ],
  "the portal may answer: Selected tag uses an invalid operating system ''.": [
    "ポータルでは「Selected tag uses an invalid operating system ''.」と表示されることがある",
    '포털에 "Selected tag uses an invalid operating system \'\'."이 표시될 수 있음',
  ],
  'whether a single arm64 manifest is caught at deploy or at start: both were reported': [
    '単一の arm64 マニフェストが失敗するのはデプロイ時と起動時の両方の報告がある',
    '단일 arm64 매니페스트는 배포 시와 시작 시 실패한다는 보고가 모두 있음',
  ],
  'no official statement was found': ['公式の記述は見つかっていない', '공식 설명을 찾지 못함'],
  'one third-party page, and no field for a CPU in the API': [
    '第三者のページが 1 件。API に CPU の項目はない',
    '제삼자 페이지 한 건. API에 CPU 항목이 없음',
  ],
  'read from flyctl, which prefers linux/amd64 and otherwise takes any Linux entry': [
    'flyctl のソースによる。linux/amd64 を優先し、なければ任意の Linux エントリーを選ぶ',
    'flyctl 소스 기준. linux/amd64를 우선하고 없으면 아무 Linux 항목이나 선택함',
  ],
  'on push': ['push の時点', 'push 시점'],
  'the registry takes only a Docker manifest, schema 2': [
    'レジストリが受け付けるのは Docker マニフェスト (schema 2) のみ',
    '레지스트리는 Docker 매니페스트(schema 2)만 받음',
  ],
  'Docker also takes 32-bit entries; whether they run depends on the model': [
    'Docker は 32 ビットのエントリーも選ぶ。動くかどうかは機種による',
    'Docker는 32비트 항목도 고름. 실행되는지는 모델에 따라 다름',
  ],
  'Pi 1 and Zero are arm/v6': ['Pi 1 と Zero は arm/v6', 'Pi 1과 Zero는 arm/v6'],
  'a 64-bit kernel under a 32-bit system reports arm/v8': [
    '32 ビットの OS でもカーネルが 64 ビットなら arm/v8 と報告する',
    '32비트 OS라도 커널이 64비트면 arm/v8로 보고함',
  ],
  'Docker Engine 28 was the last one packaged for 32-bit Raspbian': [
    '32 ビット版 Raspbian 向けのパッケージは Docker Engine 28 が最後',
    '32비트 Raspbian용 패키지는 Docker Engine 28이 마지막',
  ],
  'amd64 is emulated, by Rosetta without AVX or by QEMU': [
    'amd64 は Rosetta (AVX なし) または QEMU によるエミュレーション',
    'amd64는 Rosetta(AVX 없음) 또는 QEMU로 에뮬레이션',
  ],
  'by Rosetta without AVX, or by QEMU': ['Rosetta (AVX なし) または QEMU による', 'Rosetta(AVX 없음) 또는 QEMU 사용'],
  'with the QEMU that Docker Desktop ships': ['Docker Desktop 付属の QEMU による', 'Docker Desktop에 포함된 QEMU 사용'],
  'then it runs emulated': ['その後はエミュレーションで動く', '그 뒤에는 에뮬레이션으로 실행됨'],
  'newer engines print a level: linux/amd64/v3': [
    '新しいエンジンはレベルも表示する: linux/amd64/v3',
    '최신 엔진은 수준도 표시함: linux/amd64/v3',
  ],
  'untagged jobs run on saas-linux-small-amd64': [
    'タグのないジョブは saas-linux-small-amd64 で動く',
    '태그 없는 작업은 saas-linux-small-amd64에서 실행됨',
  ],
  'arm64 where the family is a1 or the letters after the generation hold g (m7g, c8gn, g5g)': [
    'a1 ファミリー、または世代番号の後の文字に g があれば arm64 (m7g、c8gn、g5g)',
    'a1 제품군이거나 세대 번호 뒤 글자에 g가 있으면 arm64(m7g, c8gn, g5g)',
  ],
  't2a-* and c4a-* are arm64': ['t2a-* と c4a-* は arm64', 't2a-*와 c4a-*는 arm64'],
  'arm64 where the lower-case letters after the number of vCPUs hold p (Standard_D2ps_v6)': [
    'vCPU 数の後の小文字に p があれば arm64 (Standard_D2ps_v6)',
    'vCPU 수 뒤의 소문자에 p가 있으면 arm64(Standard_D2ps_v6)',
  ],
  'shapes with .A1. or .A2. are arm64': [
    '.A1. または .A2. を含むシェイプは arm64',
    '.A1. 또는 .A2.가 있는 셰이프는 arm64',
  ],
  'cax* is arm64; cx*, cpx* and ccx* are amd64': [
    'cax* は arm64、cx*・cpx*・ccx* は amd64',
    'cax*는 arm64, cx*·cpx*·ccx*는 amd64',
  ],
  'the instance type, as for ec2': ['インスタンスタイプ (ec2 と同じ)', '인스턴스 유형(ec2와 같음)'],
  'the machine type, as for gce': ['マシンタイプ (gce と同じ)', '머신 유형(gce와 같음)'],
  '--node-vm-size, as for azure-vm': ['--node-vm-size (azure-vm と同じ)', '--node-vm-size(azure-vm과 같음)'],
  'nothing in primaryContainer': ['primaryContainer では指定できない', 'primaryContainer에서는 선언할 수 없음'],
  'ECS underneath': ['内部は ECS', '내부는 ECS'],
  'Raspberry Pi OS on a Pi 5 has pages of 16 KiB, unless kernel8.img is chosen; earlier models and Ubuntu have 4 KiB': [
    'Pi 5 の Raspberry Pi OS では、kernel8.img を選ばない限りページサイズは 16 KiB。以前のモデルと Ubuntu では 4 KiB',
    'Pi 5의 Raspberry Pi OS는 kernel8.img를 선택하지 않는 한 페이지 크기가 16KiB이고, 이전 모델과 Ubuntu는 4KiB임',
  ],
  'its virtual machine, not macOS': [
    'macOS ではなく、その仮想マシンのページサイズ',
    'macOS가 아니라 그 가상 머신의 페이지 크기',
  ],
  'executables must be 64-bit': ['実行ファイルは 64 ビットであること', '실행 파일은 64비트여야 함'],
  'their platform is unknown/unknown, which no host takes': [
    'platform が unknown/unknown のため、どのホストでも選ばれない',
    'platform이 unknown/unknown이라 어떤 호스트에서도 선택되지 않음',
  ],
  '15 GB': ['15 GB', '15 GB'],
  uncompressed: ['展開後のサイズ', '압축을 푼 크기'],
  'CRI-O': ['CRI-O', 'CRI-O'],
  CrashLoopBackOff: ['CrashLoopBackOff', 'CrashLoopBackOff'],
  'ubuntu-latest': ['ubuntu-latest', 'ubuntu-latest'],
  'NVIDIA Grace': ['NVIDIA Grace', 'NVIDIA Grace'],
  'Ampere, Neoverse N1': ['Ampere、Neoverse N1', 'Ampere, Neoverse N1'],
  Axion: ['Axion', 'Axion'],
  Ampere: ['Ampere', 'Ampere'],
  accepted: ['受け付ける', '받음'],
  rejected: ['受け付けない', '받지 않음'],
  'amd64-entry-required': ['amd64 のエントリーが必要', 'amd64 항목 필요'],
  'lambda-runtime-api': ['Lambda Runtime API と通信するプログラム', 'Lambda Runtime API와 통신하는 프로그램'],
  'absolute-entrypoint': [
    '絶対パスで、シンボリックリンクではないエントリーポイント',
    '심볼릭 링크가 아닌 절대 경로의 진입점',
  ],
  'private-ecr-same-region': ['同じリージョンの ECR プライベートリポジトリ', '같은 리전의 ECR 프라이빗 리포지토리'],
} as const satisfies Readonly<Record<string, readonly [ja: string, ko: string]>>;

/** A clause of the data set of runtimes, in English. */
export type Clause = keyof typeof clauses;

/** How the words that programs read are said to an English reader. */
const english: Readonly<Partial<Record<Clause, string>>> = {
  'amd64-entry-required': 'needs an amd64 entry',
  'lambda-runtime-api': 'a program that answers the Lambda runtime API',
  'absolute-entrypoint': 'an entrypoint that is an absolute path and no symbolic link',
  'private-ecr-same-region': 'a private ECR repository in the same region',
};

/** A clause in the language of the reader. */
export function clauseText(clause: Clause, language: Language): string {
  if (language === 'en') return english[clause] ?? clause;
  return clauses[clause][language === 'ja' ? 0 : 1];
}

/** The same where it may also be the name of a field, which is the same in every language. */
export function clauseOrName(text: string, language: Language): string {
  return Object.hasOwn(clauses, text) ? clauseText(text as Clause, language) : text;
}
