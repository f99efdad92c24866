/** The words of a page beside the console: the console's own mechanism, languages and stored choice, without its screens. */

import {effect} from '@preact/signals';
import {has, NAMES, startLanguage, t} from './i18n';
import {language, LANGUAGES, type Language} from './preferences';

export {t} from './i18n';

type Words = () => (string | Node)[];

const told = new WeakMap<Element, () => void>();

/** What stands in an element from now on, said anew whenever another language is chosen. */
export function tell(element: Element, words: Words): void {
  told.get(element)?.();
  told.set(element, effect(() => element.replaceChildren(...words())));
}

/** Words that no locale has, a person's or the node's own English: set apart in their direction and marked. */
export function original(words: string, lang?: string): HTMLElement {
  const made = document.createElement('bdi');
  made.dir = 'auto';
  if (lang !== undefined) made.lang = lang;
  made.textContent = words;
  return made;
}

/** What the node refused: its reason in the language chosen, and behind it the node's own words with value and limit. */
export function refusal(reason: string, why: string): (string | Node)[] {
  const id = `refused-${reason}`;
  if (!has(id)) return [t('refused-input-refused'), ': ', original(why ? `${reason}: ${why}` : reason, 'en')];
  return why ? [t(id), ': ', original(why, 'en')] : [t(id)];
}

/** Fill in every `data-word`, `data-label` (its accessible name) and the choice of language, now and after each change. */
export function startWords(): void {
  startLanguage();
  const chooser = document.getElementById('language') as HTMLSelectElement;
  chooser.append(...LANGUAGES.map((each) => {
    const option = new Option(NAMES[each], each);
    option.lang = each;
    return option;
  }));
  chooser.onchange = () => { language.value = chooser.value as Language; };
  effect(() => {
    chooser.value = language.value;
    for (const each of document.querySelectorAll<HTMLElement>('[data-word]')) each.textContent = t(each.dataset.word ?? '');
    for (const each of document.querySelectorAll<HTMLElement>('[data-label]')) each.setAttribute('aria-label', t(each.dataset.label ?? ''));
  });
}
