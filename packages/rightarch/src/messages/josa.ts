/**
 * Korean particles depend on the last sound of the word before them. A sentence writes both forms behind a value, as in
 * `${q(path)}은(는)`; `josa` leaves the one that fits. Where nobody can say how a word is read, both forms stay: that is
 * what Korean software writes when it does not know.
 */

/** Both forms of a particle: behind a consonant, then behind a vowel. */
const PARTICLES = {
  '은(는)': ['은', '는'],
  '이(가)': ['이', '가'],
  '을(를)': ['을', '를'],
  '와(과)': ['과', '와'],
  '(으)로': ['으로', '로'],
  '(이)라는': ['이라는', '라는'],
  '(이)라고': ['이라고', '라고'],
  '(이)며': ['이며', '며'],
  '(이)고': ['이고', '고'],
  '(이)어야': ['이어야', '여야'],
  '(이)었지만': ['이었지만', '였지만'],
} as const;

/** How a word ends when it is said: in a vowel, in ㄹ (which takes 로, not 으로), or in another consonant. */
type Sound = 'vowel' | 'ㄹ' | 'consonant';

const NOTATION = new RegExp(
  Object.keys(PARTICLES)
    .map((form) => form.replace(/[()]/g, '\\$&'))
    .join('|'),
  'g',
);

/** The sentence with every particle in the form that fits the word before it. */
export function josa(sentence: string): string {
  return sentence.replace(NOTATION, (form: string, at: number) => {
    const sound = lastSound(sentence.slice(Math.max(0, at - 200), at));
    if (sound === undefined) return form;
    const [consonant, vowel] = PARTICLES[form as keyof typeof PARTICLES];
    return sound === 'vowel' || (sound === 'ㄹ' && form === '(으)로') ? vowel : consonant;
  });
}

/** The sound in which a text ends; undefined where its reading is not known. */
export function lastSound(text: string): Sound | undefined {
  // Quotes are not read, and what stands in brackets says more of the word in front of them.
  const said = text.replace(/(?:[`'"”’}\]]|(?<=\S)\s?\([^()]*\))+$/, '');
  const last = said.at(-1) ?? '';
  if (/[가-힣]/.test(last)) return ofSyllable(last);
  const [digits] = /\d+$/.exec(said) ?? [];
  if (digits !== undefined) return ofDigits(digits);
  const [word] = /[A-Za-z]+$/.exec(said) ?? [];
  return word === undefined ? undefined : ofLatin(word);
}

/** A syllable is 19 × 21 × 28: the last factor is its final consonant, 0 for none and 8 for ㄹ (Unicode 3.12). */
function ofSyllable(syllable: string): Sound {
  const final = (syllable.charCodeAt(0) - 0xac00) % 28;
  return final === 0 ? 'vowel' : final === 8 ? 'ㄹ' : 'consonant';
}

/** 영 일 이 삼 사 오 육 칠 팔 구; 십, 백, 천, 만 and 억 at the end of a round number are consonants, 조 is a vowel. */
function ofDigits(digits: string): Sound | undefined {
  if (/0{9}$/.test(digits)) return undefined;
  const sounds = ['consonant', 'ㄹ', 'vowel', 'consonant', 'vowel', 'vowel', 'consonant', 'ㄹ', 'ㄹ', 'vowel'] as const;
  return sounds[Number(digits.at(-1))];
}

/** Names of letters that end in a consonant: 엘 엠 엔 알. All others end in a vowel (에프, 에스, 엑스). */
function ofLetter(letter: string): Sound {
  return /[lr]/i.test(letter) ? 'ㄹ' : /[mn]/i.test(letter) ? 'consonant' : 'vowel';
}

/** Words of this trade that the rules below would read wrongly or not at all. */
const READINGS: Readonly<Record<string, Sound>> = {
  acme: 'vowel',
  apache: 'vowel',
  readme: 'vowel',
  docker: 'vowel',
  user: 'vowel',
  workdir: 'vowel',
  healthcheck: 'vowel',
  stopsignal: 'ㄹ',
  git: 'consonant',
  init: 'consonant',
  target: 'consonant',
  commit: 'consonant',
  root: 'vowel',
  type: 'consonant',
  recipe: 'vowel',
  web: 'consonant',
  job: 'consonant',
  hub: 'vowel',
  github: 'vowel',
  gitlab: 'consonant',
  exec: 'consonant',
  task: 'vowel',
  disk: 'vowel',
  network: 'vowel',
  make: 'vowel',
  app: 'consonant',
  bun: 'consonant',
  deb: 'consonant',
  out: 'consonant',
  secret: 'consonant',
  blob: 'consonant',
  escape: 'vowel',
  mib: 'vowel',
  gib: 'vowel',
};

/** Latin letters as Koreans read them: acronyms letter by letter, words by the sound of their end. */
function ofLatin(word: string): Sound | undefined {
  const lower = word.toLowerCase();
  const known = READINGS[lower];
  if (known !== undefined) return known;
  // npm, cmd, ECR: letter by letter. COPY, FROM, RUN are words, which changes nothing but for an R.
  if (word.length === 1 || !/[aeiouy]/.test(lower)) return ofLetter(lower.at(-1)!);
  if (/^[A-Z]+$/.test(word) && word.length <= 3) return ofLetter(lower.at(-1)!);
  if (/(?:[^aeiou]le|l|ll|[aiou]le)$/.test(lower)) return 'ㄹ';
  if (/(?:[mn]|[aiouy][mn]e|ng)$/.test(lower)) return 'consonant';
  if (/(?:[aiouyrsxzfvjhwdg]|[^aeioum]e|ee|ue|ye|[^aeiouc]k|[^aeioup]p|[^aeiout]t)$/.test(lower) && !/pe$/.test(lower))
    return 'vowel';
  if (/(?:ck|ok|pp|[aeiou]p)$/.test(lower)) return 'consonant';
  return undefined;
}
