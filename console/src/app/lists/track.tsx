/** One track now: what it is known to lack, each by itself, and what people said of radio contact with it. */

import type {JSX} from 'preact';
import {ask} from '../api';
import type {TrackRow} from '../api_types';
import {useAsked} from '../asked';
import {Act, Actions} from '../forms/act';
import {t, word} from '../i18n';
import {Original} from '../original';
import {air} from '../store';
import {Age, Chip, Code, Facts, Said, Time} from '../text';

/** Keys of tracks have a party before them; an intent or an area has none. */
export const isTrack = (subject: string): boolean => /^[^/]+\/(~?[0-9a-f]{6}\+?|#.+)$/.test(subject);

/** What is known of a track that an alert names, that was clicked on the map, or that is taken for a flight; asked anew with each look at the air. */
export function TrackNow({id, titled}: {id: string; titled?: boolean}): JSX.Element {
  const asked = useAsked(id, () => ask('GET /v1/air/tracks', {query: {named: id, limit: 1}}), air.value?.at ?? '');
  const row = asked.told?.rows.find((each) => each.key === id || each.flight === id);
  const title = titled ? <h2>{t('kind-track')} <Code>{id}</Code></h2> : <h4>{row?.callsign ? <Said>{row.callsign}</Said> : null} <Code>{id}</Code></h4>;
  if (row === undefined) {
    return <section class="track-now">{title}<p class="none">{asked.wrong !== null ? <Original>{asked.wrong}</Original> : asked.told === null ? t('unknown') : t('track-gone')}</p></section>;
  }
  return <section class="track-now">{title}<Lacks of={row} again={asked.again} whole={titled ?? false} /></section>;
}

function Lacks({of, again, whole}: {of: TrackRow; again: () => Promise<void>; whole: boolean}): JSX.Element {
  const lacks = of.lacks ?? [];
  const say = (answered: boolean) => (): Promise<unknown> => ask('POST /v1/air/radio', {body: {track: of.key, answered}}).then(again);
  return (
    <>
      {lacks.length === 0 ? null : <p class="lacks">{lacks.map((each) => <Chip key={each} kind="lack" value={each} />)} <small>{t('lack-no-guilt')}</small></p>}
      <Facts rows={[
        [t('callsign'), whole ? of.callsign ? <Said>{of.callsign}</Said> : t('no-callsign') : null],
        [t('position'), whole ? <Code>{of.latitude_deg.toFixed(4)} {of.longitude_deg.toFixed(4)} ± {Math.round(of.accuracy_m)} m</Code> : null],
        [t('track-age'), <Code>{Math.round(of.age_s)} s</Code>],
        [t('radio-contact'), of.radio ? <><b>{word('radio', String(of.radio.answered))}</b> <Said>{of.radio.operator}</Said> <Time at={of.radio.at} /> <Age at={of.radio.at} /></> : t('radio-nobody')],
      ]} />
      <Actions>
        <Act action="radio-answered" done={t('radio-said')} run={say(true)}>{t('radio-say-answered')}</Act>
        <Act action="radio-silent" done={t('radio-said')} run={say(false)}>{t('radio-say-silent')}</Act>
      </Actions>
    </>
  );
}
