/** What a person set in this browser: language, theme, sound, single keys. */

import {effect, signal} from '@preact/signals';

const STORED = 'comity-preferences';
export const LANGUAGES = ['en', 'ru', 'ar', 'tr'] as const;
export type Language = (typeof LANGUAGES)[number];

function stored(): Record<string, unknown> {
  try {
    return JSON.parse(localStorage.getItem(STORED) ?? '{}') as Record<string, unknown>;
  } catch {
    return {};
  }
}

const before = stored();

function firstLanguage(): Language {
  const wished = [before['language'], ...navigator.languages.map((each) => each.slice(0, 2))];
  return LANGUAGES.find((each) => wished.includes(each)) ?? 'en';
}

export const language = signal<Language>(LANGUAGES.includes(before['language'] as Language) ? (before['language'] as Language) : firstLanguage());
export const theme = signal<'night' | 'day'>(before['theme'] === 'day' ? 'day' : 'night');
export const soundOn = signal(before['sound'] !== false);
export const singleKeys = signal(before['singleKeys'] !== false);
/** Which book is shown and written in. Never kept: who opens the console is in the real one. */
export const exercise = signal(false);

effect(() => {
  const now = {language: language.value, theme: theme.value, sound: soundOn.value, singleKeys: singleKeys.value};
  try {
    localStorage.setItem(STORED, JSON.stringify(now));
  } catch {
    // a browser that keeps nothing still shows everything
  }
});
