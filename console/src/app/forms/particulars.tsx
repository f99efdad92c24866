/** What can be read back: position, height, time, number. The node reads positions and times; heights carry their datum. */

import type {JSX} from 'preact';
import type {ParticularsAsked} from '../api_types';
import {t} from '../i18n';
import {Field, refusal} from './fields';
import {PlaceField, readPlace} from './place';

const DATUMS = ['WGS84', 'PZ90', 'SK42', 'ED50', 'UNKNOWN'] as const;
type Datum = (typeof DATUMS)[number];

export interface Stated {
  position: string;
  datum: Datum;
  height: string;
  time: string;
  number: string;
}

export const NOTHING_STATED: Stated = {position: '', datum: 'WGS84', height: '', time: '', number: ''};

const METRES_PER_FOOT = 0.3048; // exact, by definition
const HEIGHT = /^(-?\d+(?:\.\d+)?) ?(m|ft) (WGS84|EGM2008|QNE|AGL)$/i;
const NUMBER = /^(\d{1,9}) (\S.*)$/;

/** What is stated, as the API takes it; refused at its field where it cannot be read. */
export async function particularsOf(stated: Stated): Promise<ParticularsAsked | null> {
  const asked: ParticularsAsked = {};
  if (stated.position.trim()) {
    const told = await readPlace(stated.position, 'particulars.position');
    asked.position = {latitude_deg: told.latitude_deg, longitude_deg: told.longitude_deg, datum: stated.datum};
  }
  if (stated.height.trim()) {
    const found = HEIGHT.exec(stated.height.trim());
    if (found === null) throw refusal('particulars.height', t('height-hint'));
    const value = Number(found[1]) * (found[2]!.toLowerCase() === 'ft' ? METRES_PER_FOOT : 1);
    asked.height = {height_m: value, datum: found[3]!.toUpperCase() as 'WGS84'};
  }
  if (stated.time.trim()) asked.time = {at: stated.time.trim()};
  if (stated.number.trim()) {
    const found = NUMBER.exec(stated.number.trim());
    if (found === null) throw refusal('particulars.number', t('number-hint'));
    asked.number = {value: Number(found[1]), of: found[2]!};
  }
  return Object.keys(asked).length === 0 ? null : asked;
}

export function ParticularsFields({stated, set, only}: {stated: Stated; set: (part: Partial<Stated>) => void; only?: (keyof Stated)[]}): JSX.Element {
  const shows = (name: keyof Stated): boolean => only === undefined || only.includes(name);
  return (
    <fieldset><legend>{t('particulars')}</legend>
      {shows('position') ? <PlaceField name="particulars.position" label={t('position')} value={stated.position} onInput={(position) => set({position})} /> : null}
      {shows('position') ? <Field name="particulars.position.datum" label={t('datum')} kind="select" options={DATUMS.map((each): [string, string] => [each, each === 'UNKNOWN' ? t('unknown') : each])} value={stated.datum} onInput={(datum) => set({datum: datum as Datum})} /> : null}
      {shows('height') ? <Field name="particulars.height" label={t('height')} kind="code" value={stated.height} onInput={(height) => set({height})} hint={t('height-hint')} /> : null}
      {shows('time') ? <Field name="time" label={t('time')} kind="code" value={stated.time} onInput={(time) => set({time})} hint={t('time-hint')} /> : null}
      {shows('number') ? <Field name="particulars.number" label={t('number')} value={stated.number} onInput={(number) => set({number})} hint={t('number-hint')} /> : null}
    </fieldset>
  );
}
