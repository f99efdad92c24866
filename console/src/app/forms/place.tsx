/** A position as people write it, read by the node while it is typed: what it took it for is told back. */

import {useEffect, useState} from 'preact/hooks';
import type {JSX} from 'preact';
import type {PositionTold} from '../api_types';
import {ask, Refusal} from '../api';
import {t} from '../i18n';
import {Original, Refused} from '../original';
import {map, openMap, place} from '../view';
import {Code} from '../text';
import {Field, refusal} from './fields';

const AFTER_MS = 250;

export function useAfter(value: string, work: (value: string, signal: AbortSignal) => void): void {
  useEffect(() => {
    const ended = new AbortController();
    const timer = setTimeout(() => work(value, ended.signal), AFTER_MS);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [value]);
}

/** What the node takes a position for. */
export async function readPlace(text: string, field: string): Promise<PositionTold> {
  try {
    return await ask('GET /v1/place', {query: {position: text}});
  } catch (error) {
    if (error instanceof Refusal) throw refusal(field, error.problem.why ?? '', error.problem.reason);
    throw error;
  }
}

export function PlaceField({name, label, value, onInput}: {name: string; label: string; value: string; onInput: (value: string) => void}): JSX.Element {
  const [told, setTold] = useState<PositionTold | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  useAfter(value, (text, signal) => {
    setTold(null);
    setWrong(null);
    if (text.trim() === '') return;
    ask('GET /v1/place', {query: {position: text}, signal}).then(setTold, (error: Error) => {
      if (!signal.aborted && error instanceof Refusal) setWrong(`${error.problem.reason}: ${error.problem.why ?? ''}`);
    });
  });
  const clicked = place.value;
  const hint = <>
    {told ? <><Code>{told.grid}</Code> <Original>{told.nearest.words}</Original> <Code>{told.datum}</Code>{told.assumed.map((each) => <b key={each}> <Original>{each}</Original></b>)}</> : wrong ? <Refused>{wrong}</Refused> : t('place-hint')}
  </>;
  return <>
    <Field name={name} label={label} kind="code" value={value} onInput={onInput} hint={hint} />
    {clicked ? <button type="button" class="small" onClick={() => onInput(`${clicked.latDeg.toFixed(6)}, ${clicked.lonDeg.toFixed(6)} WGS84`)}>{t('take-from-map')}</button> : null}
    {told && map.value ? <button type="button" class="small" onClick={() => { openMap(); map.value?.flyTo({latDeg: told.latitude_deg, lonDeg: told.longitude_deg}); }}>{t('show-on-map')}</button> : null}
  </>;
}
