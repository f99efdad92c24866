/** Words that the node or a person wrote and that no locale has: shown as they are, marked with their language. */

import type {JSX} from 'preact';
import {has, sentence, t, word} from './i18n';
import {language} from './preferences';
import {Code, Said} from './text';

/** `lang` is of the text, `und` where nobody said it; the node's own words are English. Screen readers change their voice by it. */
export function Original({children, lang = 'en'}: {children: string | null | undefined; lang?: string}): JSX.Element | null {
  if (!children) return null;
  if (lang === 'und') return <span class="original"><Said>{children}</Said></span>;
  const known = lang === 'en' ? sentence(children) : null;
  if (known !== null) return <span>{known}</span>;
  const other = lang !== language.value;
  return <span lang={lang} class={other ? 'original' : undefined}>{other ? <abbr class="lang" aria-hidden="true">{lang.slice(0, 8)}</abbr> : null}<Said>{children}</Said></span>;
}

/** A word of the node in this language, or as the node said it, marked. */
export function Word({kind, value}: {kind: string; value: string}): JSX.Element {
  const known = word(kind, value);
  return known === value ? <Original>{value}</Original> : <>{known}</>;
}

/** `code: detail`: what the code says in this language, where it has it, and the node's own words behind it. */
export function Reason({kind, children}: {kind: string; children: string}): JSX.Element {
  const [code = '', ...detail] = children.split(': ');
  return has(`${kind}-${code}`) ? <>{t(`${kind}-${code}`)}: <Original>{detail.join(': ')}</Original></> : <Original>{children}</Original>;
}

// as `Refusal` and the forms spell it: `field: reason (field): why`
const SPELT = /^(?:([\w.[\]]+): )?([a-z][a-z0-9-]*)(?: \(([^)]*)\))?: ([^]*)$/;

/** What the node refused: the reason in this language, the field, and behind them the node's own words with value and limit. */
export function Refused({children}: {children: string}): JSX.Element {
  const [, before, reason = '', field, why = ''] = SPELT.exec(children) ?? [];
  if (!has(`refused-${reason}`)) return reason ? <Original>{children}</Original> : <Said>{children}</Said>;
  const named = before ?? field;
  return <>{t(`refused-${reason}`)}{named ? <> <Code>{named}</Code></> : null}{why ? <>: <Original>{why}</Original></> : null}</>;
}
