/** An answer that only one view needs: asked when it opens and again when told to. */

import {useEffect, useState} from 'preact/hooks';
import {Away} from './api';
import {t} from './i18n';

export interface Asked<T> {
  told: T | null;
  /** Why there is nothing, or nothing newer. */
  wrong: string | null;
  again: () => Promise<void>;
}

/** `key` names what is asked; while it is the same, what was told stays. It is asked again whenever `stamp` is another. */
export function useAsked<T>(key: string, asked: () => Promise<T>, stamp = ''): Asked<T> {
  const [held, setHeld] = useState<{key: string; told: T | null; wrong: string | null}>({key: '', told: null, wrong: null});
  const again = async (): Promise<void> => {
    try {
      const told = await asked();
      setHeld({key, told, wrong: null});
    } catch (error) {
      const wrong = error instanceof Away ? t('away-unknown') : (error as Error).message;
      setHeld((before) => ({key, told: before.key === key ? before.told : null, wrong}));
    }
  };
  useEffect(() => void again(), [key, stamp]);
  return held.key === key ? {told: held.told, wrong: held.wrong, again} : {told: null, wrong: null, again};
}
