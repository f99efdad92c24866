/** Every word of the console, in the language chosen, switched while it runs. */

import {FluentBundle, FluentResource, type FluentVariable} from '@fluent/bundle';
import {computed, effect} from '@preact/signals';
import ar from './locales/ar.ftl';
import en from './locales/en.ftl';
import ru from './locales/ru.ftl';
import tr from './locales/tr.ftl';
import {language, type Language} from './preferences';

const TEXTS: Record<Language, string> = {en, ru, ar, tr};
// digits stay Latin in every language: times and coordinates are read out the same by all
const TAGS: Record<Language, string> = {en: 'en-GB', ru: 'ru', ar: 'ar-u-nu-latn', tr: 'tr'};
export const NAMES: Record<Language, string> = {en: 'English', ru: 'Русский', ar: 'العربية', tr: 'Türkçe'};

export const rtl = computed(() => language.value === 'ar');

const bundles = new Map<Language, FluentBundle>();

function bundleOf(which: Language): FluentBundle {
  let bundle = bundles.get(which);
  if (bundle === undefined) {
    bundle = new FluentBundle(TAGS[which]);
    bundle.addResource(new FluentResource(TEXTS[which]));
    bundles.set(which, bundle);
  }
  return bundle;
}

const current = computed(() => bundleOf(language.value));

/** A message, with what is filled in set apart from the direction of the words around it. */
export function t(id: string, values?: Record<string, FluentVariable>): string {
  const bundle = current.value;
  const found = bundle.getMessage(id);
  if (found?.value == null) return id;
  return bundle.formatPattern(found.value, values);
}

/** Whether this console has words for an id. */
export const has = (id: string): boolean => current.value.getMessage(id)?.value != null;

/** A word of the node, by prefix: `state-accepted`; told as the node said it where this console has no word for it. */
export function word(prefix: string, told: string): string {
  const said = String(told); // an answer may be of another form than its type says: a screen that stands still helps nobody
  const bundle = current.value;
  const found = bundle.getMessage(`${prefix}-${said.replace(/[^A-Za-z0-9]+/g, '-')}`);
  return found?.value == null ? said : bundle.formatPattern(found.value);
}

const SENTENCES = new Map([...en.matchAll(/^(sentence-[a-z-]+) = (.+)$/gm)].map(([, id = '', words = '']) => [words, id]));

/** A whole sentence of the node that is always the same, in the language chosen; null where it is none of those. */
export function sentence(words: string): string | null {
  const id = SENTENCES.get(words);
  return id === undefined ? null : t(id);
}

export function startLanguage(): void {
  effect(() => {
    document.documentElement.lang = language.value;
    document.documentElement.dir = rtl.value ? 'rtl' : 'ltr';
  });
}
