/** One thing that is asked for when it is opened, and again whenever something of its kind happens. */

import type {JSX} from 'preact';
import {useEffect, useRef, useState} from 'preact/hooks';
import {ask, Away} from '../api';
import type {Answers} from '../api_types';
import {ageS, nodeNow} from '../clock';
import {batch} from '../events';
import {t} from '../i18n';
import {session} from '../session';
import {nodeIsAway} from '../store';
import {Refused} from '../original';
import {Age, Time} from '../text';

const EVERY_MS = 30_000;
const STALE_S = 90;

type Query = Record<string, string | number | boolean | undefined | null>;

export interface Asked<T> {
  value: T | null;
  /** When the node was asked, by its clock; null before it answered. */
  at: number | null;
  wrong: string | null;
  again: () => Promise<void>;
}

/** `changedBy`: beginnings of kinds of event after which it is asked anew. */
export function useAsked<K extends keyof Answers>(what: K, path: Record<string, string>, query: Query, changedBy: string[]): Asked<Answers[K]> {
  const key = JSON.stringify([what, path, query]);
  const [told, setTold] = useState<{key: string; value: Answers[K]; at: number} | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const now = useRef(key);
  now.current = key;
  const again = async (): Promise<void> => {
    try {
      const value = await ask(what, {path, query});
      if (now.current !== key) return;
      setTold({key, value, at: nodeNow()});
      setWrong(null);
    } catch (error) {
      if (now.current === key && !(error instanceof Away)) setWrong((error as Error).message);
    }
  };
  useEffect(() => {
    void again();
    const stop = batch.subscribe((events) => {
      if (events.some((event) => changedBy.some((each) => event.kind.startsWith(each)))) void again();
    });
    const timer = setInterval(() => void again(), EVERY_MS);
    return () => {
      stop();
      clearInterval(timer);
      now.current = '';
    };
  }, [key]);
  const mine = told !== null && told.key === key ? told : null;
  return {value: mine?.value ?? null, at: mine?.at ?? null, wrong, again};
}

/** As of when, and whether it may have changed since. */
export function AsOfAsked({of}: {of: Asked<unknown>}): JSX.Element {
  if (of.at === null) return <p class="as-of stale" data-standing="none">{of.wrong === null ? t('never-told') : <Refused>{of.wrong}</Refused>}</p>;
  const age = ageS(of.at);
  const stale = nodeIsAway.value || session.value.state !== 'in' || (age !== null && age > STALE_S);
  return (
    <p class={`as-of ${stale ? 'stale' : 'live'}`} data-standing={stale ? 'stale' : 'live'}>
      {stale ? <strong>{t('stale')} </strong> : null}{t('as-of')} <Time at={of.at} /> <Age at={of.at} />
      {of.wrong === null ? null : <span class="refused"> <Refused>{of.wrong}</Refused></span>}
    </p>
  );
}
